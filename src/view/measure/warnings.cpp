#include <fmt/format.h>

#include <memsim/base/host_error.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/view/summary.hpp>

#include <memsim/view/value_text.hpp>
#include "view/text/frame_bytes.hpp"

namespace memsim {
namespace {

std::string when(SimTime time) { return format_duration_human(time - SimTime()); }

std::string cut_warning(const CutReplySummary& cut) {
  const std::string time = when(cut.first_time);
  return fmt::format("{}: {} to _MEM_OBJ_INFO cut short {}: room for {} of {}; {} bytes would have sufficed",
                     cut.process, cut.count == 1 ? "reply" : fmt::format("{} replies", cut.count),
                     cut.count == 1 ? "at " + time : fmt::format("from {} on", time), cut.capacity,
                     counted(cut.in_range_max, "segment"), cut.sufficient_size().count());
}

std::string deadlock_warning(const DeadlockSummary& deadlock) {
  std::string circle;
  for (const auto& [thread, process] : deadlock.members) {
    circle += fmt::format("{} (pid {}, tid {}) -> ", process, thread.pid.value(), thread.tid.value());
  }
  if (!deadlock.members.empty()) circle += deadlock.members.front().process;
  return fmt::format("deadlock at {}: {}", when(deadlock.time), circle);
}

std::string option_warning(const OptionRefusalSummary& refusal, const Summary& summary) {
  const Bytes size = bytes_of(refusal.first_frames, summary.page_size);
  return fmt::format("{} refused by option '{}' of the policy '{}' though enough was free, first at {}: {} ({})",
                     counted(refusal.count, "request"), escaped_for_terminal(refusal.option),
                     escaped_for_terminal(summary.policy), when(refusal.first_time),
                     counted(refusal.first_frames.count(), "frame"), format_size_human(size));
}

std::string fault_warning(const FaultSummary& fault) {
  // A program of the host, which has no line in the scenario.
  if (fault.line == 0) {
    return fmt::format("{}: program ended at {}: {}", fault.process, when(fault.time),
                       escaped_for_terminal(fault.reason));
  }
  return fmt::format("{} (tid {}): program fault at {}, line {}: {}", fault.process, fault.tid.value(),
                     when(fault.time), fault.line, escaped_for_terminal(fault.reason));
}

bool is_cap(StopReason reason) {
  return reason == StopReason::event_cap || reason == StopReason::instant_cap || reason == StopReason::resource_cap ||
         reason == StopReason::time_cap;
}

std::string cap_warning(const Summary& summary) {
  const std::string option =
      summary.cap_reached.empty() ? std::string() : fmt::format("; raise {} to go on", summary.cap_reached);
  std::string_view hint;
  if (summary.stop_reason == StopReason::instant_cap) hint = ", as in a loop in which no simulated time passes";
  if (summary.stop_reason == StopReason::time_cap) hint = ", where simulated time ends: 2^63 ns";
  return fmt::format("the run was stopped by a cap ({}) at {}{}{}", name_of(summary.stop_reason),
                     when(summary.end_time), hint, option);
}

template <class T, class Write>
void append_all(std::vector<std::string>& out, const FirstOf<T>& list, const char* nouns, Write write) {
  for (const T& item : list.first) out.push_back(write(item));
  const std::uint64_t more = list.count - list.first.size();
  if (more > 0) out.push_back(fmt::format("and {} more {}", more, nouns));
}

}  // namespace

std::vector<std::string> warnings(const Summary& summary) {
  std::vector<std::string> out;
  for (const CutReplySummary& cut : summary.cut_replies) out.push_back(cut_warning(cut));
  for (const OptionRefusalSummary& refusal : summary.option_refusals) out.push_back(option_warning(refusal, summary));
  append_all(out, summary.deadlocks, "deadlocks", deadlock_warning);
  append_all(out, summary.faults, "program faults", fault_warning);
  if (summary.has_measured_time) {
    out.emplace_back(
        "not deterministic: time is measured (per_1000_instructions), and no other run has this fingerprint");
  }
  if (summary.ended && is_cap(summary.stop_reason)) out.push_back(cap_warning(summary));
  if (summary.ended && summary.stop_reason == StopReason::interrupted) {
    out.push_back(fmt::format("the run was interrupted at {}: this is what it had come to", when(summary.end_time)));
  }
  return out;
}

}  // namespace memsim
