#include <memsim/view/summary.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <memsim/base/qnx.hpp>
#include <memsim/view/name_book.hpp>

namespace memsim {
namespace {

constexpr std::string_view kOther = "other";

constexpr std::array kWanted = {
    RecordKind::run_started,       RecordKind::region_added,     RecordKind::process_started,
    RecordKind::process_exited,    RecordKind::message_replied,  RecordKind::call_completed,
    RecordKind::object_created,    RecordKind::object_destroyed, RecordKind::segment_reply,
    RecordKind::region_sample,     RecordKind::object_sample,    RecordKind::probe_result,
    RecordKind::deadlock_found,    RecordKind::program_fault,    RecordKind::note,
    RecordKind::run_ended,         RecordKind::frames_moved,     RecordKind::segment_length_sample,
    RecordKind::allocation_failed,
};

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

Bytes CutReplySummary::sufficient_size() const {
  return checked_multiply(Bytes(qnx::kSegmentBytes), in_range_max).value_or(Bytes::max());
}

class SummaryView::Collector {
 public:
  explicit Collector(SummaryLimits limits) : limits_(limits) {}

  void on(SimTime, const RunStarted& record) {
    summary_.seed = record.seed;
    summary_.policy = record.policy;
    summary_.page_size = record.page_size;
    summary_.cpus = record.cpus;
  }

  void on(SimTime, const RegionAdded& record) {
    RegionSummary& region = region_at(record.region);
    region.name = record.name;
    region.base = record.base;
    region.frames = record.frames;
  }

  void on(SimTime, const ProcessStarted&) { ++summary_.processes_started; }

  void on(SimTime, const ProcessExited& record) {
    if (record.cause == ExitCause::killed) ++summary_.processes_killed;
    if (record.cause == ExitCause::fault) ++summary_.processes_faulted;
  }

  void on(SimTime time, const MessageReplied& record) {
    MessageSummary& group = message_group(record);
    group.latency.add(time - record.sent);
    if (record.error == Errno::eok) return;
    ++group.failed;
    count_failure(time, record.pid, record.call, record.error);
  }

  void on(SimTime time, const CallCompleted& record) {
    ++summary_.kernel_calls;
    if (record.error != Errno::eok) count_failure(time, record.pid, record.call, record.error);
  }

  void on(SimTime, const FramesMoved& record) {
    for (const Extent& extent : record.from) summary_.frames_moved += extent.count;
  }

  void on(SimTime time, const AllocationFailed& record) {
    if (record.option.empty()) return;
    std::vector<OptionRefusalSummary>& all = summary_.option_refusals;
    auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& refusal) { return refusal.option == record.option; });
    if (found == all.end()) {
      found = all.insert(all.end(), {std::string(record.option), 0, time, record.frames});
    }
    ++found->count;
  }

  void on(SimTime time, const SegmentReply& record) {
    append(summary_.replies, limits_.replies, [&] { return reply_of(time, record); });
    if (record.cut) count_cut_reply(time, record);
  }

  void on(SimTime time, const RegionSample& record) {
    RegionSummary& region = region_at(record.region);
    if (!region.before) region.before = state_of(time, record);
    region.after = state_of(time, record);
  }

  void on(SimTime, const ObjectSample& record) {
    summary_.objects =
        ObjectsSummary{record.object_count, record.asked,           record.given,        record.segment_count,
                       record.segments_min, record.segments_median, record.segments_p99, record.segments_max};
  }

  // Follows the object_sample of its sample.
  void on(SimTime, const SegmentLengthSample& record) {
    if (!summary_.objects) return;
    summary_.objects->segments_by_log2.assign(record.segments_by_log2.begin(), record.segments_by_log2.end());
  }

  void on(SimTime time, const ProbeResult& record) {
    ProbeSummary& probe = probe_named(record.probe);
    ++probe.samples;
    if (record.would_succeed) return;
    ++probe.failures;
    if (!probe.first_failure) probe.first_failure = time;
  }

  void on(SimTime time, const DeadlockFound& record) {
    append(summary_.deadlocks, limits_.deadlocks, [&] {
      DeadlockSummary deadlock{time, {}};
      for (const ThreadRef& member : record.members) {
        deadlock.members.push_back({member, std::string(names_.process(member.pid))});
      }
      return deadlock;
    });
  }

