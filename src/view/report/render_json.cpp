#include <nlohmann/json.hpp>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/json.hpp>
#include <memsim/view/json_line.hpp>
#include <memsim/view/measure/sampled_value.hpp>
#include <memsim/view/render.hpp>

#include <memsim/view/labels.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

template <class T, class Convert>
Json array_of(const std::vector<T>& items, Convert convert) {
  Json out = Json::array();
  for (const T& item : items) out.push_back(convert(item));
  return out;
}

template <class T, class Convert>
Json list_of(const FirstOf<T>& list, Convert convert) {
  return {{"count", list.count}, {"first", array_of(list.first, convert)}};
}

Json json_of(const Segment& segment) {
  return {{"offset", segment.offset.count()}, {"paddr", segment.paddr.value()}, {"length", segment.length.count()}};
}

Json json_of(const ReplySummary& reply) {
  return {{"time_ns", reply.time.value()},
          {"process", reply.process},
          {"object", reply.object.value()},
          {"object_name", reply.object_name},
          {"object_size_bytes", reply.object_size.count()},
          {"offset_bytes", reply.offset.count()},
          {"length_bytes", reply.length.count()},
          {"in_range", reply.in_range},
          {"delivered", reply.delivered},
          {"cut", reply.cut},
          {"segments", array_of(reply.segments, [](const Segment& s) { return json_of(s); })}};
}

Json json_of(const CutReplySummary& cut) {
  return {{"process", cut.process},
          {"count", cut.count},
          {"first_time_ns", cut.first_time.value()},
          {"capacity", cut.capacity},
          {"in_range_max", cut.in_range_max},
          {"sufficient_bytes", cut.sufficient_size().count()}};
}

Json json_of(const ProgramOutputSummary& line) {
  return {
      {"time_ns", line.time.value()}, {"process", line.process}, {"stream", name_of(line.stream)}, {"text", line.text}};
}

Json json_of(const NoteSummary& note) {
  return {{"time_ns", note.time.value()}, {"process", note.process}, {"text", note.text}};
}

// `indices` for the orders that the region can have.
template <class Measure>
Json per_order(unsigned orders, Measure measure) {
  Json out = Json::array();
  for (unsigned i = 0; i < orders; ++i) out.push_back(measure(i));
  return out;
}

Json json_of(const RegionState& state, unsigned orders, Bytes page_size) {
  const auto blocks = [&](unsigned i) { return i < state.free_blocks.size() ? state.free_blocks[i] : 0; };
  const auto unusable = [&](unsigned i) { return unusable_index_permille(state.free, state.free_blocks, Order(i)); };
  const auto index = [&](unsigned i) { return fragmentation_index_permille(state.free, state.free_blocks, Order(i)); };
  return {{"time_ns", state.time.value()},
          {"total_frames", state.total.count()},
          {"free_frames", state.free.count()},
          {"largest_free_run_frames", state.largest_free_run.count()},
          {"free_run_count", state.free_run_count},
          {"external_fragmentation_permille", external_fragmentation_permille(state.free, state.largest_free_run)},
          {"large_pages_free", state.large_pages_free},
          {"large_pages_possible", large_pages_possible(state.free, page_size)},
          {"large_page_ranges", state.large_page_ranges},
          {"large_page_ranges_pinned", state.large_page_ranges_pinned},
          {"free_blocks", per_order(orders, blocks)},
          {"unusable_index_permille", per_order(orders, unusable)},
          {"fragmentation_index_permille", per_order(orders, index)}};
}

Json json_of(const RegionSummary& region, Bytes page_size) {
  const unsigned orders = order_count_of(region.frames);
  const auto state = [&](const std::optional<RegionState>& s) { return s ? json_of(*s, orders, page_size) : Json(); };
  return {{"name", region.name},
          {"base", region.base.value()},
          {"frames", region.frames.count()},
          {"before", state(region.before)},
          {"worst", state(region.worst)},
          {"after", state(region.after)}};
}

