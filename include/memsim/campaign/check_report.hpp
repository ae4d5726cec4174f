// The results of a check as text for people, as JSON, as JUnit's XML and as annotations for a hosted CI. Pure functions
// of the results: no clock, no locale, the same bytes whatever the number of jobs.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <memsim/campaign/check.hpp>

namespace memsim {

struct CheckCounts {
  std::uint64_t passed = 0;
  std::uint64_t updated = 0;
  std::uint64_t not_judged = 0;
  std::uint64_t no_baseline = 0;
  std::uint64_t differing = 0;
  std::uint64_t failed = 0;
  std::uint64_t broken = 0;
  std::uint64_t without_baseline = 0;  // whatever their outcome: no change of theirs would be noticed
};
[[nodiscard]] CheckCounts count_outcomes(std::span<const CheckResult> results);

// The exit code of the whole: the highest of its parts.
[[nodiscard]] ExitCode exit_code(std::span<const CheckResult> results);

// One scenario: a line with its outcome, and where it failed, why. Ends with a newline.
[[nodiscard]] std::string render_check_text(const CheckResult& result);
// Only the difference from the baseline or the other program, indented; empty where there is none.
[[nodiscard]] std::string render_difference_text(const CheckResult& result);
// "12 scenarios: 9 passed, 1 differs, 2 not judged", with a newline. A second line says how many ran without a
// baseline.
[[nodiscard]] std::string render_counts(const CheckCounts& counts);

// A JSON object: counts, one object for each scenario, and the files that were taken for none (docs/check.md). Ends
// with a newline.
[[nodiscard]] std::string render_check_json(std::span<const CheckResult> results,
                                            std::span<const std::string> passed_over = {});

// JUnit's XML as most CI services read it: one suite, a case for each scenario. Without durations.
[[nodiscard]] std::string render_check_junit(std::span<const CheckResult> results);

// Workflow commands that GitHub and services like it show beside the lines of a change: one for each thing wrong.
[[nodiscard]] std::string render_check_annotations(std::span<const CheckResult> results);

}  // namespace memsim
