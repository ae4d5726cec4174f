#include <memsim/campaign/compare.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/campaign/parallel.hpp>

#include "campaign/measures/measure_pattern.hpp"

namespace memsim {
namespace {

LoadOptions options_of(const CompareOptions& options, std::size_t contestant, std::optional<std::uint64_t> seed) {
  LoadOptions load = options.load;
  const std::vector<Override>& policy = options.contestants[contestant].policy;
  load.set.insert(load.set.end(), policy.begin(), policy.end());
  if (seed) load.seed = seed;
  return load;
}

// Reads every scenario under every policy, so that whatever is wrong is said before the first run.
HostResult<std::vector<Comparison>> prepare(const CompareOptions& options) {
  std::vector<Comparison> comparisons;
  HostError errors;
  for (const std::string& path : options.scenarios) {
    Comparison comparison;
    comparison.seeds = options.seeds;
    for (std::size_t i = 0; i < options.contestants.size(); ++i) {
      const HostResult<Scenario> scenario = load_scenario(path, options_of(options, i, std::nullopt));
      if (!scenario) {
        errors.insert(errors.end(), scenario.error().begin(), scenario.error().end());
        break;  // under the next policy it would be wrong in the same way
      }
      comparison.scenario = path;
      comparison.title = scenario->title;
      comparison.first_seed = scenario->world.seed;
      comparison.contestants.push_back(options.contestants[i].name);
    }
    comparisons.push_back(std::move(comparison));
  }
  if (!errors.empty()) return Unexpected(std::move(errors));
  return comparisons;
}

// The place of the first pattern that fits, or nothing.
std::optional<std::size_t> rank_of(const std::vector<std::string>& patterns, std::string_view name) {
  const auto found = std::find_if(patterns.begin(), patterns.end(), [&](const auto& p) { return fits(p, name); });
  if (found == patterns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - patterns.begin());
}

// Which run it is, of all.
struct RunPlace {
  std::size_t scenario;
  std::size_t contestant;
  std::size_t seed;
};

// What is kept of a run: the chosen measures and its end.
struct RunValues {
  HostError errors;
  std::vector<Measure> measures;
  std::vector<std::string> all_names;  // of all measures, where the run is a scenario's first
  std::int64_t end_time = 0;
};

RunValues values_of(const CompareOptions& options, const std::vector<std::string>& patterns,
                    const Comparison& comparison, const RunPlace& place) {
  RunValues values;
  const std::uint64_t seed = comparison.first_seed + place.seed;  // modulo 2^64: a seed is any number
  const HostResult<Scenario> scenario = load_scenario(comparison.scenario, options_of(options, place.contestant, seed));
  HostResult<ScenarioRun> run = scenario ? run_scenario(*scenario, options.runner) : Unexpected(scenario.error());
  if (!run) {
    values.errors = run.error();
    return values;
  }
  values.end_time =
      static_cast<std::int64_t>(std::min(run->summary.end_time.value(), static_cast<std::uint64_t>(kNeverMeasured)));
  if (place.contestant == 0 && place.seed == 0) {
    for (const Measure& measure : run->measures) values.all_names.push_back(measure.name);
  }
  std::erase_if(run->measures, [&](const Measure& m) { return !rank_of(patterns, m.name); });
  values.measures = std::move(run->measures);
  return values;
}

// Puts the measures of all runs of one scenario into rows. A row stands where its measure stands in the first run that
// has it, behind the rows that run has before it.
class Rows {
 public:
  Rows(const CompareOptions& options, Comparison& comparison) : options_(options), comparison_(comparison) {
    comparison_.end_times.assign(options.seeds, 0);
  }

  void add(const RunPlace& place, const RunValues& run) {
    std::int64_t& end_time = comparison_.end_times[place.seed];
    end_time = std::max(end_time, run.end_time);
    for (const Measure& measure : run.measures) {
      const auto [entry, is_new] = index_.emplace(measure.name, comparison_.measures.size());
      if (is_new) add_row(measure);
      comparison_.measures[entry->second].values[place.contestant][place.seed] = measure.value;
    }
  }

