#include "campaign/measures/measure_pattern.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <memsim/base/host_error.hpp>

namespace memsim {
namespace {

// What an expectation calls otherwise, but for the measures of samples, whose names are a part of the whole.
constexpr auto kInExpectations = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"processes_started", "processes/started"},
    {"processes_killed", "processes/killed"},
    {"processes_faulted", "processes/faulted"},
    {"replies", "segment_replies"},
    {"cut_replies", "segment_replies/cut"},
    {"contiguous_allocations", "allocations/contiguous"},
    {"failed_allocations", "allocations/failed"},
    {"failed_contiguous_allocations", "allocations/contiguous_failed"},
    {"failed_share", "probe/*/failed_permille"},
    {"first_failure", "probe/*/first_failure_ns"},
    {"latency", "latency_ns/*"},
});

}  // namespace

bool fits(std::string_view pattern, std::string_view name) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = kNone;  // the last one seen, which may yet take more of the name
  std::size_t taken = 0;     // where the name goes on behind what it took
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != kNone) {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string meant_pattern(std::string_view pattern, const std::vector<std::string_view>& names) {
  const std::string part(pattern);
  std::vector<std::string> candidates = {"*/" + part + "/*", "*/" + part, part + "/*"};
  for (const auto& [expected, name] : kInExpectations) {
    if (pattern == expected) candidates.insert(candidates.begin(), std::string(name));
  }
  for (std::string& candidate : candidates) {
    const auto is_fit = [&](std::string_view name) { return fits(candidate, name); };
    if (std::any_of(names.begin(), names.end(), is_fit)) return std::move(candidate);
  }
  return std::string(nearest_name(pattern, names));
}

}  // namespace memsim
