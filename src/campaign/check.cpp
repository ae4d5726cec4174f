#include <memsim/campaign/check.hpp>

#include <array>
#include <filesystem>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/campaign/expectations.hpp>

namespace memsim {
namespace {

Baseline baseline_of(const Scenario& scenario, const ScenarioRun& run, const LayerView& view,
                     const std::string& version) {
  Baseline baseline;
  baseline.version = version;
  baseline.seed = run.summary.seed;
  baseline.policy = policy_text(scenario.world.memory);
  baseline.end = name_of(run.summary.stop_reason);
  baseline.end_time = run.summary.end_time;
  baseline.record_count = run.summary.records;
  baseline.fingerprint = run.summary.fingerprint;
  for (const Layer layer : kLayers) {
    BaselineLayer& kept = baseline.layers[static_cast<std::size_t>(layer)];
    kept.digest = view.digest(layer);
    for (const EntryText& entry : view.texts(layer)) kept.texts.push_back(entry.text);
  }
  for (const Measure& measure : run.measures) baseline.measures.push_back({measure.name, measure.value});
  return baseline;
}

// Runs once more, for the entries around each layer's first difference.
HostResult<void> show_neighbours(const Scenario& scenario, WorldRunner runner, RunDifference& difference) {
  LayerView view(difference.windows());
  const std::array<RecordSink*, 1> sinks = {&view};
  const HostResult<ScenarioRun> again = run_scenario(scenario, runner, sinks);
  if (!again) return Unexpected(again.error());
  difference.show_neighbours(view);
  return {};
}

HostResult<void> judge(const Scenario& scenario, const CheckOptions& options, CheckResult& result) {
  constexpr EntryWindow kTexts = {0, kBaselineTexts};
  LayerView view({kTexts, kTexts, kTexts, kTexts, kTexts});
  ExpectationView expectations(scenario.expect);
  const std::array<RecordSink*, 2> sinks = {&view, &expectations};
  HostResult<ScenarioRun> run = run_scenario(scenario, options.runner, sinks);
  if (!run) return Unexpected(std::move(run).error());
  result.expectation_count = scenario.expect.size();
  result.failed_expectations = failed_expectations(scenario.expect, expectations.verdicts());
  result.run = baseline_of(scenario, *run, view, options.version);
  if (!result.has_baseline) return {};
  HostResult<Baseline> stored = read_baseline(result.baseline_path);
  if (!stored) return Unexpected(std::move(stored).error());
  result.difference = difference_of(*stored, *result.run, run->measures);
  if (!result.difference || result.difference->layers.empty()) return {};
  return show_neighbours(scenario, options.runner, *result.difference);
}

}  // namespace

std::string_view name_of(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::passed:
      return "passed";
    case CheckOutcome::not_judged:
      return "not judged";
    case CheckOutcome::failed:
      return "failed";
    case CheckOutcome::broken:
      return "broken";
  }
  return "?";
}

CheckOutcome CheckResult::outcome() const {
  if (!errors.empty()) return CheckOutcome::broken;
  if (difference || !failed_expectations.empty()) return CheckOutcome::failed;
  return has_baseline || expectation_count > 0 ? CheckOutcome::passed : CheckOutcome::not_judged;
}

ExitCode CheckResult::code() const {
  if (!errors.empty()) return exit_code(errors);
  return outcome() == CheckOutcome::failed ? ExitCode::expectation_failed : ExitCode::ok;
}

bool CheckResult::is_pending() const {
  return run && failed_expectations.empty() && (!has_baseline || difference || !errors.empty());
}

CheckResult check_scenario(const std::string& path, const CheckOptions& options) {
  CheckResult result;
  result.scenario = path;
  result.baseline_path = baseline_path(path);
  std::error_code error;
  result.has_baseline = std::filesystem::exists(result.baseline_path, error);
  const HostResult<Scenario> scenario = load_scenario(path, options.load);
  const HostResult<void> judged = scenario ? judge(*scenario, options, result) : Unexpected(scenario.error());
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

std::uint64_t expected_records(const std::string& scenario) {
  const HostResult<Baseline> stored = read_baseline(baseline_path(scenario));
  return stored ? stored->record_count : 0;
}

}  // namespace memsim
