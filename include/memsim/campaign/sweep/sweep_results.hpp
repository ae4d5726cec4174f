// SweepResults: what a sweep measured, by variation and seed, read out of its store. All that can be told of a sweep is
// told from here, whether it has just been made or only its database is there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/base/units.hpp>
#include <memsim/campaign/run_result.hpp>
#include <memsim/campaign/store/result_store.hpp>
#include <memsim/campaign/variation.hpp>
#include <memsim/view/made_by.hpp>

namespace memsim {

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

// What is told of a sweep beside its runs.
struct SweepDesign {
  std::string name;  // of the scenario, for people
  SweptScenario scenario;
  ScenarioOrigin origin;
  std::vector<Variation> variations;       // not empty
  std::vector<std::uint64_t> first_seeds;  // of each; the others follow, modulo 2^64
  std::uint64_t seeds = 1;
  std::vector<std::string> notes;  // whatever else people should know, a line each
};

class SweepResults {
 public:
  // `ids` are those of the design's variations in the store.
  SweepResults(SweepDesign design, ResultStore store, std::vector<std::int64_t> ids);
  // Those in a database: of each variation that has runs, as many seeds as are there under all of these, from the first
  // on; a note tells where that is not all that was asked for. Errors: as ResultStore::open_to_read(); bad_input where
  // there is not one such seed.
  [[nodiscard]] static HostResult<SweepResults> open(const std::string& database);

  [[nodiscard]] const SweepDesign& design() const { return design_; }
  [[nodiscard]] const std::vector<Variation>& variations() const { return design_.variations; }
  [[nodiscard]] std::uint64_t seeds() const { return design_.seeds; }

  // What the runs measured, of the measures that fit one of `patterns`. Memory: 16 bytes a run and measure. Errors:
  // those of the store. Requires: all runs are there.
  [[nodiscard]] HostResult<SweptRuns> runs(std::span<const std::string> patterns);
  // All measures of each run, in order, one run after the other.
  using Visit = std::function<HostResult<void>(std::size_t variation, const StoredRun& run)>;
  [[nodiscard]] HostResult<void> for_each_run(const Visit& visit);

 private:
  friend class Sweep;
  SweepDesign design_;
  ResultStore store_;
  std::vector<std::int64_t> ids_;  // in the store, by variation
};

// What was varied, by the names that the levels of its variations give, in their order.
[[nodiscard]] std::vector<std::string> axes_of(const SweepDesign& design);

}  // namespace memsim
