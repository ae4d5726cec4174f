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

// The place of the first pattern that fits, or nothing.
std::optional<std::size_t> rank_of(const std::vector<std::string>& patterns, std::string_view name) {
  const auto found = std::find_if(patterns.begin(), patterns.end(), [&](const auto& p) { return fits(p, name); });
  if (found == patterns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - patterns.begin());
}

std::int64_t end_time_of(const RunResult& run) {
  return static_cast<std::int64_t>(std::min(run.end_time.value(), static_cast<std::uint64_t>(kNeverMeasured)));
}

// Puts the measures of all runs of one scenario into rows, run by run in their order. A row stands where its measure
// stands in the first run that has it, behind the rows that run has before it.
class Rows {
 public:
  // `head`: whose runs these will be, and of which contestants.
  Rows(Comparison head, const std::vector<std::string>& patterns) : patterns_(&patterns), comparison_(std::move(head)) {
    comparison_.end_times.assign(comparison_.seeds, 0);
  }

  void add(std::size_t variation, std::size_t seed, const RunResult& run) {
    if (all_names_.empty()) {
      for (const Measure& measure : run.measures) all_names_.push_back(measure.name);
    }
    std::int64_t& end_time = comparison_.end_times[seed];
    end_time = std::max(end_time, end_time_of(run));
    for (const Measure& measure : run.measures) {
      if (!rank_of(*patterns_, measure.name)) continue;
      const auto [entry, is_new] = index_.emplace(measure.name, comparison_.measures.size());
      if (is_new) add_row(measure);
      comparison_.measures[entry->second].values[variation][seed] = measure.value;
    }
  }

  [[nodiscard]] const std::vector<std::string>& all_names() const { return all_names_; }

  [[nodiscard]] Comparison take() {
    const auto rank = [&](const ComparedMeasure& row) { return rank_of(*patterns_, row.measure.name); };
    std::stable_sort(comparison_.measures.begin(), comparison_.measures.end(),
                     [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return std::move(comparison_);
  }

 private:
  void add_row(const Measure& measure) {
    const std::vector<std::optional<std::int64_t>> none(comparison_.seeds);
    comparison_.measures.push_back({measure, {comparison_.contestants.size(), none}});
  }

  const std::vector<std::string>* patterns_;
  Comparison comparison_;
  std::map<std::string, std::size_t, std::less<>> index_;  // of rows, by measure
  std::vector<std::string> all_names_;                     // of all measures of the first run
};

Comparison head_of(const RunPlan& plan, std::size_t scenario) {
  Comparison head;
  head.scenario = plan.scenarios()[scenario];
  head.title = plan.scenario(scenario).title;
  head.origin = plan.origin(scenario);
  head.first_seed = plan.scenario(scenario).world.seed;
  head.seeds = plan.seeds();
  for (const Variation& variation : plan.variations()) head.contestants.push_back(variation.name);
  return head;
}

// `names`: those of all measures of each scenario's first run.
HostResult<void> check_patterns(const std::vector<std::string>& patterns, std::span<const Comparison> comparisons,
                                const std::vector<std::string_view>& names) {
  for (const std::string& pattern : patterns) {
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

HostResult<Comparison> compare_runs(Comparison head, std::span<const RunResult> runs,
                                    const std::vector<std::string>& measures) {
  const std::uint64_t seeds = head.seeds;
  MEMSIM_CHECK(runs.size() == head.contestants.size() * seeds);
  const std::vector<std::string> patterns = measures.empty() ? telling_measures() : measures;
  Rows rows(std::move(head), patterns);
  for (std::size_t i = 0; i < runs.size(); ++i) rows.add(i / seeds, i % seeds, runs[i]);
  const std::vector<std::string_view> names(rows.all_names().begin(), rows.all_names().end());
  Comparison comparison = rows.take();
  const HostResult<void> checked = check_patterns(measures, std::span(&comparison, 1), names);
  if (!checked) return Unexpected(checked.error());
  return comparison;
}

HostResult<std::vector<Comparison>> compare(const CompareOptions& options) {
  const HostResult<RunPlan> plan = RunPlan::create(options.scenarios, options.contestants, options.seeds, options.load);
  if (!plan) return Unexpected(plan.error());
  const std::vector<std::string> patterns = options.measures.empty() ? telling_measures() : options.measures;
  std::vector<Rows> rows;
  for (std::size_t i = 0; i < options.scenarios.size(); ++i) rows.emplace_back(head_of(*plan, i), patterns);
  HostError errors;
  const auto run = [&](std::size_t i) {
    HostResult<RunResult> result = plan->run(plan->spec(i));
    options.on_run();
    return result;
  };
  run_in_order(plan->size(), options.jobs, run, [&](std::size_t i, HostResult<RunResult>&& result) {
    const RunSpec spec = plan->spec(i);
    if (result) {
      rows[spec.scenario].add(spec.variation, i % options.seeds, *result);
    } else {
      errors = std::move(result).error();
    }
    return errors.empty();
  });
  if (!errors.empty()) return Unexpected(std::move(errors));
  std::vector<Comparison> comparisons;
  std::vector<std::string_view> names;
  for (Rows& row : rows) {
    names.insert(names.end(), row.all_names().begin(), row.all_names().end());
    comparisons.push_back(row.take());
  }
  const HostResult<void> checked = check_patterns(options.measures, comparisons, names);
  if (!checked) return Unexpected(checked.error());
  return comparisons;
}

}  // namespace memsim
