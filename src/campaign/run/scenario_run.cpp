#include <memsim/campaign/scenario_run.hpp>

#include <fmt/format.h>

#include <utility>

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/campaign/expectations.hpp>
#include <memsim/view/record_reader.hpp>

namespace memsim {
namespace {

bool is_cap(StopReason reason) {
  switch (reason) {
    case StopReason::finished:
    case StopReason::reached_until:
    case StopReason::deadlock:
      return false;
    case StopReason::event_cap:
    case StopReason::instant_cap:
    case StopReason::time_cap:
    case StopReason::resource_cap:
      return true;
  }
  return true;
}

// Whether the scenario names this very end as the one it expects, so that a cap, for one, is no surprise.
bool expects_end(const Scenario& scenario, StopReason reason) {
  return std::any_of(scenario.expect.begin(), scenario.expect.end(), [&](const Expectation& expectation) {
    const auto* end = std::get_if<ExpectedEnd>(&expectation.what);
    return end != nullptr && end->reason == reason;
  });
}

// Collects what a ScenarioRun has, from whatever stream.
class Gatherer {
 public:
  void subscribe_to(RecordStream& records) {
    records.subscribe(summary_);
    records.subscribe(measures_);
  }

  [[nodiscard]] ScenarioRun run(const RecordStream& records) const {
    ScenarioRun run;
    run.summary = summary_.summary(records);
    run.measures = measures_.measures(run.summary);
    return run;
  }

 private:
  SummaryView summary_;
  RunMeasures measures_;
};

}  // namespace

HostResult<void> good_end(const Scenario& scenario, const World& world, StopReason reason) {
  if (!is_cap(reason) || expects_end(scenario, reason)) return {};
  return host_failure(ExitCode::cap_reached,
                      fmt::format("{}: the run reached a cap", escaped_for_terminal(scenario.path)),
                      world.cap_reached().empty() ? "simulated time ends there"
                                                  : fmt::format("raise {} to go on", world.cap_reached()));
}

HostResult<ScenarioRun> run_scenario(const Scenario& scenario, WorldRunner runner, std::span<RecordSink* const> sinks) {
  Gatherer gatherer;
  HostResult<World> world = World::create(scenario.world, find_deadlocks);
  if (!world) return Unexpected(std::move(world).error());
  gatherer.subscribe_to(world->records());
  for (RecordSink* sink : sinks) world->records().subscribe(*sink);
  const StopReason reason = runner(scenario, *world);
  if (const HostResult<void> ended = good_end(scenario, *world, reason); !ended) return Unexpected(ended.error());
  ScenarioRun run = gatherer.run(world->records());
  run.summary.scenario = scenario.path;
  run.summary.title = scenario.title;
  return run;
}

HostResult<ScenarioRun> replay_run(const std::string& records, std::span<RecordSink* const> sinks) {
  Gatherer gatherer;
  RecordStream stream;
  gatherer.subscribe_to(stream);
  for (RecordSink* sink : sinks) stream.subscribe(*sink);
  const HostResult<void> replayed = replay_records(records, stream);
  if (!replayed) return Unexpected(replayed.error());
  return gatherer.run(stream);
}

std::string policy_text(const PhysicalMemoryConfig& memory) {
  std::string text = memory.policy;
  for (const auto& [name, value] : memory.policy_options) text += fmt::format(" {}={}", name, value);
  return text;
}

}  // namespace memsim
