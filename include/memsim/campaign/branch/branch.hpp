// What if: a run to a moment, once, and from there on as it would have gone and with something changed (another policy,
// other costs, a process more or less: kernel/world_change.hpp), each with a copy of the world and of all that its
// views know.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/compare.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

struct BranchOptions {
  std::optional<SimTime> at;          // nothing: just before a contiguous request is refused for the first time
  std::vector<std::string> measures;  // patterns, as CompareOptions::measures
  unsigned jobs = 1;                  // at least 1
};

struct Branches {
  SimTime at;
  Comparison comparison;           // the first contestant is the run as it goes on by itself
  std::vector<RunResult> results;  // of the contestants
};

// The session of a run that has come to `at`, or just before the first refusal of a contiguous request. What is before
// is run once, but for the last of some dozens of parts where a refusal has to be found. Errors: as RunSession;
// bad_input where the run has ended by then, and where nothing is refused.
[[nodiscard]] HostResult<RunSession> run_to(const Scenario& scenario, std::optional<SimTime> at);

// Runs the scenario's branches (Scenario::branches) to their ends. A branch that a cap ends is compared as it is.
// Errors: as run_to() and World::change(), naming the branch; bad_input where a pattern fits no measure. Requires:
// there is a branch.
[[nodiscard]] HostResult<Branches> branch(const Scenario& scenario, const BranchOptions& options);

}  // namespace memsim
