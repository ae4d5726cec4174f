#include <memsim/campaign/run_session.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/base/check.hpp>

#include <memsim/engine/version.hpp>
#include <memsim/host/interrupt.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/view/record_reader.hpp>

#include "campaign/run/exhaustion.hpp"

namespace memsim {
namespace {

bool is_cap(StopReason reason) {
  switch (reason) {
    case StopReason::finished:
    case StopReason::reached_until:
    case StopReason::deadlock:
    case StopReason::interrupted:
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

std::optional<Diagnostic> bad_end(const Scenario& scenario, const World& world, StopReason reason) {
  if (reason == StopReason::interrupted) {
    Diagnostic diagnostic;
    diagnostic.code = ExitCode::interrupted;
    diagnostic.message = fmt::format("{}: interrupted", escaped_for_terminal(scenario.path));
    return diagnostic;
  }
  if (!is_cap(reason) || expects_end(scenario, reason)) return std::nullopt;
  Diagnostic diagnostic;
  diagnostic.code = ExitCode::cap_reached;
  diagnostic.message = fmt::format("{}: the run reached a cap", escaped_for_terminal(scenario.path));
  diagnostic.help =
      world.cap_reached().empty() ? "simulated time ends there" : fmt::format("raise {} to go on", world.cap_reached());
  return diagnostic;
}

struct CurrentRun {
  const Scenario* scenario = nullptr;
  const World* world = nullptr;
};
thread_local CurrentRun current_run;

// Tells a failed check which run it belongs to, for as long as it lives.
class RunUnderWay {
 public:
  RunUnderWay(const Scenario& scenario, const World& world) { current_run = {&scenario, &world}; }
  RunUnderWay(const RunUnderWay&) = delete;
  RunUnderWay& operator=(const RunUnderWay&) = delete;
  ~RunUnderWay() { current_run = {}; }
};

}  // namespace

struct RunSession::State {
  explicit State(const Scenario& run_scenario) : scenario(&run_scenario), expectations(run_scenario.expect) {}
  State(const State&) = default;

  void subscribe_views() {
    for (RecordSink* sink : std::initializer_list<RecordSink*>{&summary, &measures, &expectations})
      world->records().subscribe(*sink);
  }

  const Scenario* scenario;
  SummaryView summary;
  RunMeasures measures;
  ExpectationView expectations;
  std::optional<World> world;  // behind the views, which outlive its records
};

RunSession::RunSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunSession::RunSession(RunSession&&) noexcept = default;
RunSession& RunSession::operator=(RunSession&&) noexcept = default;
RunSession::~RunSession() = default;

HostResult<RunSession> RunSession::create(const Scenario& scenario) {
  return unless_memory_ends(scenario.path, [&]() -> HostResult<RunSession> {
    HostResult<World> world = World::create(scenario.world, find_deadlocks);
    if (!world) return Unexpected(std::move(world).error());
    auto state = std::make_unique<State>(scenario);
    state->world.emplace(std::move(*world));
    state->subscribe_views();
    return RunSession(std::move(state));
  });
}

void RunSession::subscribe(RecordSink& sink) { state_->world->records().subscribe(sink); }

const World& RunSession::world() const { return *state_->world; }
World& RunSession::world() { return *state_->world; }

HostResult<RunSession> RunSession::branch() const {
  const std::string& name = state_->scenario->path;
  if (!state_->world->can_be_copied()) {
    return host_failure(ExitCode::bad_input, fmt::format("{}: a thread of it is no program, and cannot be copied",
                                                         escaped_for_terminal(name)));
  }
  return unless_memory_ends(name, [&]() -> HostResult<RunSession> {
    auto state = std::make_unique<State>(*state_);
    state->subscribe_views();  // a copied world has no subscribers
    return RunSession(std::move(state));
  });
}

HostResult<bool> RunSession::run_until(SimTime time) {
  const Scenario& scenario = *state_->scenario;
  return unless_memory_ends(scenario.path, [&]() -> HostResult<bool> {
    const RunUnderWay under_way(scenario, *state_->world);
    const bool goes_on = state_->world->run_until(time, host::is_interrupted);
    if (!state_->world->failure().empty()) return Unexpected(state_->world->failure());
    if (host::is_interrupted()) {
      return host_failure(ExitCode::interrupted, fmt::format("{}: interrupted", escaped_for_terminal(scenario.path)));
    }
    return goes_on;
  });
}

HostResult<ScenarioRun> RunSession::run() {
  const Scenario& scenario = *state_->scenario;
  World& world = *state_->world;
  return unless_memory_ends(scenario.path, [&]() -> HostResult<ScenarioRun> {
    const RunUnderWay under_way(scenario, world);
    const StopReason reason = world.run(host::is_interrupted);
    if (!world.failure().empty()) return Unexpected(world.failure());
    ScenarioRun run;
    Summary& summary = run.summary;
    summary = state_->summary.summary(world.records());
    summary.scenario = scenario.path;
    summary.content = scenario.content;
    leave_out_defaults(summary);
    summary.title = scenario.title;
    summary.cap_reached = world.cap_reached();
    summary.has_measured_time = has_measured_time(scenario.world);
    run.measures = state_->measures.measures(summary);
    run.is_judged = is_judged(scenario, reason);
    if (run.is_judged) {
      run.verdicts = state_->expectations.verdicts();
      run.failed = failed_expectations(scenario.expect, run.verdicts);
      summary.expectations = summary_of(scenario.expect, run.verdicts);
    } else {
      summary.unjudged_expectations = scenario.expect.size();
    }
    run.bad_end = bad_end(scenario, world, reason);
    return run;
  });
}

HostResult<ScenarioRun> run_scenario(const Scenario& scenario, std::span<RecordSink* const> sinks, CappedRuns capped) {
  HostResult<RunSession> session = RunSession::create(scenario);
  if (!session) return Unexpected(std::move(session).error());
  for (RecordSink* sink : sinks) session->subscribe(*sink);
  HostResult<ScenarioRun> run = session->run();
  const bool is_kept = capped == CappedRuns::keep && run && run->summary.stop_reason != StopReason::interrupted;
  if (run && run->bad_end && !is_kept) return Unexpected(HostError{std::move(*run->bad_end)});
  return run;
}

HostResult<ScenarioRun> replay_run(const std::string& records, std::span<RecordSink* const> sinks) {
  SummaryView summary;
  RunMeasures measures;
  RecordStream stream;
  stream.subscribe(summary);
  stream.subscribe(measures);
  for (RecordSink* sink : sinks) stream.subscribe(*sink);
  const HostResult<void> replayed = replay_records(records, stream);
  if (!replayed) return Unexpected(replayed.error());
  ScenarioRun run;
  run.summary = summary.summary(stream);
  leave_out_defaults(run.summary);
  run.measures = measures.measures(run.summary);
  return run;
}

std::string_view describe_current_run(std::span<char> buffer) noexcept {
  if (current_run.world == nullptr || buffer.empty()) return {};
  // Into the buffer itself: what calls here may have no memory left.
  const int size = std::snprintf(
      buffer.data(), buffer.size(), "while running %s, seed %llu, at %llu ns of simulated time, event %llu",
      current_run.scenario->path.c_str(), static_cast<unsigned long long>(current_run.scenario->world.seed),
      static_cast<unsigned long long>(current_run.world->now().value()),
      static_cast<unsigned long long>(current_run.world->event_count()));
  return {buffer.data(), size < 0 ? 0 : std::min(static_cast<std::size_t>(size), buffer.size() - 1)};
}

MadeBy made_by(const Scenario& scenario) {
  const PhysicalMemoryConfig& memory = scenario.world.memory;
  MadeBy made;
  made.version = version();
  made.content = scenario.content;
  for (const ConfigOverride& override : scenario.world.overridden) {
    made.overridden.push_back({override.path, override.value});
  }
  made.seed = scenario.world.seed;
  made.policy = memory.policy;
  for (const auto& [name, value] : memory.policy_options) made.policy_options.push_back({name, value});
  leave_out_defaults(made);
  made.page_size = memory.page_size.bytes();
  made.cpus = scenario.world.cpus;
  return made;
}

void leave_out_defaults(MadeBy& made) {
  const Policy* const policy = find_policy(made.policy);
  if (policy == nullptr) return;
  std::erase_if(made.policy_options, [policy](const SettingSummary& given) {
    return std::any_of(policy->options.begin(), policy->options.end(), [&given](const PolicyOption& option) {
      return option.name == given.name && option.default_value == given.value;
    });
  });
}

std::string policy_text(const PhysicalMemoryConfig& memory) {
  std::string text = memory.policy;
  for (const auto& [name, value] : memory.policy_options) text += fmt::format(" {}={}", name, value);
  return text;
}

}  // namespace memsim
