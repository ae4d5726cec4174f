// A sweep: one scenario under every variation of a design and the same seeds each, its results kept in a store, so that
// what was stopped at any moment goes on where it was, and many programs can share the work.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/run_plan.hpp>
#include <memsim/campaign/sweep/result_store.hpp>

namespace memsim {

// The part of the work of one of several programs: the runs whose number, counted over seeds and then variations,
// leaves `index` when divided by `count`. Requires: index < count.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t count = 1;
};
// "3/16": the third of sixteen. Errors: bad_input.
[[nodiscard]] HostResult<Shard> parse_shard(const std::string& text);

// When enough seeds are run: once, under every variation, the 95 % interval of what is estimated is narrow enough.
struct Precision {
  enum class Of : std::uint8_t {
    mean,    // Student's interval; half of it at most `permille` of the mean
    median,  // by order statistics; half of it at most `permille` of the median
    share,   // of the runs in which the measure is not 0, or its moment came: Wilson's; half at most `permille`
  };
  Of of = Of::mean;
  std::string measure;
  std::uint64_t permille = 50;
};
// "MEASURE=5%", "median(MEASURE)=5%", "share(MEASURE)=2.5%". Errors: bad_input.
[[nodiscard]] HostResult<Precision> parse_precision(const std::string& text);

// Takes the run of an index, in any order, on any thread. False: no more are wanted.
using TakeRun = std::function<bool(std::size_t index, HostResult<RunResult>&& run)>;

struct SweepOptions {
  std::string scenario;
  std::string name;  // of the scenario, for people
  LoadOptions load;
  std::vector<Variation> variations;  // not empty, no two of the same levels
  std::uint64_t seeds = 1;            // under each variation; with `precision` the first ones
  std::string database;               // empty: in memory
  unsigned jobs = 1;
  std::uint64_t runs_max = RunPlan::kRunsMax;
  std::optional<Shard> shard;
  std::optional<Precision> precision;  // not with a shard
  std::uint64_t seeds_max = 1;         // with `precision`
  // Makes the runs elsewhere than on threads of this program: starts them in order, with run_of_sweep(), and returns
  // when each that was started has been taken. Null: on `jobs` threads.
  std::function<void(const RunPlan& plan, std::span<const RunSpec> runs, const TakeRun& take)> distribute = nullptr;
  // Before a round of runs: how many of all are to be made. Then after each, on its thread, one at a time.
  std::function<void(std::uint64_t to_run, std::uint64_t all)> on_round = [](std::uint64_t, std::uint64_t) {};
  std::function<void(bool is_bad)> on_run = [](bool) {};
};

// The runs of a sweep, and one of them as its store keeps it: what those need who make them for it. Errors: as
// RunPlan.
[[nodiscard]] HostResult<RunPlan> plan_of_sweep(const SweepOptions& options);
[[nodiscard]] HostResult<RunResult> run_of_sweep(const RunPlan& plan, const RunSpec& spec);

// One value of a measure for each run; nothing where a run has no such measure.
struct SweptMeasure {
  Measure kind;  // its value is without meaning
  std::vector<std::optional<std::int64_t>> values;
};

// What a sweep knows of its runs, by variation, then seed: run i is of variation i / seeds.
struct SweptRuns {
  std::vector<SimTime> end_times;
  std::vector<StopReason> ends;
  std::vector<std::uint64_t> fingerprints;
  std::vector<std::vector<std::string>> failed;  // expectations
  std::vector<SweptMeasure> measures;            // as the first run that has it has them
};

class Sweep {
 public:
  // Reads the scenario under every variation and opens the store. Nothing runs. Errors: as RunPlan::create() and
  // ResultStore::open().
  [[nodiscard]] static HostResult<Sweep> create(SweepOptions options);

  // Makes the runs that are missing. Errors: those of the first run that failed; interrupted; those of the store. What
  // was done is kept. bad_input also where a run in the store, made anew, comes out differently: then it is of another
  // program.
  [[nodiscard]] HostResult<void> run();

  [[nodiscard]] const std::string& name() const { return options_.name; }
  [[nodiscard]] const Scenario& scenario() const { return plan_.scenario(0); }
  [[nodiscard]] ScenarioOrigin origin() const { return plan_.origin(0); }
  [[nodiscard]] const std::vector<Variation>& variations() const { return options_.variations; }
  [[nodiscard]] std::uint64_t seeds() const { return seeds_; }
  [[nodiscard]] std::uint64_t first_seed(std::size_t variation) const { return first_seeds_[variation]; }
  [[nodiscard]] std::uint64_t runs_made() const { return runs_made_; }
  // Of a shard: its runs.
  [[nodiscard]] std::uint64_t runs_of_shard() const;
  // With `precision`: why no more seeds were run, though it is not reached.
  [[nodiscard]] const std::string& gave_up() const { return gave_up_; }

  // What the runs measured, of the measures that fit one of `patterns`. Memory: 16 bytes a run and measure. Errors:
  // those of the store. Requires: run() did all.
  [[nodiscard]] HostResult<SweptRuns> results(std::span<const std::string> patterns);
  // All measures of each run, in order, one run after the other.
  using Visit = std::function<HostResult<void>(std::size_t variation, const StoredRun& run)>;
  [[nodiscard]] HostResult<void> for_each_run(const Visit& visit);

 private:
  Sweep(SweepOptions options, RunPlan plan, ResultStore store);
  [[nodiscard]] HostResult<std::vector<RunSpec>> missing();
  [[nodiscard]] HostResult<void> check_one_again();
  [[nodiscard]] HostResult<void> run_missing();
  void make(std::span<const RunSpec> runs, const TakeRun& take) const;
  [[nodiscard]] HostResult<bool> is_precise();
  [[nodiscard]] bool is_ours(std::size_t variation, std::uint64_t seed_number) const;

  SweepOptions options_;
  RunPlan plan_;
  ResultStore store_;
  std::vector<std::uint64_t> first_seeds_;  // by variation
  std::vector<std::int64_t> ids_;           // in the store
  std::uint64_t seeds_ = 1;
  std::uint64_t runs_made_ = 0;
  bool is_checked_ = false;
  std::string gave_up_;
};

// What was varied, by the names that the levels of its variations give, in their order.
[[nodiscard]] std::vector<std::string> axes_of(const Sweep& sweep);

}  // namespace memsim