  void on(SimTime time, const ProgramFault& record) {
    append(summary_.faults, limits_.faults, [&] {
      return FaultSummary{time, std::string(names_.process(record.pid)), record.tid, record.line,
                          std::string(record.reason)};
    });
  }

  void on(SimTime time, const Note& record) {
    append(summary_.notes, limits_.notes, [&] {
      return NoteSummary{time, std::string(names_.process(record.pid)), std::string(record.text)};
    });
  }

  void on(SimTime time, const RunEnded& record) {
    summary_.ended = true;
    summary_.stop_reason = record.reason;
    summary_.end_time = time;
    summary_.events = record.events;
    summary_.unseed = record.unseed;
  }

  // Kinds that a summary does not ask for.
  template <class Record>
  void on(SimTime, const Record&) {}

  void learn(const RecordView& record) { names_.learn(record); }

  [[nodiscard]] Summary finish() const {
    Summary result = summary_;
    for (const auto& [process, cut] : cut_replies_) result.cut_replies.push_back(cut);
    for (const auto& [key, failure] : failures_) result.failed_calls.push_back(failure);
    std::stable_sort(result.failed_calls.begin(), result.failed_calls.end(),
                     [](const auto& a, const auto& b) { return a.first_time < b.first_time; });
    const auto order = [](const MessageSummary& m) { return std::tuple(m.other, m.call, m.type, m.priority); };
    std::sort(result.messages.begin(), result.messages.end(),
              [&](const auto& a, const auto& b) { return order(a) < order(b); });
    return result;
  }

 private:
  RegionSummary& region_at(RegionId region) {
    if (region.value() >= summary_.regions.size()) summary_.regions.resize(region.value() + std::size_t{1});
    return summary_.regions[region.value()];
  }

  ProbeSummary& probe_named(std::string_view name) {
    const auto same = [name](const ProbeSummary& probe) { return probe.name == name; };
    const auto found = std::find_if(summary_.probes.begin(), summary_.probes.end(), same);
    if (found != summary_.probes.end()) return *found;
    return summary_.probes.emplace_back(ProbeSummary{std::string(name), 0, 0, std::nullopt});
  }

  MessageSummary& message_group(const MessageReplied& record) {
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

  void count_failure(SimTime time, ProcessId pid, Call call, Errno error) {
    FailureKey key(names_.process(pid), call, error);
    auto found = failures_.find(key);
    if (found == failures_.end()) {
      if (failures_.size() >= limits_.groups) std::get<0>(key) = kOther;
      found = failures_.try_emplace(key, FailedCallSummary{std::get<0>(key), call, error, 0, time}).first;
    }
    ++found->second.count;
  }

  [[nodiscard]] ReplySummary reply_of(SimTime time, const SegmentReply& record) const {
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

  void count_cut_reply(SimTime time, const SegmentReply& record) {
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

  using FailureKey = std::tuple<std::string, Call, Errno>;

  SummaryLimits limits_;
  NameBook names_;
  Summary summary_;
  std::unordered_map<std::uint32_t, std::size_t> message_index_;  // looked up, never walked
  std::optional<std::size_t> other_messages_;
  std::map<FailureKey, FailedCallSummary> failures_;
  std::map<std::string, CutReplySummary> cut_replies_;
};

SummaryView::SummaryView(SummaryLimits limits) : collector_(std::make_unique<Collector>(limits)) {}
SummaryView::SummaryView(SummaryView&&) noexcept = default;
SummaryView& SummaryView::operator=(SummaryView&&) noexcept = default;
SummaryView::~SummaryView() = default;

std::span<const RecordKind> SummaryView::wanted() const { return kWanted; }

void SummaryView::on_record(const RecordView& record) {
  collector_->learn(record);
  record.visit([&](const auto& typed) { collector_->on(record.time(), typed); });
}

Summary SummaryView::summary(const RecordStream& stream) const {
  Summary result = collector_->finish();
  result.records = stream.count();
  result.fingerprint = stream.fingerprint();
  return result;
}

}  // namespace memsim
