#include "sim/commands/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <utility>

#include <memsim/campaign/check_report.hpp>
#include <memsim/campaign/parallel.hpp>
#include <memsim/campaign/scenario_files.hpp>
#include <memsim/host/files.hpp>
#include <memsim/host/interrupt.hpp>

#include "sim/commands/check_review.hpp"
#include "sim/host/campaign_progress.hpp"
#include "sim/host/console.hpp"

namespace memsim {
namespace {

// Every scenario's result, in the order of the scenarios. The longest runs start first, so that none is left for last.
std::vector<CheckResult> check_all(const std::vector<std::string>& scenarios, const CheckCommand& command) {
  const std::vector<std::uint64_t> weights = expected_work(scenarios);
  std::vector<std::size_t> order(scenarios.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return weights[a] > weights[b]; });
  std::vector<CheckResult> results(scenarios.size());
  CampaignProgress progress("check", scenarios.size(),
                            std::accumulate(weights.begin(), weights.end(), std::uint64_t{0}),
                            standard_error_is_terminal() && !command.quiet);
  run_parallel(order.size(), command.jobs, [&](std::size_t i) {
    const std::size_t at = order[i];
    if (host::is_interrupted()) {
      results[at].scenario = scenarios[at];
      results[at].errors = host_failure(ExitCode::interrupted, "interrupted").error();
      return;
    }
    results[at] = check_scenario(scenarios[at], command.check);
    progress.done(weights[at], results[at].code() != ExitCode::ok);
  });
  return results;
}

HostResult<void> update(std::vector<CheckResult>& results) {
  for (CheckResult& result : results) {
    if (!result.is_pending()) continue;
    HostResult<void> written = accept(result);
    if (!written) return written;
  }
  return {};
}

Tone tone_of(const CheckResult& result) {
  if (result.code() != ExitCode::ok) return Tone::bad;
  return result.outcome() == CheckOutcome::passed ? Tone::good : Tone::doubtful;
}

// The outcomes for people. What kept a scenario from running goes to standard error.
HostResult<void> print_text(const std::vector<CheckResult>& results, const CheckCommand& command) {
  for (const CheckResult& result : results) {
    if (command.quiet && result.code() == ExitCode::ok) continue;
    const std::string text = render_check_text(result);
    const std::string first_line = text.substr(0, text.find('\n') + 1);
    const std::string shown = command.quiet || !result.errors.empty() ? first_line : text;
    const std::size_t verdict = name_of(result.outcome()).size();
    HostResult<void> printed = print(toned(shown.substr(0, verdict), tone_of(result)) + shown.substr(verdict));
    if (!printed) return printed;
    if (!result.errors.empty()) report(result.errors);
  }
  if (command.quiet) return {};
  return print(render_counts(count_outcomes(results)));
}

HostResult<void> print_results(const std::vector<CheckResult>& results, const std::vector<std::string>& passed_over,
                               const CheckCommand& command) {
  HostResult<void> printed =
      command.json ? print(render_check_json(results, passed_over)) : print_text(results, command);
  if (printed && command.annotations) printed = print(render_check_annotations(results));
  if (printed && !command.junit.empty()) printed = host::replace_file(command.junit, render_check_junit(results));
  return printed;
}

// What git bisect run has to be told: 125 is its word for a commit that cannot be tested.
ExitCode bisect_code(const std::vector<CheckResult>& results) {
  ExitCode code = ExitCode::ok;
  for (const CheckResult& result : results) {
    if (result.code() == ExitCode::expectation_failed) return result.code();
    if (result.code() != ExitCode::ok) code = ExitCode::cannot_tell;
  }
  return code;
}

ExitCode report_for(const CheckCommand& command, const HostError& error) {
  const ExitCode code = report(error);
  return command.bisect ? ExitCode::cannot_tell : code;
}

// Whether a person may mean this scenario by `name`: its path, its file's name, or that without its extension.
bool is_called(const std::string& scenario, const std::string& name) {
  const std::filesystem::path path = scenario;
  return scenario == name || path.filename() == name || path.stem() == name;
}

HostResult<FoundScenarios> only_named(FoundScenarios found, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto is_meant = [&](const std::string& scenario) { return is_called(scenario, name); };
    if (std::any_of(found.scenarios.begin(), found.scenarios.end(), is_meant)) continue;
    return host_failure(ExitCode::bad_input,
                        fmt::format("--accept {}: there is no such scenario", escaped_for_terminal(name)));
  }
  std::erase_if(found.scenarios, [&](const std::string& scenario) {
    return std::none_of(names.begin(), names.end(), [&](const auto& name) { return is_called(scenario, name); });
  });
  return found;
}

}  // namespace

ExitCode check_scenarios(const CheckCommand& command) {
  HostResult<FoundScenarios> found = find_scenarios(command.paths);
  if (found && !command.accept.empty()) found = only_named(std::move(*found), command.accept);
  if (!found) return report_for(command, found.error());
  const std::string passed_over = passed_over_text(*found);
  if (!passed_over.empty()) warn(passed_over);
  std::vector<CheckResult> results = check_all(found->scenarios, command);
  HostResult<void> settled;
  if (command.baselines == Baselines::update) settled = update(results);
  if (command.baselines == Baselines::review) settled = review(results);
  if (!settled) return report(settled.error());
  const HostResult<void> printed = print_results(results, found->passed_over, command);
  if (!printed) return report(printed.error());
  return command.bisect ? bisect_code(results) : exit_code(results);
}

ExitCode print_unreferenced_baselines(const std::vector<std::string>& paths) {
  const HostResult<std::vector<std::string>> baselines = find_unreferenced_baselines(paths);
  if (!baselines) return report(baselines.error());
  std::string text;
  for (const std::string& baseline : *baselines) text += escaped_for_terminal(baseline) + '\n';
  const HostResult<void> printed = print(text);
  if (!printed) return report(printed.error());
  return baselines->empty() ? ExitCode::ok : ExitCode::expectation_failed;
}

}  // namespace memsim
