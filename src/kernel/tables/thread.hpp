// The kernel's tables: threads, processes and processors, as plain values that refer to each other by index.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <memsim/base/check.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/engine/event_queue.hpp>
#include <memsim/engine/record.hpp>
#include <memsim/ipc/channel.hpp>
#include <memsim/kernel/caller.hpp>
#include <memsim/kernel/config.hpp>

#include "kernel/tables/notices.hpp"
#include "kernel/tables/sync.hpp"

namespace memsim {

using ProcessSlot = Id<struct ProcessSlotTag, std::uint32_t>;
using ChannelSlot = Id<struct ChannelSlotTag, std::uint32_t>;
inline constexpr ProcessSlot kNoProcess{0xffffffff};
inline constexpr ChannelSlot kNoChannel{0xffffffff};

// What a thread does when the processor time it was charged is used up.
enum class Phase : std::uint8_t {
  ask,    // its caller says what comes next
  enter,  // the call it asked for is paid: carry it out
};

// A message on its way: from MsgSend() until the client goes on. All that its server may know of the sender.
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
  ProcessId pid{};  // of the client
  ThreadId tid{};
  ProcessId server{};
  ConnectionId coid{};  // the client's
  ChannelSlot channel = kNoChannel;
  ThreadSlot holder = kNoThread;  // the server thread that received it
  CallArguments arguments{};      // of a call that is a message to the memory manager by itself,
  std::string text;               // and the name among them
  std::vector<std::byte> bytes;   // the contents, as far as the sender gave any
};

// The caller of a thread, copied with it.
class OwnedCaller {
 public:
  OwnedCaller() = default;
  explicit OwnedCaller(std::unique_ptr<Caller> caller) : caller_(std::move(caller)) {}
  OwnedCaller(const OwnedCaller& other) : caller_(other.caller_ == nullptr ? nullptr : other.caller_->clone()) {
    MEMSIM_CHECK_THAT((caller_ == nullptr) == (other.caller_ == nullptr), "a world with such a caller is not copied");
  }
  OwnedCaller& operator=(const OwnedCaller& other) { return *this = OwnedCaller(other); }
  OwnedCaller(OwnedCaller&&) noexcept = default;
  OwnedCaller& operator=(OwnedCaller&&) noexcept = default;
  ~OwnedCaller() = default;

  Caller* operator->() const { return caller_.get(); }
  [[nodiscard]] const Caller* get() const { return caller_.get(); }

 private:
  std::unique_ptr<Caller> caller_;
};

// What makes callers of host programs. It belongs to one world: a copy of that makes its own when it needs one.
class OwnedCallerSource {
 public:
  OwnedCallerSource() = default;
  OwnedCallerSource(const OwnedCallerSource&) {}
  OwnedCallerSource& operator=(const OwnedCallerSource&) {
    source_.reset();
    return *this;
  }
  OwnedCallerSource(OwnedCallerSource&&) noexcept = default;
  OwnedCallerSource& operator=(OwnedCallerSource&&) noexcept = default;
  ~OwnedCallerSource() = default;

  [[nodiscard]] CallerSource& of(const WorldConfig& config, RecordStream& records) {
    if (source_ == nullptr) source_ = config.caller_source(config, records);
    return *source_;
  }

 private:
  std::unique_ptr<CallerSource> source_;
};

struct Thread {
  ProcessSlot process = kNoProcess;
  ProcessId pid;
  ThreadId tid;
  ThreadState state = ThreadState::dead;
  std::uint8_t priority = 0;      // effective
  std::uint8_t own_priority = 0;  // without what waiting clients add
  std::uint8_t inherited = 0;     // the highest of those who wait for a mutex of this thread
  Scheduling scheduling = Scheduling::round_robin;
  Phase phase = Phase::ask;
  CpuId cpu;
  ThreadSlot ready_next = kNoThread;
  ThreadSlot ready_previous = kNoThread;
  ThreadSlot reply_next = kNoThread;
  ThreadSlot reply_previous = kNoThread;
  SimDuration remaining;                  // processor time still to be used before `phase` is acted on
  SimDuration slice_used;                 // of the current time slice
  EventHandle timer;                      // sleep or timeout
  ChannelSlot last_channel = kNoChannel;  // of the last MsgReceive(): whose clients boost this thread

  std::uint32_t variables = 0;        // that its caller keeps, for limits.variables
  std::uint64_t messages_before = 0;  // that were sent in the world before it began
  bool detached = false;              // nobody will join it
  bool interrupted = false;           // an interrupt came that no InterruptWait() has told it of

  // In MUTEX, CONDVAR, JOIN or SEM: the object; who owns the mutex or is joined (kNoThread where that
  // thread has ended); how the call will end once it has the mutex.
  SyncKey waits_on;
  ThreadSlot held_up_by = kNoThread;
  Errno wait_error = Errno::eok;

  OwnedCaller caller;    // what the thread does next
  Ask ask;               // what it wanted last
  SimTime call_started;  // when it asked for the call that it is making, or made last
  Message message;       // as a client
};

enum class Life : std::uint8_t { none, alive, terminating };

struct OwnedChannel {
  ChannelId chid;
  ChannelSlot slot = kNoChannel;
};

struct Process {
  ProcessId pid;
  Life life = Life::none;
  ExitCause cause = ExitCause::finished;
  std::uint32_t config = 0;  // index into WorldConfig::processes
  std::uint32_t instance = 0;
  std::vector<ThreadSlot> threads;               // alive, in order of creation
  std::vector<OwnedChannel> channels;            // alive, ascending by chid
  std::int32_t last_chid = 0;                    // that a channel got; none is given twice
  std::uint32_t last_tid = 0;                    // likewise
  std::map<std::string, std::uint64_t> created;  // how many threads, by their names
  std::map<ThreadId, ThreadId> ended_threads;  // that nobody has joined: from the first to the last of each run of tids
  SyncObjects syncs;                           // its own
  std::vector<Timer> timers;                   // by id
  bool has_names = false;                      // it attached one at least
};

struct Cpu {
  ThreadSlot running = kNoThread;
  SimTime burst_started;
  EventHandle burst_end;
};

// What the event queue carries.
struct KernelEvent {
  // timer: of a thread that waits. interrupts: some are due. interrupt: one was taken. process_timer: TimerSettime().
  enum class Kind : std::uint8_t {
    start_process,
    burst_end,
    timer,
    sample,
    interrupts,
    interrupt,
    process_timer,
    background
  };
  Kind kind = Kind::sample;
  std::uint32_t index = 0;     // process configuration, processor, thread, source, process or background
  std::uint32_t instance = 0;  // start_process; process_timer: its id
};

}  // namespace memsim
