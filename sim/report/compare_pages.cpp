#include "sim/report/compare_pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <memsim/campaign/run_session.hpp>
#include <memsim/campaign/statistics.hpp>
#include <memsim/campaign/sweep/sweep_page.hpp>

#include "sim/report/report_pages.hpp"

namespace memsim {
namespace {

constexpr std::string_view kFirstFailure = "allocations/first_contiguous_failure_ns";

// How long each run of a contestant had every contiguous request granted.
std::vector<Lifetime> lifetimes_of(const Comparison& comparison, const ComparedMeasure& first_failure,
                                   std::size_t contestant) {
  std::vector<Lifetime> lifetimes;
  for (std::size_t seed = 0; seed < comparison.seeds; ++seed) {
    const std::optional<std::int64_t> value = first_failure.values[contestant][seed];
    const bool happened = value && *value != kNeverMeasured;
    const std::int64_t time = happened ? *value : comparison.end_times[seed];
    lifetimes.push_back({SimTime(static_cast<std::uint64_t>(time)), happened});
  }
  return lifetimes;
}

SurvivalCurve curve_of(std::string name, const std::vector<Lifetime>& lifetimes, SimTime end) {
  const auto failed =
      std::count_if(lifetimes.begin(), lifetimes.end(), [](const Lifetime& life) { return life.happened; });
  return page_curve(std::move(name), lifetimes.size(), static_cast<std::uint64_t>(failed), kaplan_meier(lifetimes),
                    end);
}

// Adds a comparison's curves and its rows; with several scenarios each is named.
void add_comparison(PageExtras& extras, const Comparison& comparison, bool is_named) {
  const std::string prefix = is_named ? comparison.scenario + ": " : std::string();
  for (std::vector<std::string>& row : comparison_cells(comparison)) {
    if (is_named) row.insert(row.begin(), comparison.scenario);
    extras.comparison.push_back(std::move(row));
  }
  const auto& measures = comparison.measures;
  const auto row = std::find_if(measures.begin(), measures.end(),
                                [](const ComparedMeasure& measure) { return measure.measure.name == kFirstFailure; });
  if (row == measures.end()) return;
  const auto end = *std::max_element(comparison.end_times.begin(), comparison.end_times.end());
  std::vector<std::vector<Lifetime>> groups;
  for (std::size_t i = 0; i < comparison.contestants.size(); ++i) {
    groups.push_back(lifetimes_of(comparison, *row, i));
    extras.survival.push_back(
        curve_of(prefix + comparison.contestants[i], groups.back(), SimTime(static_cast<std::uint64_t>(end))));
  }
  if (const std::optional<LogRank> test = log_rank(groups)) {
    extras.about += fmt::format(
        "{}{}do they differ in how long contiguous requests are granted? log-rank test over {} seeds: "
        "p = {:.3f}",
        extras.about.empty() ? "" : "; ", prefix, comparison.seeds, test->p_value);
  }
}

}  // namespace

HostResult<void> prepare_pages(CompareOptions& options, const std::string& path) {
  if (path.empty()) return host_failure(ExitCode::bad_input, "--report: the file's name is empty");
  if (options.scenarios.size() * options.contestants.size() > kComparedPagesMax) {
    return host_failure(ExitCode::bad_input,
                        fmt::format("--report: a page has room for {} scenarios under a policy", kComparedPagesMax),
                        "compare fewer at once");
  }
  if (!options.measures.empty()) options.measures.emplace_back(kFirstFailure);
  return ReportPages::check_program();
}

HostResult<void> write_pages(const CompareOptions& options, std::span<const Comparison> comparisons,
                             const std::string& path) {
  ReportPages pages;
  PageExtras extras;
  for (const Comparison& comparison : comparisons) {
    add_comparison(extras, comparison, comparisons.size() > 1);
    for (const Variation& contestant : options.contestants) {
      LoadOptions load = options.load;
      load.set.insert(load.set.end(), contestant.set.begin(), contestant.set.end());
      load.seed = comparison.first_seed;
      const HostResult<Scenario> scenario = load_scenario(comparison.scenario, load);
      if (!scenario) return Unexpected(scenario.error());
      RunPage page;
      HostResult<ScenarioRun> run = run_scenario(*scenario, page.sinks());
      if (!run) return Unexpected(std::move(run).error());
      pages.add(std::move(page), std::move(run->summary));
    }
  }
  return pages.write(path, std::move(extras));
}

}  // namespace memsim
