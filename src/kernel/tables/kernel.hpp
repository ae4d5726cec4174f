// Kernel: the whole state of a world, as plain values. The files beside this one are what happens to it:
//
//   scheduler    who runs: ready threads, processors, priorities, bursts of processor time
//   lifecycle    processes and threads begin and end
//   messenger    messages and pulses: send, receive, reply, and every way of not getting there
//   door         asks a thread's caller what it does next and carries that out
//   calls        what the calls do
//   notices      events: interrupts, timers, and names by which programs find each other
//   service      the memory manager's threads
//   background   recorded traces that play beside the processes
//   sampler      measures over time
//
// Everything refers to everything else by index, so a copy of this struct is a second world that continues alike.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/qnx.hpp>
#include <memsim/engine/event_queue.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/call_table.hpp>
#include <memsim/kernel/config.hpp>
#include <memsim/kernel/world.hpp>

#include <memsim/ipc/channel.hpp>
#include "kernel/memmgr/memory_manager.hpp"
#include "kernel/program/call_plan.hpp"
#include "kernel/tables/background_player.hpp"
#include "kernel/tables/cost.hpp"
#include "kernel/tables/process_directory.hpp"
#include "kernel/tables/ready_queue.hpp"
#include "kernel/tables/thread.hpp"

namespace memsim {

// The memory manager's places in the tables below.
inline constexpr ProcessSlot kMemmgrProcess{0};
inline constexpr ChannelSlot kMemmgrChannel{0};

struct Kernel {
  Kernel(std::shared_ptr<const WorldConfig> world, MemoryManager manager, DeadlockFinder finder)
      : config(std::move(world)),
        plans(std::make_shared<const CallPlans>(*config)),
        names(std::make_shared<const ProcessDirectory>(config->processes)),
        entry_costs(config->costs),
        find_deadlocks(finder),
        memory(std::move(manager)),
        cpus(config->cpus),
        pids_by_config(config->processes.size()),
        ended_first(config->processes.size()),
        instances_started(config->processes.size()),
        interrupts(config->interrupts.size()) {}

  [[nodiscard]] Thread& thread(ThreadSlot slot) { return threads[slot.value()]; }
  [[nodiscard]] const Thread& thread(ThreadSlot slot) const { return threads[slot.value()]; }
  [[nodiscard]] Process& process(ProcessSlot slot) { return processes[slot.value()]; }
  [[nodiscard]] const Process& process(ProcessSlot slot) const { return processes[slot.value()]; }
  [[nodiscard]] Process& process_of(ThreadSlot slot) { return process(thread(slot).process); }
  [[nodiscard]] const Process& process_of(ThreadSlot slot) const { return process(thread(slot).process); }
  [[nodiscard]] Channel& channel(ChannelSlot slot) { return channels[slot.value()]; }
  [[nodiscard]] const Channel& channel(ChannelSlot slot) const { return channels[slot.value()]; }
  [[nodiscard]] ProcessId pid_of(ThreadSlot slot) const { return thread(slot).pid; }
  [[nodiscard]] SimTime now() const { return records.now(); }

  // The process, if it exists (alive or terminating), or kNoProcess.
  [[nodiscard]] ProcessSlot find_process(ProcessId pid) const {
    return pid.value() < slot_of_pid.size() ? slot_of_pid[pid.value()] : kNoProcess;
  }

  // Moves the clock to the time of the event that happens now, and counts it.
  void enter_instant(SimTime time) {
    if (time != now()) {
      records.set_now(time);
      actions_at_this_instant = 0;
    }
    if (++event_count > config->limits.events) stop(StopReason::event_cap, "limits.events");
    if (++actions_at_this_instant > config->limits.events_at_one_instant) {
      stop(StopReason::instant_cap, "limits.events_at_one_instant");
    }
  }

  // The thread waits for no time any more.
  void cancel_timer(Thread& waiting) {
    if (waiting.timer.is_null()) return;
    events.cancel(waiting.timer);
    waiting.timer = EventHandle{};
  }

