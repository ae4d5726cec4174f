// World: one simulated machine, wired once from a configuration, run to its end.
//
// A world prints nothing, opens no file and reads no clock and no environment. All that it tells goes through
// records(). Two worlds may live in one program; each is used by one thread at a time. A copy of a world continues
// exactly as the original would; only the subscribers of its record stream stay behind.
//
// What its threads do comes from programs, or from callers that the configuration makes (kernel/caller.hpp).
//
//   auto world = World::create(config, find_deadlocks);
//   world->records().subscribe(view);
//   world->run();
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/config.hpp>
#include <memsim/kernel/world_change.hpp>

namespace memsim {

// `from` waits for a reply, which `to` or another thread of that process can give; or for a mutex that `to` owns, or
// its end.
struct WaitEdge {
  ThreadRef from;
  ThreadRef to;
  constexpr auto operator<=>(const WaitEdge&) const = default;
};

// Finds the circles in which nobody can go on: each a list of members in the order of waiting. See
// analysis/wait_graph.hpp.
using DeadlockFinder = std::vector<std::vector<ThreadRef>> (*)(std::span<const WaitEdge> edges);

// A snapshot of who is connected to whom, for drawings.
struct ProcessSnapshot {
  ProcessId pid;
  std::string name;
};
struct ChannelSnapshot {
  ProcessId pid;
  ChannelId chid;
};
struct ConnectionSnapshot {
  ProcessId pid;
  ConnectionId coid;
  ProcessId server;
  ChannelId chid;
};
struct GraphSnapshot {
  std::vector<ProcessSnapshot> processes;       // by pid
  std::vector<ChannelSnapshot> channels;        // by pid, then chid
  std::vector<ConnectionSnapshot> connections;  // by pid, then coid; the ready-made ones to the memory manager included
};

class World {
 public:
  // Builds the machine. `find_deadlocks` may be null: then deadlocks are not looked for.
  // Errors: what PhysicalMemory::create() and lay_out() refuse; more processes than limits.processes; a host program
  // without a caller_source.
  [[nodiscard]] static HostResult<World> create(const WorldConfig& config, DeadlockFinder find_deadlocks);

  // Requires: other.can_be_copied().
  World(const World& other);
  World& operator=(const World& other);
  World(World&&) noexcept;
  World& operator=(World&&) noexcept;
  ~World();

  // Whether each thread's caller can be copied: those of programs always can.
  [[nodiscard]] bool can_be_copied() const;

  [[nodiscard]] RecordStream& records();
  [[nodiscard]] const RecordStream& records() const;

  // Runs to config.until, to the end of all activity, or to a cap, whichever comes first, and publishes run_ended.
  // Calling it again does nothing and gives the same answer. `wants_end`, where given, is asked every thousand events
  // or so; once it says yes the run ends where it is, as interrupted.
  StopReason run(bool (*wants_end)() noexcept = nullptr);
  // Runs all that happens up to and including `time`. False when nothing is left to happen. For tests and for copying a
  // world in the middle; run() still has to be called to end the run. Where `wants_end` says yes, it returns at once.
  bool run_until(SimTime time, bool (*wants_end)() noexcept = nullptr);

  // Changes what is to come, at the moment of the last run_until(), after all that happened up to and including it. The
  // rest of the run is that of World::run(). O(frames in use) for a policy, else what the changes themselves take.
  // Requires: run_until() returned true. Errors, with nothing changed: bad_input for a policy or option that does not
  // exist, a choice that cannot change, a process to start that is not listed, and one to end of which none is alive.
  [[nodiscard]] HostResult<void> change(const WorldChange& change);

  // Whether a request made now would be served, as a probe of the scenario tells it. Changes nothing.
  [[nodiscard]] bool would_serve(const ProbeConfig& probe) const;

  [[nodiscard]] SimTime now() const;
  // When the next thing happens; never() where nothing does.
  [[nodiscard]] SimTime next_event() const;
  [[nodiscard]] std::uint64_t event_count() const;
  // Why the run was stopped, as if interrupted, by a file of the host: a trace that could be read no further, or has
  // changed. Empty where that is not so.
  [[nodiscard]] const std::vector<Diagnostic>& failure() const;
  // Which cap stopped the run, as the option that raises it ("limits.events"); empty when none did.
  [[nodiscard]] std::string_view cap_reached() const;

  // What became so far of what a background asked for. Requires: `number` is one of the configuration's.
  [[nodiscard]] BackgroundCounts background_counts(std::size_t number) const;
  // Memory as it stands.
  [[nodiscard]] const PhysicalMemory& memory() const;

  [[nodiscard]] GraphSnapshot graph() const;
  // Who waits for whom right now, sorted.
  [[nodiscard]] std::vector<WaitEdge> wait_edges() const;

  // Fails a check where an invariant is broken. For tests; slow.
  void check_invariants() const;

 private:
  struct Impl;
  explicit World(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace memsim
