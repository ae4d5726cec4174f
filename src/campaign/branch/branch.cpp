#include <memsim/campaign/branch/branch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/campaign/parallel.hpp>
#include <memsim/engine/view.hpp>

#include "campaign/branch/parts.hpp"

namespace memsim {
namespace {

// When a contiguous request was refused first.
class FirstRefusal final : public View<FirstRefusal> {
 public:
  void on(RunPoint at, const AllocationFailed& record) {
    if (record.contiguous && !time_) time_ = at.time;
  }
  [[nodiscard]] std::optional<SimTime> time() const { return time_; }

 private:
  std::optional<SimTime> time_;
};

Unexpected<HostError> nothing_to_branch(const Scenario& scenario, std::string why, std::string help) {
  return host_failure(ExitCode::bad_input, fmt::format("{}: {}", escaped_for_terminal(scenario.path), why),
                      std::move(help));
}

HostResult<RunSession> run_to_time(const Scenario& scenario, SimTime at) {
  HostResult<RunSession> session = RunSession::create(scenario);
  if (!session) return session;
  const HostResult<bool> goes_on = session->run_until(at);
  if (!goes_on) return Unexpected(goes_on.error());
  if (!*goes_on || at >= scenario.world.until) {
    const SimTime end = std::min(session->world().now(), scenario.world.until);
    return nothing_to_branch(scenario,
                             fmt::format("the run has ended by then: nothing happens behind {}",
                                         format_duration_human(SimDuration(end.value()))),
                             "branch at an earlier moment");
  }
  return session;
}

HostResult<RunSession> run_to_refusal(const Scenario& scenario) {
  FirstRefusal refusal;
  HostResult<RunSession> session = RunSession::create(scenario);
  if (!session) return session;
  session->subscribe(refusal);
  Parts parts(scenario.world.until);
  while (true) {
    HostResult<RunSession> before = session->branch();
    if (!before) return before;
    const HostResult<bool> goes_on = session->run_until(parts.next());
    if (!goes_on) return Unexpected(goes_on.error());
    if (refusal.time()) {
      if (*refusal.time() == SimTime(0))
        return nothing_to_branch(scenario, "it is refused at once", "give --at a time");
      const HostResult<bool> there = before->run_until(SimTime(refusal.time()->value() - 1));
      if (!there) return Unexpected(there.error());
      return before;
    }
    if (!*goes_on || parts.is_over()) {
      return nothing_to_branch(scenario, "no contiguous request is refused in this run", "give --at a time");
    }
  }
}

std::string name_of_run(const Scenario& scenario) { return "as it is (" + policy_text(scenario.world.memory) + ")"; }

}  // namespace

HostResult<RunSession> run_to(const Scenario& scenario, std::optional<SimTime> at) {
  return at ? run_to_time(scenario, *at) : run_to_refusal(scenario);
}

HostResult<Branches> branch(const Scenario& scenario, const BranchOptions& options) {
  MEMSIM_CHECK(!scenario.branches.empty());
  HostResult<RunSession> trunk = run_to(scenario, options.at);
  if (!trunk) return Unexpected(std::move(trunk).error());
  Branches branches;
  branches.at = options.at.value_or(trunk->world().now());
  Comparison head;
  head.scenario = scenario.path;
  head.title = scenario.title;
  head.origin = made_by(scenario);
  head.first_seed = scenario.world.seed;
  head.contestants.push_back(name_of_run(scenario));
  std::vector<RunSession> sessions;
  for (const ScenarioBranch& one : scenario.branches) {
    HostResult<RunSession> session = trunk->branch();
    if (!session) return Unexpected(std::move(session).error());
    HostResult<void> changed = session->world().change(one.change);
    if (!changed) {
      HostError error = std::move(changed).error();
      error.front().message = fmt::format("branch {}: {}", escaped_for_terminal(one.name), error.front().message);
      return Unexpected(std::move(error));
    }
    head.contestants.push_back(one.name);
    sessions.push_back(std::move(*session));
  }
  sessions.insert(sessions.begin(), std::move(*trunk));
  HostError errors;
  run_in_order(
      sessions.size(), options.jobs, [&](std::size_t i) { return sessions[i].run(); },
      [&](std::size_t, HostResult<ScenarioRun>&& run) {
        if (!run) {
          errors = std::move(run).error();
        } else if (run->summary.stop_reason == StopReason::interrupted) {
          errors = {*run->bad_end};
        } else {
          branches.results.push_back(result_of(std::move(*run)));
        }
        return errors.empty();
      });
  if (!errors.empty()) return Unexpected(std::move(errors));
  HostResult<Comparison> comparison = compare_runs(std::move(head), branches.results, options.measures);
  if (!comparison) return Unexpected(std::move(comparison).error());
  branches.comparison = std::move(*comparison);
  return branches;
}

}  // namespace memsim
