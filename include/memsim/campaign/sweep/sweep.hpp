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
#include <memsim/campaign/sweep/sweep_results.hpp>

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

class Sweep {
 public:
  // Reads the scenario under every variation and opens the store. Nothing runs. Errors: as RunPlan::create() and
  // ResultStore::open().
  [[nodiscard]] static HostResult<Sweep> create(SweepOptions options);

  // Makes the runs that are missing. Errors: those of the first run that failed; interrupted; those of the store. What
  // was done is kept. bad_input also where a run in the store, made anew, comes out differently: then it is of another
  // program.
  [[nodiscard]] HostResult<void> run();

  [[nodiscard]] SweepResults& results() { return results_; }
  [[nodiscard]] std::uint64_t runs_made() const { return runs_made_; }
  // Of a shard: its runs.
  [[nodiscard]] std::uint64_t runs_of_shard() const;

 private:
  Sweep(SweepOptions options, RunPlan plan, SweepResults results);
  [[nodiscard]] HostResult<std::vector<RunSpec>> missing();
  [[nodiscard]] HostResult<void> check_one_again();
  [[nodiscard]] HostResult<void> run_missing();
  void make(std::span<const RunSpec> runs, const TakeRun& take) const;
  [[nodiscard]] HostResult<bool> is_precise();
  [[nodiscard]] bool is_ours(std::size_t variation, std::uint64_t seed_number) const;

  SweepOptions options_;
  RunPlan plan_;
  SweepResults results_;
  std::uint64_t runs_made_ = 0;
  bool is_checked_ = false;
};

}  // namespace memsim
