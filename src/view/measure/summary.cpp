#include <memsim/view/summary.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

#include <memsim/base/qnx.hpp>

namespace memsim {
namespace {

constexpr std::string_view kOther = "other";

template <class T, class Make>
void append(FirstOf<T>& list, std::size_t limit, Make&& make) {
  ++list.count;
  if (list.first.size() < limit) list.first.push_back(make());
}

// Call, then type (MsgSend only: other calls have one type each), then priority.
std::uint32_t message_key(Call call, std::uint16_t type, std::uint8_t priority) {
  const std::uint32_t kind = call == Call::msg_send ? type : 0;
  return static_cast<std::uint32_t>(call) << 24 | kind << 8 | priority;
}

}  // namespace

RegionState state_of(SimTime time, const RegionSample& sample) {
  RegionState state;
  state.time = time;
  state.total = sample.total;
  state.free = sample.free;
  state.largest_free_run = sample.largest_free_run;
  state.free_run_count = sample.free_run_count;
  state.large_pages_free = sample.large_pages_free;
  state.large_page_ranges = sample.large_page_ranges;
  state.large_page_ranges_pinned = sample.large_page_ranges_pinned;
  state.free_blocks.assign(sample.free_blocks.begin(), sample.free_blocks.end());
  return state;
}

std::string_view fleet_of(std::string_view process) {
  const std::size_t dot = process.rfind('.');
  if (dot == 0 || dot == std::string_view::npos || dot + 1 == process.size()) return {};
  const bool is_numbered = process.find_first_not_of("0123456789", dot + 1) == std::string_view::npos;
  return is_numbered ? process.substr(0, dot) : std::string_view();
}

Bytes CutReplySummary::sufficient_size() const {
  return checked_multiply(Bytes(qnx::kSegmentBytes), in_range_max).value_or(Bytes::max());
}

void SummaryView::on(const RunStarted& record) { static_cast<MadeBy&>(summary_) = made_by_of(record); }

void SummaryView::on(const RegionAdded& record) {
  RegionSummary& region = region_at(record.region);
  region.name = record.name;
  region.base = record.base;
  region.frames = record.frames;
}

void SummaryView::on(const ProcessStarted& record) {
  ++summary_.processes_started;
  const std::string_view fleet = fleet_of(record.name);
  if (fleet.empty()) return;
  const auto found = fleets_.find(fleet);
  if (found != fleets_.end()) {
    ++found->second;
  } else if (fleets_.size() < limits_.groups) {
    fleets_.emplace(fleet, 1);
  }
}

void SummaryView::on(RunPoint at, const AllocationFailed& record) {
  if (!record.option.empty()) count_option_refusal(at.time, record);
  RequestsSummary& requests = summary_.requests;
  ++requests.refused;
  if (requests.first_refusal) return;
  requests.first_refusal =
      RefusalSummary{at.time, std::string(names_.process(record.pid)), record.frames, record.contiguous, record.error};
}

void SummaryView::on(const ProcessExited& record) {
  if (record.cause == ExitCause::killed) ++summary_.processes_killed;
  if (record.cause == ExitCause::fault) ++summary_.processes_faulted;
}

void SummaryView::on(RunPoint at, const MessageReplied& record) {
  MessageSummary& group = message_group(record);
  group.latency.add(at.time - record.sent);
  if (record.error == Errno::eok) return;
  ++group.failed;
  count_failure(at.time, record.pid, record.call, record.error);
}

void SummaryView::on(RunPoint at, const CallCompleted& record) {
  ++summary_.kernel_calls;
  if (record.error != Errno::eok) count_failure(at.time, record.pid, record.call, record.error);
}

void SummaryView::on(RunPoint at, const FramesMoved& record) {
  for (const Extent& extent : record.from) summary_.frames_moved += extent.count;
  count_descriptors(at.time);
}

// These were moved for no request.
void SummaryView::on(RunPoint, const FramesVacated& record) {
  for (const Extent& extent : record.extents) summary_.frames_moved -= extent.count;
}

void SummaryView::count_descriptors(SimTime time) {
  for (std::size_t i = 0; i < devices_.devices().size(); ++i) {
    const DeviceBook::Device& device = devices_.devices()[i];
    if (i == summary_.devices.size())
      summary_.devices.push_back({device.name, device.object, device.limits, {}, 0, {}});
    if (!device.need) continue;
    DeviceSummary& summary = summary_.devices[i];
    summary.descriptors.add(time, static_cast<std::int64_t>(device.need->descriptors));
    summary.unreachable = std::max(summary.unreachable, device.need->unreachable);
    if (!summary.first_unfit && !device.need->fits(device.limits)) summary.first_unfit = time;
  }
}

void SummaryView::on(RunPoint at, const SegmentReply& record) {
  append(summary_.replies, limits_.replies, [&] { return reply_of(at.time, record); });
  if (record.cut) count_cut_reply(at.time, record);
}

void SummaryView::on(RunPoint at, const RegionSample& record) {
  RegionSummary& region = region_at(record.region);
  summary_.last_time = at.time;
  region.over_time.add(at.time, record.free, record.largest_free_run);
  if (!region.before) region.before = state_of(at.time, record);
  if (!region.worst || record.largest_free_run < region.worst->largest_free_run)
    region.worst = state_of(at.time, record);
  region.after = state_of(at.time, record);
}

void SummaryView::on(const ObjectSample& record) {
  summary_.objects =
      ObjectsSummary{record.object_count, record.asked,           record.given,        record.segment_count,
                     record.segments_min, record.segments_median, record.segments_p99, record.segments_max};
}

// Follows the object_sample of its sample.
void SummaryView::on(const SegmentLengthSample& record) {
  if (!summary_.objects) return;
  summary_.objects->segments_by_log2.assign(record.segments_by_log2.begin(), record.segments_by_log2.end());
}

void SummaryView::on(RunPoint at, const ProbeResult& record) {
  ProbeSummary& probe = probe_named(record.probe);
  ++probe.samples;
  if (record.would_succeed) return;
  ++probe.failures;
  if (!probe.first_failure) probe.first_failure = at.time;
}

void SummaryView::on(RunPoint at, const DeadlockFound& record) {
  append(summary_.deadlocks, limits_.deadlocks, [&] {
    DeadlockSummary deadlock{at.time, {}};
    for (const ThreadRef& member : record.members) {
      deadlock.members.push_back({member, std::string(names_.process(member.pid))});
    }
    return deadlock;
  });
}

void SummaryView::on(RunPoint at, const ProgramFault& record) {
  append(summary_.faults, limits_.faults, [&] {
    return FaultSummary{at.time, std::string(names_.process(record.pid)), record.tid, record.line,
                        std::string(record.reason)};
  });
}

void SummaryView::on(RunPoint at, const Note& record) {
  append(summary_.notes, limits_.notes, [&] {
    return NoteSummary{at.time, std::string(names_.process(record.pid)), std::string(record.text)};
  });
}

void SummaryView::on(RunPoint at, const ProgramOutput& record) {
  append(summary_.program_output, limits_.program_output, [&] {
    return ProgramOutputSummary{at.time, std::string(names_.process(record.pid)), record.stream,
                                std::string(record.text)};
  });
}

void SummaryView::on(RunPoint at, const RunEnded& record) {
  summary_.ended = true;
  summary_.stop_reason = record.reason;
  summary_.end_time = summary_.last_time = at.time;
  summary_.events = record.events;
  summary_.unseed = record.unseed;
}

RegionSummary& SummaryView::region_at(RegionId region) {
  if (region.value() >= summary_.regions.size()) summary_.regions.resize(region.value() + std::size_t{1});
  return summary_.regions[region.value()];
}

ProbeSummary& SummaryView::probe_named(std::string_view name) {
  const auto same = [name](const ProbeSummary& probe) { return probe.name == name; };
  const auto found = std::find_if(summary_.probes.begin(), summary_.probes.end(), same);
  if (found != summary_.probes.end()) return *found;
  return summary_.probes.emplace_back(ProbeSummary{std::string(name), 0, 0, std::nullopt});
}

MessageSummary& SummaryView::message_group(const MessageReplied& record) {
  const std::uint32_t key = message_key(record.call, record.type, record.priority);
  const auto found = message_index_.find(key);
  if (found != message_index_.end()) return summary_.messages[found->second];
  if (message_index_.size() < limits_.groups) {
    message_index_.emplace(key, summary_.messages.size());
    return summary_.messages.emplace_back(MessageSummary{
        record.call, record.call == Call::msg_send ? record.type : std::uint16_t{0}, record.priority, false, 0, {}});
  }
  if (!other_messages_) {
    other_messages_ = summary_.messages.size();
    summary_.messages.emplace_back().other = true;
  }
  return summary_.messages[*other_messages_];
}

void SummaryView::count_failure(SimTime time, ProcessId pid, Call call, Errno error) {
  FailureKey key(names_.process(pid), call, error);
  auto found = failures_.find(key);
  if (found == failures_.end()) {
    if (failures_.size() >= limits_.groups) std::get<0>(key) = kOther;
    found = failures_.try_emplace(key, FailedCallSummary{std::get<0>(key), call, error, 0, time}).first;
  }
  ++found->second.count;
}

void SummaryView::count_option_refusal(SimTime time, const AllocationFailed& record) {
  std::vector<OptionRefusalSummary>& all = summary_.option_refusals;
  const auto same = [&](const OptionRefusalSummary& refusal) { return refusal.option == record.option; };
  auto found = std::find_if(all.begin(), all.end(), same);
  if (found == all.end()) found = all.insert(all.end(), {std::string(record.option), 0, time, record.frames});
  ++found->count;
}

ReplySummary SummaryView::reply_of(SimTime time, const SegmentReply& record) const {
  ReplySummary reply;
  reply.time = time;
  reply.process = names_.process(record.pid);
  reply.object = record.object;
  reply.object_name = names_.object(record.object);
  reply.object_size = record.object_size;
  reply.offset = record.offset;
  reply.length = record.length;
  reply.in_range = record.in_range;
  reply.delivered = record.segments.size();
  reply.cut = record.cut;
  const auto kept = record.segments.first(std::min(record.segments.size(), limits_.segments_per_reply));
  reply.segments.assign(kept.begin(), kept.end());
  return reply;
}

void SummaryView::count_cut_reply(SimTime time, const SegmentReply& record) {
  std::string process(names_.process(record.pid));
  if (cut_replies_.size() >= limits_.groups && !cut_replies_.contains(process)) process = kOther;
  const auto [entry, is_new] = cut_replies_.try_emplace(process);
  CutReplySummary& cut = entry->second;
  if (is_new) {
    cut.process = process;
    cut.first_time = time;
  }
  ++cut.count;
  if (record.in_range > cut.in_range_max) {
    cut.in_range_max = record.in_range;
    cut.capacity = record.capacity;
  }
}

Summary SummaryView::summary(const RecordStream& stream) const {
  Summary result = summary_;
  for (const auto& [process, cut] : cut_replies_) result.cut_replies.push_back(cut);
  for (const auto& [key, failure] : failures_) result.failed_calls.push_back(failure);
  for (const auto& [name, started] : fleets_) result.fleets.push_back({name, started});
  std::stable_sort(result.failed_calls.begin(), result.failed_calls.end(),
                   [](const auto& a, const auto& b) { return a.first_time < b.first_time; });
  const auto order = [](const MessageSummary& m) { return std::tuple(m.other, m.call, m.type, m.priority); };
  std::sort(result.messages.begin(), result.messages.end(),
            [&](const auto& a, const auto& b) { return order(a) < order(b); });
  result.records = stream.count();
  result.fingerprint = stream.fingerprint();
  return result;
}

}  // namespace memsim