  // Ends the run: nothing happens after this. The first reason stays.
  void stop(StopReason reason, std::string_view cap) {
    if (stopped) return;
    stopped = true;
    stop_reason = reason;
    cap_reached = cap;
  }

  // --- given once, when the world is made
  std::shared_ptr<const WorldConfig> config;
  std::shared_ptr<const CallPlans> plans;         // of the configuration's programs, for their interpreters
  std::shared_ptr<const ProcessDirectory> names;  // of the configuration's processes
  EntryCosts entry_costs;
  DeadlockFinder find_deadlocks;

  // --- the clock and the stream: everybody schedules and publishes; only World moves the horizon
  EventQueue<KernelEvent> events;
  RecordStream records;
  OwnedCallerSource caller_source;            // of host programs, once there was one
  SimTime horizon = never();                  // nothing after this may happen yet: see World::run_until()
  std::uint64_t event_count = 0;              // enter_instant() counts,
  std::uint64_t actions_at_this_instant = 0;  // and the door, where no event happens
  bool stopped = false;                       // by stop(), whoever calls it
  StopReason stop_reason = StopReason::finished;
  std::string_view cap_reached;
  HostError failure;   // of a file of the host, which then stopped the run
  bool ended = false;  // World has published run_ended

  // --- the memory manager's state: changed by its threads (service), and by calls that make and break connections
  MemoryManager memory;

  // --- the scheduler's, with Thread::state of all that are ready or running; lifecycle and messenger go through it
  ReadyQueue ready;
  std::vector<Cpu> cpus;
  bool reassign = false;  // a thread became ready or a processor idle: look again who runs where

  // --- lifecycle's: who exists. What stands in a thread's ask, phase and caller is the door's and messenger's
  std::vector<Thread> threads;
  std::vector<ThreadSlot> free_threads;
  std::vector<Process> processes;
  std::vector<ProcessSlot> free_processes;
  std::vector<ProcessSlot> slot_of_pid;  // by pid; kNoProcess once ended
  // By process configuration, in order of start. Of a fleet all that ever started, so that the place is the instance;
  // else those that have not ended.
  std::vector<std::vector<ProcessId>> pids_by_config;
  // How many of those at the front, of a fleet, have ended at least: see lifecycle::find_first_by_name().
  std::vector<std::size_t> ended_first;
  std::vector<std::uint32_t> instances_started;  // by process configuration
  std::uint32_t processes_alive = 0;             // the memory manager not counted
  std::uint64_t variables = 0;                   // that the threads alive keep, for limits.variables
  std::uint64_t unseed = 0;                      // of the threads that have ended
  std::vector<ThreadSlot>
      to_reap;  // threads whose last message has ended: messenger enters them, the door takes them out

  // --- messenger's: channels, the messages that threads carry, and Process::channels
  std::vector<Channel> channels;
  std::vector<ChannelSlot> free_channels;
  std::uint32_t channel_serials = 0;
  std::uint64_t messages = 0;        // sent
  std::uint64_t pulses_waiting = 0;  // in all channels, for limits.pulses
  std::set<std::vector<ThreadRef>> deadlocks_found;

  std::vector<ChannelSlot> coid_death_channels;  // those with _NTO_CHF_COID_DISCONNECT

  // --- the notices'
  std::vector<InterruptState> interrupts;  // by the configuration's sources
  EventHandle interrupts_due;              // the event of the earliest
  std::int32_t last_interrupt_id = 0;
  std::map<std::string, ConnectionTarget, std::less<>> attached_names;  // by name_attach()
  SyncObjects shared_syncs;                                             // in memory that processes share

  // --- the backgrounds'
  std::vector<BackgroundPlayer> backgrounds;

  // --- the sampler's
  std::uint64_t samples = 0;  // taken
  bool sample_pending = false;
  std::uint64_t sampled_change = 0;  // MemoryManager::change_count() at the last sample
};

}  // namespace memsim