Json json_of(const ObjectsSummary& objects) {
  Json json{{"object_count", objects.object_count},
            {"asked_bytes", objects.asked.count()},
            {"given_bytes", objects.given.count()},
            {"internal_fragmentation_permille", internal_fragmentation_permille(objects.asked, objects.given)},
            {"segment_count", objects.segment_count},
            {"segments_min", objects.segments_min},
            {"segments_median", objects.segments_median},
            {"segments_p99", objects.segments_p99},
            {"segments_max", objects.segments_max}};
  if (!objects.segments_by_log2.empty()) json["segments_log2"] = objects.segments_by_log2;
  return json;
}

Json json_of(const RequestsSummary& requests) {
  Json first;
  if (const auto& refusal = requests.first_refusal) {
    first = {{"time_ns", refusal->time.value()},
             {"process", refusal->process},
             {"frames", refusal->frames.count()},
             {"contiguous", refusal->contiguous},
             {"errno", static_cast<unsigned>(refusal->error)},
             {"errno_name", errno_name(refusal->error)}};
  }
  return {{"granted", requests.granted}, {"refused", requests.refused}, {"first_refusal", std::move(first)}};
}

Json json_of(const ProbeSummary& probe) {
  return {{"name", probe.name},
          {"samples", probe.samples},
          {"failures", probe.failures},
          {"first_failure_ns", probe.first_failure ? Json(probe.first_failure->value()) : Json()}};
}

Json json_of(const DeviceSummary& device) {
  Json json = {{"name", device.name}, {"object_name", device.object}};
  if (device.limits.count != UINT64_MAX) json["takes"] = device.limits.count;
  const SeriesStatistics& needed = device.descriptors;
  if (needed.count() > 0) {
    json["changes"] = needed.count();
    json["descriptors_min"] = needed.minimum();
    json["descriptors_mean_milli"] = needed.mean_milli();
    json["descriptors_max"] = needed.maximum();
    json["descriptors_end"] = needed.last();
  }
  json["segments_unreachable_max"] = device.unreachable;
  json["first_unfit_ns"] = device.first_unfit ? Json(device.first_unfit->value()) : Json();
  return json;
}

Json json_of(const FailedCallSummary& failed) {
  return {{"process", failed.process},
          {"call", call_name(failed.call)},
          {"errno", static_cast<unsigned>(failed.error)},
          {"errno_name", errno_name(failed.error)},
          {"count", failed.count},
          {"first_time_ns", failed.first_time.value()}};
}

Json json_of(const MessageSummary& group) {
  const LatencyHistogram& latency = group.latency;
  Json out = {{"type", message_label(group)}};
  if (!group.other) out["priority"] = group.priority;
  out["count"] = latency.count();
  out["failed"] = group.failed;
  out["latency_ns_sum"] = latency.sum().count();
  out["latency_ns_min"] = latency.minimum().count();
  out["latency_ns_median"] = latency.quantile(500).count();
  out["latency_ns_p99"] = latency.quantile(990).count();
  out["latency_ns_max"] = latency.maximum().count();
  return out;
}

Json json_of(const DeadlockSummary& deadlock) {
  const auto member = [](const DeadlockSummary::Member& m) {
    return Json{{"pid", m.thread.pid.value()}, {"tid", m.thread.tid.value()}, {"process", m.process}};
  };
  return {{"time_ns", deadlock.time.value()}, {"members", array_of(deadlock.members, member)}};
}

Json json_of(const OptionRefusalSummary& refusal) {
  return {{"option", refusal.option},
          {"count", refusal.count},
          {"first_time_ns", refusal.first_time.value()},
          {"first_frames", refusal.first_frames.count()}};
}

Json json_of(const ExpectationSummary& expectation) {
  return {{"line", expectation.line},
          {"column", expectation.column},
          {"holds", expectation.holds},
          {"expected", expectation.expected},
          {"found", expectation.found}};
}

Json json_of(const FaultSummary& fault) {
  return {{"time_ns", fault.time.value()},
          {"process", fault.process},
          {"tid", fault.tid.value()},
          {"line", fault.line},
          {"reason", fault.reason}};
}

Json json_of(const FramesInTheWay& owner) {
  return {{"process", owner.process},
          {"object", owner.object.value()},
          {"name", owner.object_name},
          {"movable_frames", owner.movable.count()},
          {"pinned_frames", owner.pinned.count()}};
}

