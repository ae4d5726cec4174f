// The kernel's tables: threads, processes and processors, as plain values that refer to each other by index.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <memsim/base/distribution.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/random.hpp>
#include <memsim/engine/event_queue.hpp>
#include <memsim/engine/record.hpp>
#include <memsim/kernel/config.hpp>
#include <memsim/kernel/program.hpp>

#include <memsim/ipc/channel.hpp>
#include "kernel/memmgr/memory_manager.hpp"
#include "kernel/program/call_plan.hpp"
#include "kernel/program/cost.hpp"

namespace memsim {

using ProcessSlot = Id<struct ProcessSlotTag, std::uint32_t>;
using ChannelSlot = Id<struct ChannelSlotTag, std::uint32_t>;
inline constexpr ProcessSlot kNoProcess{0xffffffff};
inline constexpr ChannelSlot kNoChannel{0xffffffff};

// What a thread does when the processor time it was charged is used up.
enum class Phase : std::uint8_t {
  next_step,   // interpret the program's next step
  do_call,     // the call's entry cost is paid: carry it out
  exit,        // the call has failed and the program does not go on after that
  serve,       // memory manager: take the next message
  send_reply,  // memory manager: the service is paid for: reply
};

// The call that a thread is making, or made last.
struct PendingCall {
  const CallPlan* plan = nullptr;  // kept alive by Kernel::plans
  SimTime started;
  CallArguments arguments{};
  std::string text;  // its text argument, if it has one

  [[nodiscard]] Call call() const { return plan->call; }
};

// A message on its way: from MsgSend() until the client goes on.
struct Message {
  std::uint64_t number = 0;  // over the run, from 1
  Call call = Call::msg_send;
  std::uint16_t type = 0;
  std::uint8_t priority = 0;
  bool unblock_sent = false;  // an unblock pulse has been sent for it
  Value value = 0;
  Bytes send_bytes{};
  Bytes reply_bytes{};
  SimTime sent{};
  SimTime received = never();
  ProcessId server{};
  ChannelSlot channel = kNoChannel;
  ThreadSlot holder = kNoThread;  // the server thread that received it
};

struct Thread {
  ProcessSlot process = kNoProcess;
  ProcessId pid;
  ThreadId tid;
  ThreadState state = ThreadState::dead;
  std::uint8_t priority = 0;  // effective
  Scheduling scheduling = Scheduling::round_robin;
  Phase phase = Phase::next_step;
  CpuId cpu;
  ThreadSlot ready_next = kNoThread;
  ThreadSlot ready_previous = kNoThread;
  ThreadSlot reply_next = kNoThread;
  ThreadSlot reply_previous = kNoThread;
  SimDuration remaining;                  // processor time still to be used before `phase` is acted on
  SimDuration slice_used;                 // of the current time slice
  EventHandle timer;                      // sleep or timeout
  ChannelSlot last_channel = kNoChannel;  // of the last MsgReceive(): whose clients boost this thread

  const Program* program = nullptr;  // kept alive by the configuration; null in the memory manager
  const CallPlan* plans = nullptr;   // of its steps
  std::uint32_t pc = 0;
  std::vector<Value> slots;
  std::vector<DrawState> draws;
  RandomStream random;

  PendingCall pending;
  Message message;  // as a client
};

// What a thread of the memory manager is doing between receiving and replying.
struct Service {
  ThreadSlot client = kNoThread;  // none: clearing up after a dead process
  ProcessId remains;              // that process
  MemoryOutcome outcome;
};

enum class Life : std::uint8_t { none, alive, terminating };

struct Process {
  ProcessId pid;
  Life life = Life::none;
  ExitCause cause = ExitCause::finished;
  std::uint32_t config = 0;  // index into WorldConfig::processes
  std::uint32_t instance = 0;
  std::vector<ThreadSlot> threads;    // alive, in order of creation
  std::vector<ChannelSlot> channels;  // by chid - 1; kNoChannel once destroyed
};

struct Cpu {
  ThreadSlot running = kNoThread;
  SimTime burst_started;
  EventHandle burst_end;
};

// What the event queue carries.
struct KernelEvent {
  enum class Kind : std::uint8_t { start_process, burst_end, timer, sample };
  Kind kind = Kind::sample;
  std::uint32_t index = 0;     // process configuration, processor or thread
  std::uint32_t instance = 0;  // start_process
};

}  // namespace memsim
