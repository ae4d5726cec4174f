// One run of a scenario, as every campaign needs it: its summary and its measures.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>
#include <memsim/view/run_measures.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

// Runs the world to its end. For programs that want to know which run is under way, for the message of a failed check.
using WorldRunner = StopReason (*)(const Scenario& scenario, World& world);

struct ScenarioRun {
  Summary summary;
  std::vector<Measure> measures;  // no two of one name
};

// Whether a run that stopped so came to a good end. Errors: cap_reached where a cap ended it and the scenario does not
// expect just that, with the option that raises it.
[[nodiscard]] HostResult<void> good_end(const Scenario& scenario, const World& world, StopReason reason);

// Runs the scenario with `sinks` subscribed. Errors: as World::create() and good_end().
[[nodiscard]] HostResult<ScenarioRun> run_scenario(const Scenario& scenario, WorldRunner runner,
                                                   std::span<RecordSink* const> sinks = {});

// The run whose records are in a file (records.jsonl), with `sinks` subscribed. Errors: as replay_records().
[[nodiscard]] HostResult<ScenarioRun> replay_run(const std::string& records, std::span<RecordSink* const> sinks = {});

// The policy with its options, as baselines and comparisons name it: "buddy placement=lifo".
[[nodiscard]] std::string policy_text(const PhysicalMemoryConfig& memory);

}  // namespace memsim
