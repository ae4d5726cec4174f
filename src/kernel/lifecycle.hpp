// How processes and threads begin and end.
//
// The end of a process, in order:
//   1. It terminates: its channels are destroyed (every peer is unblocked with ESRCH) and its threads end. A thread
//   whose
//      message a server holds on a channel with _NTO_CHF_UNBLOCK stays until that server replies.
//   2. When its last thread is gone its connections break (disconnect pulses) and process_exited is published.
//   3. The memory manager finds the remains in its queue, at the dead process's priority, and gives the memory back;
//   what
//      that costs delays its other clients, as any call does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kernel/tables/kernel.hpp"

namespace memsim::lifecycle {

// Creates the memory manager: pid 1, channel 1, its threads waiting.
void start_memmgr(Kernel& kernel);

// Starts the next instance of a process configuration. Nothing when limits.processes is reached (the run is stopped).
std::optional<ProcessId> start_process(Kernel& kernel, std::uint32_t config, ProcessId parent);

// Starts a thread beside `creator`: one of the scenario that waits to be created, or, without a name, one that the
// creator's caller has. ENOENT: there is none; EAGAIN: a limit is reached (the run is stopped).
[[nodiscard]] SimResult<ThreadId> create_thread(Kernel& kernel, ThreadSlot creator, std::string_view name);

// Begins the end of a process. No effect on one that is ending already, or on the memory manager.
void terminate(Kernel& kernel, ProcessSlot slot, ExitCause cause);

// Ends one thread: off the scheduler's books, its slot free. The last one's end completes the end of its process.
void end_thread(Kernel& kernel, ThreadSlot slot);

// What the process is called: in a fleet, by the fleet's name and the instance.
[[nodiscard]] std::string name_of(const Kernel& kernel, const Process& process);

// Processes alive that go by `name`: an instance's own name, or a fleet's. Ascending by pid.
[[nodiscard]] std::vector<ProcessId> find_by_name(const Kernel& kernel, std::string_view name);
// The first of them, or no pid. O(1) but for instances that have ended, each of which is passed over once.
[[nodiscard]] ProcessId find_first_by_name(Kernel& kernel, std::string_view name);

}  // namespace memsim::lifecycle
