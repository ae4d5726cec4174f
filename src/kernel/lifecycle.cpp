#include "kernel/lifecycle.hpp"

#include <algorithm>

#include <memsim/kernel/instance_name.hpp>
#include <memsim/vm/descriptor_table.hpp>
#include "kernel/messages/deadlock.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/notices/interrupts.hpp"
#include "kernel/notices/timers.hpp"
#include "kernel/program/interpreter.hpp"
#include "kernel/schedule/scheduler.hpp"
#include "kernel/service.hpp"
#include "kernel/sync/sync.hpp"

namespace memsim::lifecycle {
namespace {

template <class Slot, class T>
Slot take_slot(std::vector<T>& table, std::vector<Slot>& free) {
  if (free.empty()) {
    table.emplace_back();
    return Slot(static_cast<std::uint32_t>(table.size() - 1));
  }
  const Slot slot = free.back();
  free.pop_back();
  table[slot.value()] = T{};
  return slot;
}

ProcessSlot add_process(Kernel& kernel) {
  const ProcessSlot slot = take_slot(kernel.processes, kernel.free_processes);
  Process& process = kernel.process(slot);
  process.pid = ProcessId(static_cast<std::uint32_t>(kernel.slot_of_pid.size()));
  process.life = Life::alive;
  kernel.slot_of_pid.push_back(slot);
  return slot;
}

ThreadSlot add_thread(Kernel& kernel, ProcessSlot process, std::uint8_t priority, Scheduling scheduling) {
  const ThreadSlot slot = take_slot(kernel.threads, kernel.free_threads);
  Thread& thread = kernel.thread(slot);
  std::vector<ThreadSlot>& siblings = kernel.process(process).threads;
  thread.process = process;
  thread.pid = kernel.process(process).pid;
  thread.tid = ThreadId(++kernel.process(process).last_tid);
  thread.priority = thread.own_priority = priority;
  thread.scheduling = scheduling;
  thread.messages_before = kernel.messages;
  siblings.push_back(slot);
  return slot;
}

// What a thread of this program keeps, in values.
std::uint32_t variables_of(const Program* program) {
  if (program == nullptr) return 0;
  return program->slot_count + static_cast<std::uint32_t>(program->distributions.size());
}

std::unique_ptr<Caller> caller_of(Kernel& kernel, const ThreadConfig& config, const Birth& birth) {
  if (config.host_program) {
    return kernel.caller_source.of(*kernel.config, kernel.records).make(*config.host_program, birth);
  }
  if (config.device) return kernel.caller_source.of(*kernel.config, kernel.records).make(*config.device);
  if (config.caller) return config.caller(birth);
  return std::make_unique<Interpreter>(*config.program, *kernel.plans, birth);
}

// A thread that is all there is from now on.
ThreadId begin(Kernel& kernel, ThreadSlot slot, std::unique_ptr<Caller> caller) {
  Thread& thread = kernel.thread(slot);
  thread.caller = OwnedCaller(std::move(caller));
  MEMSIM_CHECK_THAT(thread.caller.get() != nullptr, "a factory gives every thread a caller");
  scheduler::make_ready(kernel, slot, ReadyQueue::End::tail);
  kernel.records.publish(ThreadStateChanged{
      .pid = thread.pid, .tid = thread.tid, .state = ThreadState::ready, .priority = thread.priority, .cpu = {}});
  return thread.tid;
}

// `again`: how often the process has started that thread before.
ThreadId start_thread(Kernel& kernel, ProcessSlot process, std::size_t index, std::uint64_t again = 0) {
  const std::uint32_t process_index = kernel.process(process).config;
  const ProcessConfig& process_config = kernel.config->processes[process_index];
  const ThreadConfig& config = process_config.threads[index];
  const ThreadSlot slot = add_thread(kernel, process, config.priority, config.scheduling);
  const Process& owner = kernel.process(process);
  Thread& thread = kernel.thread(slot);
  // The stream's key is made of names only, so that adding a process moves no other process's draws.
  const std::uint64_t seed = kernel.config->seed;
  const std::uint64_t instance = owner.instance;
  const Birth birth{
      .pid = owner.pid,
      .tid = thread.tid,
      .instance = owner.instance,
      .random = again == 0
                    ? RandomStream::derive(seed, {"program", process_config.name, instance, config.name})
                    : RandomStream::derive(seed, {"program", process_config.name, instance, config.name, again})};
  thread.variables = variables_of(config.program.get());
  kernel.variables += thread.variables;
  return begin(kernel, slot, caller_of(kernel, config, birth));
}

bool has_room_for_thread(const Kernel& kernel) {
  return kernel.threads.size() - kernel.free_threads.size() - kernel.config->memmgr.threads <
         kernel.config->limits.threads;
}

// A thread of the creator's caller. ENOENT: it has none.
SimResult<ThreadId> start_own_thread(Kernel& kernel, ThreadSlot creator) {
  if (!has_room_for_thread(kernel)) {
    kernel.stop(StopReason::resource_cap, "limits.threads");
    return refused(Errno::eagain);
  }
  const ProcessSlot process = kernel.thread(creator).process;
  const Process& owner = kernel.process(process);
  const std::string& name = kernel.config->processes[owner.config].name;
  const std::uint64_t tid = owner.last_tid + 1;
  NewThread made = kernel.thread(creator).caller->new_thread(
      {.pid = owner.pid,
       .tid = ThreadId(owner.last_tid + 1),
       .instance = owner.instance,
       .random = RandomStream::derive(kernel.config->seed, {"thread", name, std::uint64_t{owner.instance}, tid})});
  if (made.caller == nullptr) return refused(Errno::enoent);
  const Thread& like = kernel.thread(creator);
  const ThreadSlot slot =
      add_thread(kernel, process, made.priority.value_or(like.own_priority), made.scheduling.value_or(like.scheduling));
  kernel.thread(slot).detached = made.detached;
  return begin(kernel, slot, std::move(made.caller));
}

// The limit that this thread would pass, if it came to all that are; empty where there is none.
std::string_view cap_against(const Kernel& kernel, const ThreadConfig& config) {
  if (!has_room_for_thread(kernel)) return "limits.threads";
  return kernel.variables + variables_of(config.program.get()) > kernel.config->limits.variables ? "limits.variables"
                                                                                                 : "";
}

// The limit that another process like this would pass; empty where there is none.
std::string_view cap_against(const Kernel& kernel, const ProcessConfig& config) {
  const Limits& limits = kernel.config->limits;
  if (kernel.processes_alive >= limits.processes) return "limits.processes";
  // Pid 0 is none, and the memory manager is no process that was started.
  if (kernel.slot_of_pid.size() >= limits.processes_started + 2) return "limits.processes_started";
  const std::size_t threads = kernel.threads.size() - kernel.free_threads.size() - kernel.config->memmgr.threads;
  if (threads + config.threads.size() > limits.threads) return "limits.threads";
  std::uint64_t variables = kernel.variables;
  for (const ThreadConfig& thread : config.threads) variables += variables_of(thread.program.get());
  return variables > limits.variables ? "limits.variables" : "";
}

// Takes a blocked thread out of whatever it waits in. False when its end comes later: it has to wait on for its
// server's reply, or has just had it.
bool withdraw(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  kernel.cancel_timer(thread);
  switch (thread.state) {
    case ThreadState::send:
    case ThreadState::reply:
      return messenger::withdraw_message(kernel, slot, Errno::eintr);
    case ThreadState::receive:
      kernel.channel(thread.last_channel).remove_receiver(slot);
      return true;
    case ThreadState::dead:
      return false;  // it waited at a channel of its own process, whose end has let it go: it will be reaped
    default:
      return true;
  }
}

void break_connections(Kernel& kernel, ProcessId pid) {
  std::vector<ChannelSlot> reached;
  kernel.memory.descriptors(pid).for_each_connection([&](ConnectionId, const ConnectionTarget& target) {
    if (const ChannelSlot channel = messenger::live_channel(kernel, target); channel != kNoChannel) {
      reached.push_back(channel);
    }
  });
  std::sort(reached.begin(), reached.end());
  reached.erase(std::unique(reached.begin(), reached.end()), reached.end());
  for (const ChannelSlot channel : reached) messenger::client_left(kernel, channel, pid);
}

void finish_process(Kernel& kernel, ProcessSlot slot, std::uint8_t priority) {
  Process& process = kernel.process(slot);
  const ProcessId pid = process.pid;
  break_connections(kernel, pid);
  kernel.records.publish(ProcessExited{.pid = pid, .cause = process.cause});
  kernel.slot_of_pid[pid.value()] = kNoProcess;
  if (!kernel.config->processes[process.config].fleet) std::erase(kernel.pids_by_config[process.config], pid);
  process = Process{};
  kernel.free_processes.push_back(slot);
  --kernel.processes_alive;
  messenger::leave_remains(kernel, pid, priority);
}

// The instance of a fleet that `name` means, as in "camera.3", if it has not ended; else no pid.
ProcessId find_instance(const Kernel& kernel, std::string_view name) {
  const std::optional<InstanceName> named = parse_instance_name(name);
  if (!named) return {};
  const std::optional<std::uint32_t> fleet = kernel.names->find(named->fleet);
  if (!fleet || !kernel.config->processes[*fleet].fleet) return {};
  const std::vector<ProcessId>& pids = kernel.pids_by_config[*fleet];
  const bool exists = named->instance < pids.size() && kernel.find_process(pids[named->instance]) != kNoProcess;
  return exists ? pids[named->instance] : ProcessId();
}

}  // namespace

void start_memmgr(Kernel& kernel) {
  kernel.slot_of_pid.push_back(kNoProcess);  // there is no pid 0
  const ProcessSlot process = add_process(kernel);
  MEMSIM_CHECK(process == kMemmgrProcess);
  const MemmgrConfig& config = kernel.config->memmgr;
  const bool inherits = kernel.config->semantics.memmgr_priority_inheritance;
  const SimResult<ChannelSlot> channel = messenger::create_channel(
      kernel, process, qnx::kChannelUnblock | qnx::kChannelDisconnect | (inherits ? 0 : qnx::kChannelFixedPriority));
  MEMSIM_CHECK(channel.has_value() && *channel == kMemmgrChannel);
  kernel.records.publish(
      ProcessStarted{.pid = kMemmgrPid, .parent = {}, .name = name_of(kernel, kernel.process(process))});
  // The thread that waited least is taken first: entered in reverse, thread 1 serves the first message.
  for (std::uint32_t i = 0; i < config.threads; ++i) {
    const ThreadSlot slot = add_thread(kernel, process, config.priority, Scheduling::round_robin);
    kernel.thread(slot).caller = OwnedCaller(service::new_thread());
  }
  const std::vector<ThreadSlot>& threads = kernel.process(process).threads;
  for (auto slot = threads.rbegin(); slot != threads.rend(); ++slot) {
    kernel.thread(*slot).state = ThreadState::receive;
    kernel.thread(*slot).last_channel = kMemmgrChannel;
    kernel.channel(kMemmgrChannel).add_receiver(*slot);
  }
}

std::optional<ProcessId> start_process(Kernel& kernel, std::uint32_t config_index, ProcessId parent) {
  const ProcessConfig& config = kernel.config->processes[config_index];
  if (const std::string_view cap = cap_against(kernel, config); !cap.empty()) {
    kernel.stop(StopReason::resource_cap, cap);
    return std::nullopt;
  }
  const std::uint32_t instance = kernel.instances_started[config_index]++;
  const ProcessSlot slot = add_process(kernel);
  Process& process = kernel.process(slot);
  process.config = config_index;
  process.instance = instance;
  ++kernel.processes_alive;
  kernel.pids_by_config[config_index].push_back(process.pid);
  kernel.memory.add_process(process.pid, config.abilities, config.uid, config.umask);
  kernel.records.publish(ProcessStarted{.pid = process.pid, .parent = parent, .name = name_of(kernel, process)});
  const ProcessId pid = process.pid;
  for (std::size_t i = 0; i < config.threads.size(); ++i) {
    if (config.threads[i].start) start_thread(kernel, slot, i);
  }
  return pid;
}

SimResult<ThreadId> create_thread(Kernel& kernel, ThreadSlot creator, std::string_view name) {
  if (name.empty()) return start_own_thread(kernel, creator);
  const ProcessSlot slot = kernel.thread(creator).process;
  const std::vector<ThreadConfig>& threads = kernel.config->processes[kernel.process(slot).config].threads;
  const auto found = std::find_if(threads.begin(), threads.end(),
                                  [name](const ThreadConfig& thread) { return !thread.start && thread.name == name; });
  if (found == threads.end()) return refused(Errno::enoent);
  if (const std::string_view cap = cap_against(kernel, *found); !cap.empty()) {
    kernel.stop(StopReason::resource_cap, cap);
    return refused(Errno::eagain);
  }
  // The first of a name draws as one that starts with its process would.
  const std::uint64_t again = kernel.process(slot).created[std::string(name)]++;
  return start_thread(kernel, slot, static_cast<std::size_t>(found - threads.begin()), again);
}

void terminate(Kernel& kernel, ProcessSlot slot, ExitCause cause) {
  if (slot == kMemmgrProcess || kernel.process(slot).life != Life::alive) return;
  kernel.process(slot).life = Life::terminating;
  kernel.process(slot).cause = cause;
  notices::timers::stop_all(kernel, slot);
  const std::vector<OwnedChannel> channels = std::move(kernel.process(slot).channels);
  kernel.process(slot).channels.clear();
  for (const OwnedChannel& channel : channels) messenger::destroy_channel(kernel, channel.slot);
  const std::vector<ThreadSlot> threads = kernel.process(slot).threads;
  for (const ThreadSlot thread : threads) {
    if (withdraw(kernel, thread)) end_thread(kernel, thread);
  }
}

void end_thread(Kernel& kernel, ThreadSlot slot) {
  notices::interrupts::thread_ends(kernel, slot);
  sync::thread_ends(kernel, slot);
  scheduler::forget(kernel, slot);
  Thread& thread = kernel.thread(slot);
  const ThreadId tid = thread.tid;
  const ProcessSlot owner = thread.process;
  const std::uint8_t priority = thread.priority;
  kernel.unseed += thread.caller->residue();
  kernel.variables -= thread.variables;
  kernel.records.publish(ThreadStateChanged{
      .pid = thread.pid, .tid = thread.tid, .state = ThreadState::dead, .priority = priority, .cpu = {}});
  std::erase(kernel.process(owner).threads, slot);
  thread = Thread{};
  kernel.free_threads.push_back(slot);
  if (kernel.process(owner).threads.empty()) return finish_process(kernel, owner, priority);
  if (kernel.process(owner).life != Life::alive) return;
  messenger::thread_ended(kernel, owner, tid);
  deadlock::look_after_end(kernel, owner);
}

std::string name_of(const Kernel& kernel, const Process& process) {
  if (process.pid == kMemmgrPid) return "procnto";
  const ProcessConfig& config = kernel.config->processes[process.config];
  return config.fleet ? instance_name(config.name, process.instance) : config.name;
}

std::vector<ProcessId> find_by_name(const Kernel& kernel, std::string_view name) {
  std::vector<ProcessId> found;
  const std::optional<std::uint32_t> named = kernel.names->find(name);
  const bool is_fleet = named && kernel.config->processes[*named].fleet;
  if (named && !is_fleet) found = kernel.pids_by_config[*named];
  if (const ProcessId pid = find_instance(kernel, name); pid != ProcessId()) found.push_back(pid);
  if (found.empty() && is_fleet) {
    for (const ProcessId pid : kernel.pids_by_config[*named]) {
      const ProcessSlot slot = kernel.find_process(pid);
      if (slot != kNoProcess && kernel.process(slot).life == Life::alive) found.push_back(pid);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

ProcessId find_first_by_name(Kernel& kernel, std::string_view name) {
  const ProcessId instance = find_instance(kernel, name);
  const std::optional<std::uint32_t> named = kernel.names->find(name);
  if (!named) return instance;
  const std::vector<ProcessId>& pids = kernel.pids_by_config[*named];
  if (!kernel.config->processes[*named].fleet) {
    if (pids.empty()) return instance;
    return instance == ProcessId() ? pids.front() : std::min(instance, pids.front());
  }
  if (instance != ProcessId()) return instance;
  std::size_t& ended = kernel.ended_first[*named];
  while (ended < pids.size() && kernel.find_process(pids[ended]) == kNoProcess) ++ended;
  for (std::size_t i = ended; i < pids.size(); ++i) {
    const ProcessSlot slot = kernel.find_process(pids[i]);
    if (slot != kNoProcess && kernel.process(slot).life == Life::alive) return pids[i];
  }
  return {};
}

}  // namespace memsim::lifecycle
