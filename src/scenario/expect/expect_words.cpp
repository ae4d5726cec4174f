#include "scenario/expect/expect_words.hpp"

#include <algorithm>
#include <array>

namespace memsim {
namespace {

using What = ExpectedCount::What;

struct CountWord {
  What what;
  std::string_view name;
  bool is_by_process;
  bool is_by_object;
};
constexpr std::array kCounts = std::to_array<CountWord>({
    {What::processes_started, "processes_started", true, false},
    {What::processes_killed, "processes_killed", true, false},
    {What::processes_faulted, "processes_faulted", true, false},
    {What::messages, "messages", true, true},
    {What::pulses, "pulses", true, false},
    {What::kernel_calls, "kernel_calls", true, false},
    {What::replies, "replies", true, true},
    {What::cut_replies, "cut_replies", true, true},
    {What::notes, "notes", true, false},
    {What::objects_created, "objects_created", true, true},
    {What::objects_destroyed, "objects_destroyed", false, true},
    {What::allocations, "allocations", true, true},
    {What::contiguous_allocations, "contiguous_allocations", true, true},
    {What::failed_allocations, "failed_allocations", true, true},
    {What::failed_contiguous_allocations, "failed_contiguous_allocations", true, true},
    {What::splits, "splits", true, true},
    {What::merges, "merges", false, true},
    {What::steps, "steps", true, true},
    {What::deadlocks, "deadlocks", false, false},
    {What::program_faults, "program_faults", true, false},
    {What::events, "events", false, false},
});

constexpr std::array kStopReasons = {StopReason::finished,  StopReason::reached_until, StopReason::deadlock,
                                     StopReason::event_cap, StopReason::instant_cap,   StopReason::resource_cap,
                                     StopReason::time_cap};

const CountWord* word_of(What what) {
  const auto* found = std::find_if(kCounts.begin(), kCounts.end(), [&](const auto& word) { return word.what == what; });
  return found == kCounts.end() ? nullptr : found;
}

}  // namespace

std::string_view name_of(ExpectedCount::What what) {
  const CountWord* const word = word_of(what);
  return word == nullptr ? std::string_view() : word->name;
}

bool ProcessChoice::matches(std::string_view process) const {
  if (name.empty() || process == name) return true;
  return is_fleet && process.size() > name.size() + 1 && process.starts_with(name) && process[name.size()] == '.';
}

}  // namespace memsim

namespace memsim::loader {

std::vector<std::string_view> count_names() {
  std::vector<std::string_view> names;
  for (const CountWord& word : kCounts) names.push_back(word.name);
  return names;
}

std::optional<ExpectedCount::What> count_from_name(std::string_view name) {
  const auto found = std::find_if(kCounts.begin(), kCounts.end(), [&](const auto& word) { return word.name == name; });
  if (found == kCounts.end()) return std::nullopt;
  return found->what;
}

bool is_by_process(ExpectedCount::What what) {
  const CountWord* const word = word_of(what);
  return word != nullptr && word->is_by_process;
}

bool is_by_object(ExpectedCount::What what) {
  const CountWord* const word = word_of(what);
  return word != nullptr && word->is_by_object;
}

std::vector<std::string_view> stop_reason_names() {
  std::vector<std::string_view> names;
  for (const StopReason reason : kStopReasons) names.push_back(name_of(reason));
  return names;
}

std::optional<StopReason> stop_reason_from_name(std::string_view name) {
  for (const StopReason reason : kStopReasons) {
    if (name_of(reason) == name) return reason;
  }
  return std::nullopt;
}

}  // namespace memsim::loader