Json json_of(const RangeChoice& choice) {
  return {{"first", choice.range.first.value()},
          {"frames", choice.range.count.count()},
          {"movable_frames", choice.movable.count()},
          {"pinned_frames", choice.pinned.count()}};
}

Json json_of(const FailureExplanation& failure) {
  return {{"time_ns", failure.time.value()},
          {"probe", failure.probe},
          {"process", failure.process},
          {"object", failure.object.value()},
          {"object_name", failure.object_name},
          {"errno", static_cast<unsigned>(failure.error)},
          {"errno_name", errno_name(failure.error)},
          {"frames", failure.shape.count.count()},
          {"alignment_frames", failure.shape.alignment.count()},
          {"boundary_frames", failure.shape.boundary.count()},
          {"window_first", failure.shape.window_first.value()},
          {"window_end", failure.shape.window_end.value()},
          {"regions", failure.regions},
          {"free_frames", failure.free.count()},
          {"largest_free_run_frames", failure.largest_free_run.count()},
          {"order", failure.order.value()},
          {"unusable_index_permille", failure.unusable_index_permille},
          {"moving", name_of(failure.moving)},
          {"option", failure.option},
          {"remedy", name_of(failure.remedy)},
          {"range", failure.range ? json_of(*failure.range) : Json()},
          {"missing_frames", failure.missing.count()},
          {"owners", list_of(failure.owners, [](const FramesInTheWay& owner) { return json_of(owner); })}};
}

Json end_of(const Summary& summary) {
  if (!summary.ended) return {};
  return {{"reason", name_of(summary.stop_reason)},
          {"cap", summary.cap_reached},
          {"time_ns", summary.end_time.value()},
          {"events", summary.events},
          {"unseed", fingerprint_text(summary.unseed)}};
}

Json counts_of(const Summary& summary) {
  return {{"processes_started", summary.processes_started}, {"processes_killed", summary.processes_killed},
          {"processes_faulted", summary.processes_faulted}, {"kernel_calls", summary.kernel_calls},
          {"frames_moved", summary.frames_moved.count()},   {"records", summary.records}};
}

}  // namespace

std::string render_json(const Summary& summary) {
  const auto convert = [](const auto& item) { return json_of(item); };
  const auto region = [&](const RegionSummary& r) { return json_of(r, summary.page_size); };
  Json out = {{"scenario", summary.scenario}, {"title", summary.title}};
  add_made_by(out, summary);
  out.update(Json{{"fingerprint", fingerprint_text(summary.fingerprint)},
                  {"end", end_of(summary)},
                  {"counts", counts_of(summary)},
                  {"answers", array_of(answers(summary), [](const Sentence& answer) { return Json(answer.text); })},
                  {"requests", json_of(summary.requests)},
                  {"replies", list_of(summary.replies, convert)},
                  {"cut_replies", array_of(summary.cut_replies, convert)},
                  {"notes", list_of(summary.notes, convert)},
                  {"program_output", list_of(summary.program_output, convert)},
                  {"regions", array_of(summary.regions, region)},
                  {"objects", summary.objects ? json_of(*summary.objects) : Json()},
                  {"probes", array_of(summary.probes, convert)},
                  {"devices", array_of(summary.devices, convert)},
                  {"failed_calls", array_of(summary.failed_calls, convert)},
                  {"messages", array_of(summary.messages, convert)},
                  {"option_refusals", array_of(summary.option_refusals, convert)},
                  {"deadlocks", list_of(summary.deadlocks, convert)},
                  {"faults", list_of(summary.faults, convert)},
                  {"expectations", array_of(summary.expectations, convert)},
                  {"unjudged_expectations", summary.unjudged_expectations},
                  {"warnings", warnings(summary)}});
  if (summary.contiguous_failures) out["contiguous_failures"] = list_of(*summary.contiguous_failures, convert);
  if (summary.probe_failures) out["probe_failures"] = list_of(*summary.probe_failures, convert);
  return inert_json(json_text(out, JsonLayout::indented)) + "\n";
}

}  // namespace memsim