  void sort(const std::vector<std::string>& patterns) {
    const auto rank = [&](const ComparedMeasure& row) { return rank_of(patterns, row.measure.name); };
    std::stable_sort(comparison_.measures.begin(), comparison_.measures.end(),
                     [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  }

 private:
  void add_row(const Measure& measure) {
    const std::vector<std::optional<std::int64_t>> none(options_.seeds);
    comparison_.measures.push_back({measure, {options_.contestants.size(), none}});
  }

  const CompareOptions& options_;
  Comparison& comparison_;
  std::map<std::string, std::size_t, std::less<>> index_;  // of rows, by measure
};

// `names`: those of all measures of each scenario's first run.
HostResult<void> check_patterns(const CompareOptions& options, const std::vector<Comparison>& comparisons,
                                const std::vector<std::string_view>& names) {
  for (const std::string& pattern : options.measures) {
    const bool is_used = std::any_of(comparisons.begin(), comparisons.end(), [&](const Comparison& comparison) {
      return std::any_of(comparison.measures.begin(), comparison.measures.end(),
                         [&](const ComparedMeasure& row) { return fits(pattern, row.measure.name); });
    });
    if (is_used) continue;
    const std::string meant = meant_pattern(pattern, names);
    return host_failure(ExitCode::bad_input, fmt::format("no run has a measure '{}'", escaped_for_terminal(pattern)),
                        (meant.empty() ? "" : fmt::format("did you mean '{}'? ", meant)) +
                            "memsim compare --measure '*' lists all; docs/output.md says what they are");
  }
  return {};
}

}  // namespace

std::vector<std::string> telling_measures() {
  return {"probe/*/first_failure_ns",
          "probe/*/failed_permille",
          "allocations/failed",
          "allocations/first_contiguous_failure_ns",
          "region/*/external_fragmentation_permille/mean",
          "region/*/largest_free_run_frames/min",
          "region/*/large_page_availability_permille/mean",
          "objects/internal_fragmentation_permille/mean",
          "objects/segments_p99/max",
          "objects/segments_max/max",
          "latency_ns/shm_ctl/*/p99",
          "allocator/steps"};
}

HostResult<std::vector<Comparison>> compare(const CompareOptions& options) {
  MEMSIM_CHECK(options.seeds > 0 && !options.contestants.empty());
  const std::uint64_t runs_of_a_seed = options.scenarios.size() * options.contestants.size();
  if (options.seeds > kComparedRunsMax / std::max<std::uint64_t>(1, runs_of_a_seed)) {
    return host_failure(ExitCode::bad_input, fmt::format("that is more than {} runs", kComparedRunsMax),
                        "ask for fewer seeds");
  }
  HostResult<std::vector<Comparison>> comparisons = prepare(options);
  if (!comparisons) return comparisons;
  const std::vector<std::string> patterns = options.measures.empty() ? telling_measures() : options.measures;
  std::vector<RunPlace> places;
  for (std::size_t scenario = 0; scenario < options.scenarios.size(); ++scenario) {
    for (std::size_t contestant = 0; contestant < options.contestants.size(); ++contestant) {
      for (std::size_t seed = 0; seed < options.seeds; ++seed) places.push_back({scenario, contestant, seed});
    }
  }
  std::vector<RunValues> runs(places.size());
  run_parallel(places.size(), options.jobs, [&](std::size_t i) {
    runs[i] = values_of(options, patterns, (*comparisons)[places[i].scenario], places[i]);
    options.on_run();
  });
  std::vector<Rows> rows;
  for (Comparison& comparison : *comparisons) rows.emplace_back(options, comparison);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!runs[i].errors.empty()) return Unexpected(std::move(runs[i].errors));
    rows[places[i].scenario].add(places[i], runs[i]);
  }
  for (Rows& row : rows) row.sort(patterns);
  std::vector<std::string_view> names;
  for (const RunValues& run : runs) names.insert(names.end(), run.all_names.begin(), run.all_names.end());
  const HostResult<void> checked = check_patterns(options, *comparisons, names);
  if (!checked) return Unexpected(checked.error());
  return comparisons;
}

}  // namespace memsim
