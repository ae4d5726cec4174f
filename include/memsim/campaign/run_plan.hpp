// RunPlan: the runs of a campaign, as a value: each is a scenario, a variation of it and a seed, three numbers that any
// machine with the same files understands in the same way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/run_result.hpp>
#include <memsim/campaign/variation.hpp>
#include <memsim/scenario/scenario.hpp>
#include <memsim/view/made_by.hpp>

namespace memsim {

// Indices into the plan's lists; the seed itself.
struct RunSpec {
  std::size_t scenario = 0;
  std::size_t variation = 0;
  std::uint64_t seed = 0;
};

class RunPlan {
 public:
  // Reads every file once, and each scenario under each variation: no run sees what somebody saves later. Errors: those
  // of reading, of every scenario; bad_input where there would be more than `runs_max` runs.
  [[nodiscard]] static HostResult<RunPlan> create(std::vector<std::string> scenarios, std::vector<Variation> variations,
                                                  std::uint64_t seeds, LoadOptions load,
                                                  std::uint64_t runs_max = kRunsMax);
  static constexpr std::uint64_t kRunsMax = 1'000'000;

  // By scenario, then variation, then seed.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] RunSpec spec(std::size_t index) const;
  [[nodiscard]] std::span<const std::string> scenarios() const { return scenarios_; }
  [[nodiscard]] std::span<const Variation> variations() const { return variations_; }
  [[nodiscard]] std::uint64_t seeds() const { return seeds_; }

  // The scenario under its first variation; its seed is the first of each variation's, unless that varies it.
  [[nodiscard]] const Scenario& scenario(std::size_t index) const;
  // What made the runs of a scenario, their variations and seeds apart.
  [[nodiscard]] ScenarioOrigin origin(std::size_t scenario) const;
  // What the run would be of. Errors: host_failed where there is no memory for it.
  [[nodiscard]] HostResult<Scenario> scenario_of(const RunSpec& spec) const;

  // Used by several threads at once. Errors: as run_scenario(); they name the scenario, and where they vary the seed
  // and the variation.
  [[nodiscard]] HostResult<RunResult> run(const RunSpec& spec, CappedRuns capped = CappedRuns::fail,
                                          std::span<RecordSink* const> sinks = {}) const;

  // A hash of all files that the scenarios were read from, by their names beside the scenario, and of the options that
  // change them: of all that decides a run besides its variation and its seed.
  [[nodiscard]] std::uint64_t content() const;

 private:
  RunPlan(std::vector<std::string> scenarios, std::vector<Variation> variations, std::uint64_t seeds, LoadOptions load);
  [[nodiscard]] HostResult<Scenario> load(std::size_t scenario, std::size_t variation) const;

  std::vector<std::string> scenarios_;
  std::vector<Variation> variations_;
  std::uint64_t seeds_;
  LoadOptions load_;  // with the store that remembers the files
  // By scenario, then variation; of many only the first variation of each scenario, the others are made when they run.
  std::vector<std::shared_ptr<const Scenario>> loaded_;
  std::vector<std::uint64_t> first_seeds_;
};

}  // namespace memsim
