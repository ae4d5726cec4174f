#include <memsim/view/measure_family.hpp>

#include <algorithm>
#include <array>

namespace memsim {
namespace {

using enum MeasureUnit;
using enum Better;

constexpr std::array kFamilies = std::to_array<MeasureFamily>({
    {"end_time_ns", nanoseconds, neither, "when the run ended"},
    {"events", count, neither, "events that the simulation worked through"},
    {"records", count, neither, "records that the run published"},
    {"processes/started", count, neither, "processes that began"},
    {"processes/killed", count, neither, "processes that a kill ended"},
    {"processes/faulted", count, lower, "processes that a fault of their own ended"},
    {"messages", count, neither, "messages answered"},
    {"kernel_calls", count, neither, "calls that are no message"},
    {"segment_replies", count, neither, "answers to _MEM_OBJ_INFO"},
    {"segment_replies/cut", count, lower, "answers cut because the buffer was too small"},
    {"notes", count, neither, "remarks of the programs"},
    {"frames_moved", frames, lower, "frames moved out of the way of contiguous requests"},
    {"deadlocks", count, lower, "circles in which nobody could go on"},
    {"program_faults", count, lower, "programs that did what none may"},
    {"allocations", count, neither, "times that frames were given out"},
    {"allocations/contiguous", count, neither, "of these, in one piece"},
    {"allocations/failed", count, lower, "requests for frames that were refused"},
    {"allocations/contiguous_failed", count, lower, "of these, requests for one piece"},
    {"allocations/first_contiguous_failure_ns", nanoseconds, higher, "when one for one piece was first refused"},
    {"allocator/frames_allocated", frames, neither, "frames that the policy gave out"},
    {"allocator/frames_released", frames, neither, "frames that the policy took back"},
    {"allocator/splits", count, lower, "blocks that the policy split"},
    {"allocator/merges", count, lower, "blocks that the policy joined"},
    {"allocator/steps", count, lower, "nodes of lists, trees and bitmaps that the policy looked at"},
    {"failed_calls", count, lower, "calls that failed"},
    {"failed_calls/CALL/ERRNO", count, lower, "calls of that name that failed with that errno"},
    {"latency_ns/CALL/priority_P/count", count, neither, "messages of that call at that priority"},
    {"latency_ns/CALL/priority_P/min", nanoseconds, lower, "shortest time from the send to the reply"},
    {"latency_ns/CALL/priority_P/median", nanoseconds, lower, "median time from the send to the reply"},
    {"latency_ns/CALL/priority_P/p99", nanoseconds, lower, "99 of 100 had their reply in this time"},
    {"latency_ns/CALL/priority_P/max", nanoseconds, lower, "longest time from the send to the reply"},
    {"latency_ns/MsgSend/TYPE/priority_P/count", count, neither, "messages of that type at that priority"},
    {"latency_ns/MsgSend/TYPE/priority_P/min", nanoseconds, lower, "shortest time from the send to the reply"},
    {"latency_ns/MsgSend/TYPE/priority_P/median", nanoseconds, lower, "median time from the send to the reply"},
    {"latency_ns/MsgSend/TYPE/priority_P/p99", nanoseconds, lower, "99 of 100 had their reply in this time"},
    {"latency_ns/MsgSend/TYPE/priority_P/max", nanoseconds, lower, "longest time from the send to the reply"},
    {"probe/NAME/samples", count, neither, "times that the probe was tried"},
    {"probe/NAME/failures", count, lower, "times that its request would have been refused"},
    {"probe/NAME/failed_permille", share, lower, "failures of all samples"},
    {"probe/NAME/first_failure_ns", nanoseconds, higher, "when its request would first have been refused"},
    {"device/NAME/descriptors/start", count, lower, "descriptors that the device took for its object at first"},
    {"device/NAME/descriptors/min", count, lower, "the fewest that it took"},
    {"device/NAME/descriptors/mean", count, lower, "what it took on average over time"},
    {"device/NAME/descriptors/max", count, lower, "the most that it took"},
    {"device/NAME/descriptors/end", count, lower, "what it took at the end"},
    {"device/NAME/unreachable", count, lower, "segments of one object beyond its reach, at most"},
    {"device/NAME/first_unfit_ns", nanoseconds, higher, "when it first could not take its object"},
});

bool is_placeholder(std::string_view part) {
  return std::all_of(part.begin(), part.end(), [](char c) { return ('A' <= c && c <= 'Z') || c == '_'; });
}

// Takes the first part of a name.
std::string_view next_part(std::string_view& name) {
  const std::size_t end = std::min(name.find('/'), name.size());
  const std::string_view part = name.substr(0, end);
  name.remove_prefix(std::min(end + 1, name.size()));
  return part;
}

}  // namespace

std::span<const MeasureFamily> measure_families() { return kFamilies; }

bool is_of_family(std::string_view name, const MeasureFamily& family) {
  std::string_view pattern = family.name;
  while (!pattern.empty() && !name.empty()) {
    const std::string_view wanted = next_part(pattern);
    const std::string_view found = next_part(name);
    const bool is_numbered = wanted == "priority_P" && found.starts_with("priority_");
    if (wanted != found && !is_placeholder(wanted) && !is_numbered) return false;
  }
  return pattern.empty() && name.empty();
}

std::string_view name_of(MeasureUnit unit) {
  switch (unit) {
    case count:
      return "count";
    case frames:
      return "frames";
    case bytes:
      return "bytes";
    case share:
      return "share";
    case nanoseconds:
      return "nanoseconds";
  }
  return "?";
}

std::optional<MeasureUnit> unit_named(std::string_view name) {
  for (const MeasureUnit unit :
       {MeasureUnit::count, MeasureUnit::frames, MeasureUnit::bytes, MeasureUnit::share, MeasureUnit::nanoseconds}) {
    if (name_of(unit) == name) return unit;
  }
  return std::nullopt;
}

std::optional<Better> better_named(std::string_view name) {
  for (const Better better : {Better::lower, Better::higher, Better::neither}) {
    if (name_of(better) == name) return better;
  }
  return std::nullopt;
}

}  // namespace memsim
