// RunSession: one run of a scenario. The one place in which a world, the views of its run and the judges of its
// expectations are put together; whoever runs anything (one run, a check, a comparison, a drawing) comes here.
//
//   auto session = RunSession::create(scenario);
//   session->subscribe(my_view);
//   const HostResult<ScenarioRun> run = session->run();
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/expectations.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>
#include <memsim/view/run_measures.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

// What every run gives.
struct ScenarioRun {
  Summary summary;                 // with the expectations and what was found
  std::vector<Measure> measures;   // no two of one name
  bool is_judged = false;          // false: --until or an interrupt ended it before what the expectations speak of
  std::vector<Verdict> verdicts;   // one for each expectation of a run that is judged
  std::vector<Diagnostic> failed;  // the expectations that do not hold, at their places
  // A cap ended the run, and the scenario does not expect just that: the option that raises it. Or an interrupt did.
  std::optional<Diagnostic> bad_end;
};

class RunSession {
 public:
  // Builds the machine. `scenario` must outlive the session. Errors: as World::create(); host_failed, naming the
  // scenario, where the host has no memory for it.
  [[nodiscard]] static HostResult<RunSession> create(const Scenario& scenario);
  RunSession(RunSession&&) noexcept;
  RunSession& operator=(RunSession&&) noexcept;
  ~RunSession();

  // `sink` sees the run from its first record on and must outlive the session. Before run().
  void subscribe(RecordSink& sink);
  [[nodiscard]] const World& world() const;
  // For what changes a run in the middle. The world's own run() is not for callers: see below.
  [[nodiscard]] World& world();

  // Another session that goes on from here as this one would, with all that its views and judges know; who subscribed
  // stays behind. Costs what the world holds, not what was run. Errors: host_failed where there is no memory for it;
  // bad_input where the world cannot be copied. Requires: run() was not called.
  [[nodiscard]] HostResult<RunSession> branch() const;

  // Runs all that happens up to and including `time`; false where nothing is left to happen. run() goes on from there.
  // Errors: as run(); interrupted.
  [[nodiscard]] HostResult<bool> run_until(SimTime time);

  // Runs to the end and judges. Once. Where host::is_interrupted() comes true it ends there, and gives what the run had
  // come to. Errors: host_failed, naming the scenario, where the host's memory does not
  // suffice.
  [[nodiscard]] HostResult<ScenarioRun> run();

 private:
  struct State;
  explicit RunSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What becomes of a run that a cap ended: an error, or a result like others, which tells its end.
enum class CappedRuns : bool { fail, keep };

// A whole session for those who want nothing between, with `sinks` subscribed. Errors: as RunSession, and a bad end.
[[nodiscard]] HostResult<ScenarioRun> run_scenario(const Scenario& scenario, std::span<RecordSink* const> sinks = {},
                                                   CappedRuns capped = CappedRuns::fail);

// The run whose records are in a file (records.jsonl), with `sinks` subscribed; not judged. Errors: as
// replay_records().
[[nodiscard]] HostResult<ScenarioRun> replay_run(const std::string& records, std::span<RecordSink* const> sinks = {});

// Which run is under way on this thread and how far it has come, on one line that fits in `buffer`; empty where none
// is. For the message of a failed check: it allocates nothing.
[[nodiscard]] std::string_view describe_current_run(std::span<char> buffer) noexcept;

// What makes a run of the scenario, before it runs.
[[nodiscard]] MadeBy made_by(const Scenario& scenario);

// Takes out of a summary what records tell and people need not: options of the policy that are as they would be anyway.
// What comes of a session or of replay_run() has none of them.
void leave_out_defaults(MadeBy& made);

// The policy with its options, as baselines and comparisons name it: "buddy placement=lifo".
[[nodiscard]] std::string policy_text(const PhysicalMemoryConfig& memory);

}  // namespace memsim
