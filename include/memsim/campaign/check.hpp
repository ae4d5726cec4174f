// Checking scenarios: running them and judging each by its own expectations and by the baseline beside it, or by what
// another memsim program makes of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/baseline.hpp>
#include <memsim/campaign/difference.hpp>
#include <memsim/campaign/other_program.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

struct CheckOptions {
  std::string version;  // of the program, for the baselines that it writes
  LoadOptions load;
  // Compared with in the place of baselines, which are then not looked at; null: none. Used by several threads at once.
  std::shared_ptr<const OtherProgram> against = nullptr;
  bool requires_baselines = false;  // whether a scenario without one is a failure
};

// How a scenario came out, in the order of gravity. All reports use these words.
enum class CheckOutcome : std::uint8_t {
  passed,       // every judge was content
  updated,      // likewise, once its baseline was written anew
  not_judged,   // it has neither expectations nor a baseline
  no_baseline,  // likewise nobody was discontent, but a baseline is required, and it has none
  differs,      // the run differs from its baseline, or from that of the other program
  failed,       // an expectation does not hold
  broken,       // it could not be run, or not be judged
};
[[nodiscard]] std::string_view name_of(CheckOutcome outcome);

struct CheckResult {
  std::string scenario;       // its path
  std::string baseline_path;  // where its baseline is, or would be
  bool has_baseline = false;
  bool requires_baseline = false;
  bool is_updated = false;  // by accept()
  std::string against;      // the program that took the baseline's place, as the user named it; empty: none

  std::optional<MadeBy> made_by;            // nothing where it could not be read
  HostError errors;                         // what kept it from being run or judged
  std::optional<Baseline> run;              // what a new baseline would say; nothing where it did not run
  std::optional<RunDifference> difference;  // from the baseline, with neighbours
  std::uint64_t expectation_count = 0;      // judged: none where --until cut the run short
  std::vector<Diagnostic> failed_expectations;

  [[nodiscard]] CheckOutcome outcome() const;
  [[nodiscard]] ExitCode code() const;
  // Whether it ran, and no baseline and no other program stood beside it that could have told a change.
  [[nodiscard]] bool lacks_baseline() const { return run && !has_baseline && against.empty(); }
  // Whether a new baseline may be written and would say something else: the run met its expectations, and its baseline
  // is missing, unreadable, or another one.
  [[nodiscard]] bool is_pending() const;
};

// Runs one scenario and judges it. A run that differs from its baseline runs twice, the second time to show the
// surroundings of the first difference; one that differs from another program's runs three times. Whatever goes wrong
// is in the result.
[[nodiscard]] CheckResult check_scenario(const std::string& path, const CheckOptions& options);

// Writes what the run gave as its baseline; the result then says that it passed. Errors: host_failed, with the result
// as it was. Requires: result.is_pending().
[[nodiscard]] HostResult<void> accept(CheckResult& result);

// How much work the run of each scenario is, for the time left and for starting the longest run first: the records that
// its baseline counts; where it has none, as many as the others have on average. At least 1, and small enough that all
// add up.
[[nodiscard]] std::vector<std::uint64_t> expected_work(std::span<const std::string> scenarios);

}  // namespace memsim
