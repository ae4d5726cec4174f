#include <memsim/campaign/check.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/host/files.hpp>
#include <memsim/host/stopwatch.hpp>

#include "campaign/check/against.hpp"
#include "campaign/run/exhaustion.hpp"

namespace memsim {
namespace {

// Runs once more, for the entries around each layer's first difference.
HostResult<void> show_neighbours(const Scenario& scenario, const CheckOptions& options, RunDifference& difference) {
  // Baselines have short texts only, and both sides shall be cut alike.
  LayerView view(difference.windows(), {}, options.against == nullptr ? kEntryTextMax : kWholeEntryTextMax);
  const std::array<RecordSink*, 1> sinks = {&view};
  const HostResult<ScenarioRun> again = run_scenario(scenario, sinks);
  if (!again) return Unexpected(again.error());
  difference.show_neighbours(view);
  return {};
}

Unexpected<HostError> not_deterministic(const std::string& path) {
  return host_failure(ExitCode::bad_input,
                      path +
                          ": not deterministic, since a program's time is measured (per_1000_instructions): check "
                          "compares runs that are the same each time; give compute_per_call instead");
}

// How the run differs from what it is compared with; without the run's own neighbours.
HostResult<std::optional<RunDifference>> find_difference(const Scenario& scenario, const CheckOptions& options,
                                                         const CheckResult& result, const ScenarioRun& run,
                                                         const RunCost& cost) {
  if (options.against != nullptr) {
    const HostResult<std::uint64_t> other = options.against->fingerprint_of(scenario.path, cost);
    if (!other) return Unexpected(other.error());
    if (*other == run.summary.fingerprint) return std::optional<RunDifference>();
    return difference_from(*options.against, scenario, *result.run, run.measures, cost);
  }
  if (!result.has_baseline) return std::optional<RunDifference>();
  const HostResult<Baseline> stored = read_baseline(result.baseline_path);
  if (!stored) return Unexpected(stored.error());
  return difference_of(*stored, *result.run, run.measures);
}

HostResult<void> judge(const Scenario& scenario, const CheckOptions& options, CheckResult& result) {
  LayerView view(kBaselineWindows);
  const std::array<RecordSink*, 1> sinks = {&view};
  const host::Stopwatch stopwatch;
  HostResult<ScenarioRun> run = run_scenario(scenario, sinks);
  if (!run) return Unexpected(std::move(run).error());
  result.expectation_count = run->verdicts.size();
  result.failed_expectations = run->failed;
  const RunCost cost = {stopwatch.elapsed(), run->summary.records};
  result.run = baseline_of(scenario, *run, view, options.version);
  HostResult<std::optional<RunDifference>> difference = find_difference(scenario, options, result, *run, cost);
  if (!difference) return Unexpected(std::move(difference).error());
  result.difference = std::move(*difference);
  if (!result.difference || result.difference->layers.empty()) return {};
  return show_neighbours(scenario, options, *result.difference);
}

}  // namespace

std::string_view name_of(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::passed:
      return "passed";
    case CheckOutcome::updated:
      return "updated";
    case CheckOutcome::not_judged:
      return "not judged";
    case CheckOutcome::no_baseline:
      return "no baseline";
    case CheckOutcome::differs:
      return "differs";
    case CheckOutcome::failed:
      return "failed";
    case CheckOutcome::broken:
      return "broken";
  }
  return "?";
}

CheckOutcome CheckResult::outcome() const {
  if (!errors.empty()) return CheckOutcome::broken;
  if (!failed_expectations.empty()) return CheckOutcome::failed;
  if (difference) return CheckOutcome::differs;
  if (requires_baseline && lacks_baseline()) return CheckOutcome::no_baseline;
  if (is_updated) return CheckOutcome::updated;
  return has_baseline || !against.empty() || expectation_count > 0 ? CheckOutcome::passed : CheckOutcome::not_judged;
}

ExitCode CheckResult::code() const {
  if (!errors.empty()) return exit_code(errors);
  return outcome() < CheckOutcome::no_baseline ? ExitCode::ok : ExitCode::expectation_failed;
}

bool CheckResult::is_pending() const {
  return run && against.empty() && failed_expectations.empty() && (!has_baseline || difference || !errors.empty());
}

CheckResult check_scenario(const std::string& path, const CheckOptions& options) {
  CheckResult result;
  result.scenario = path;
  result.baseline_path = baseline_path(path);
  result.requires_baseline = options.requires_baselines;
  if (options.against != nullptr) result.against = options.against->name();
  result.has_baseline = result.against.empty() && host::is_there(result.baseline_path);
  const HostResult<void> judged = unless_memory_ends(path, [&]() -> HostResult<void> {
    const HostResult<Scenario> scenario = load_scenario(path, options.load);
    if (!scenario) return Unexpected(scenario.error());
    result.made_by = made_by(*scenario);
    if (has_measured_time(scenario->world)) return not_deterministic(path);
    return judge(*scenario, options, result);
  });
  if (!judged) result.errors = judged.error();
  return result;
}

HostResult<void> accept(CheckResult& result) {
  MEMSIM_CHECK(result.is_pending());
  HostResult<void> written = write_baseline(result.baseline_path, *result.run);
  if (!written) return written;
  result.is_updated = true;
  result.has_baseline = true;
  result.errors.clear();
  result.difference.reset();
  return {};
}

std::vector<std::uint64_t> expected_work(std::span<const std::string> scenarios) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 40;  // a baseline may claim anything
  std::vector<std::uint64_t> work;
  std::uint64_t known = 0;
  std::uint64_t known_work = 0;
  for (const std::string& scenario : scenarios) {
    const HostResult<Baseline> stored = read_baseline(baseline_path(scenario));
    work.push_back(stored ? std::clamp<std::uint64_t>(stored->record_count, 1, kMost) : 0);
    if (stored) ++known;
    known_work += work.back();
  }
  std::replace(work.begin(), work.end(), std::uint64_t{0}, known == 0 ? 1 : known_work / known);
  return work;
}

}  // namespace memsim
