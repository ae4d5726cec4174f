#include <memsim/campaign/scenario_run.hpp>

#include <fmt/format.h>

#include <map>
#include <utility>

#include <memsim/analysis/wait_graph.hpp>

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
    case StopReason::resource_cap:
      return true;
  }
  return true;
}

// Regions may share a name; the second one's measures get "#2" behind it.
void make_names_unique(std::vector<Measure>& measures) {
  std::map<std::string, unsigned, std::less<>> seen;
  for (Measure& measure : measures) {
    const unsigned number = ++seen[measure.name];
    if (number > 1) measure.name += fmt::format("#{}", number);
  }
}

}  // namespace

HostResult<ScenarioRun> run_scenario(const Scenario& scenario, WorldRunner runner, std::span<RecordSink* const> sinks) {
  SummaryView summary;
  RunMeasures measures;
  HostResult<World> world = World::create(scenario.world, find_deadlocks);
  if (!world) return Unexpected(std::move(world).error());
  world->records().subscribe(summary);
  world->records().subscribe(measures);
  for (RecordSink* sink : sinks) world->records().subscribe(*sink);
  if (is_cap(runner(scenario, *world))) {
    return host_failure(ExitCode::cap_reached,
                        fmt::format("{}: the run reached a cap", escaped_for_terminal(scenario.path)),
                        fmt::format("raise {} to go on", world->cap_reached()));
  }
  ScenarioRun run;
  run.summary = summary.summary(world->records());
  run.summary.scenario = scenario.path;
  run.summary.title = scenario.title;
  run.measures = measures.measures(run.summary);
  make_names_unique(run.measures);
  return run;
}

std::string policy_text(const PhysicalMemoryConfig& memory) {
  std::string text = memory.policy;
  for (const auto& [name, value] : memory.policy_options) text += fmt::format(" {}={}", name, value);
  return text;
}

}  // namespace memsim
