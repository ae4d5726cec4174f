// Comparing variations of scenarios, such as allocator policies or sizes of memory: the same scenarios with the same
// draws, run under each variation, their measures side by side. Over several seeds each seed is a pair of runs that
// differ in the variation alone, so the difference of a pair is the variation's, and few pairs tell much.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/paired_difference.hpp>
#include <memsim/campaign/run_plan.hpp>
#include <memsim/scenario/scenario.hpp>
#include <memsim/view/render.hpp>
#include <memsim/view/run_measures.hpp>
#include <memsim/view/text_table.hpp>

namespace memsim {

struct CompareOptions {
  std::vector<std::string> scenarios;
  std::vector<Variation> contestants;  // the first is what the others are compared with
  std::uint64_t seeds = 1;             // the scenario's seed and those that follow it
  std::vector<std::string> measures;   // patterns, * for any text and ? for a character; empty: telling_measures()
  LoadOptions load;
  unsigned jobs = 1;                     // at least 1
  std::function<void()> on_run = [] {};  // after each run, on its thread
};

// The patterns for those who did not choose: what tells most of a policy in few lines.
[[nodiscard]] std::vector<std::string> telling_measures();

// One measure of one scenario: a value for each contestant and seed.
struct ComparedMeasure {
  Measure measure;  // its value is without meaning
  // [contestant][seed]; nothing where the run has no such measure.
  std::vector<std::vector<std::optional<std::int64_t>>> values;
};

struct Comparison {
  std::string scenario;
  std::string title;
  ScenarioOrigin origin;
  std::uint64_t first_seed = 0;
  std::uint64_t seeds = 1;
  std::vector<std::string> contestants;
  std::vector<ComparedMeasure> measures;  // by pattern, then in the order of the runs' lists
  std::vector<std::int64_t> end_times;    // in ns, of the longest run of each seed
};

// Runs everything. All scenarios are read, once, and made under every variation before the first run starts. Errors:
// those of RunPlan::create(); those of the first run that failed, in the order of scenarios, contestants, seeds, as
// soon as it is known: then no further one is started; bad_input where a chosen pattern fits no measure of any run.
[[nodiscard]] HostResult<std::vector<Comparison>> compare(const CompareOptions& options);

// Runs that were made already, by contestant of `head`, then seed, side by side. `head` says whose they are; it has no
// measures. Errors: bad_input where a pattern of `measures`, as of CompareOptions, fits no measure.
[[nodiscard]] HostResult<Comparison> compare_runs(Comparison head, std::span<const RunResult> runs,
                                                  const std::vector<std::string>& measures);

// Comparing runs that were made before, those of databases (view/database/run_database.hpp): one comparison for each
// scenario, by the bytes that it was read from, in the order of its first run. Its contestants
// are the policies, with what else was overridden for some runs and not for all, and the version where there are
// several; its seeds are those that the runs had. A run that is there twice counts once. `measures` are patterns, as of
// CompareOptions. Errors: those of read_measured_runs(); bad_input where a scenario has fewer than two contestants,
// where one of them was not run under every seed from the first to the last, where two runs of one contestant and seed
// differ, and where a pattern fits no measure.
[[nodiscard]] HostResult<std::vector<Comparison>> compare_stored(const std::vector<std::string>& databases,
                                                                 const std::vector<std::string>& measures);

// The standing of a contestant in a measure, in thousandths of the measure's unit.
struct Standing {
  bool is_known = false;           // it has a value for every seed
  WideThousandths mean = 0;        // over the seeds
  bool is_lower_bound = false;     // moments that never came were taken as the end of the seed's longest run
  bool is_never = false;           // none of them ever came
  bool is_best = false;            // no contestant's mean is better, and some contestant's is worse
  bool is_compared = false;        // with the first contestant, seed by seed: two seeds or more
  WideThousandths difference = 0;  // mean of the differences from the first contestant
  WideThousandths half_width = 0;  // of the 95 % confidence interval around it (Student's t)
  // Whether the interval leaves out zero, on the better or on the worse side.
  bool is_better = false;
  bool is_worse = false;
};

// One for each contestant.
[[nodiscard]] std::vector<Standing> standings(const Comparison& comparison, const ComparedMeasure& measure);

// The table of a comparison in cells, as text and Markdown show it: a heading, a row for each measure, and in how many
// of them each contestant is the best.
[[nodiscard]] std::vector<std::vector<std::string>> comparison_cells(const Comparison& comparison);

// Text has lines of at most `columns` columns where names and a contestant's cells leave that choice: what is wider
// stands in several tables, each measure's name on a line of its own. The other formats have no width.
[[nodiscard]] std::string render_comparisons(std::span<const Comparison> comparisons, TableFormat format,
                                             std::size_t columns = kTextColumns);

}  // namespace memsim
