// The kernel's door: what a simulated thread does next comes from a caller, and what became of it goes back there.
//
// A caller is asked whenever its thread has a processor and no time left to use up. It fills in one Ask: a call with
// its arguments, some processor time, a sleep, a note, the end. The kernel carries that out, in simulated time and for
// its price, and a call's result comes back as one Answer before the caller is asked again. So
//
//   next()  take()  next()  take()  next()  ...            calls
//   next()          next()          next()  ...            everything else
//
// Who answers stands behind the door too: the kernel itself, the memory manager, or another caller that received the
// message. Neither side learns what the other is. The interpreter of YAML programs is a caller, the memory manager's
// threads are, and a program that embeds memsim gives a thread one of its own in ThreadConfig::caller.
//
// What a caller may count on and what it owes:
//   - next() and take() are called by the one host thread that runs the world. They may take as long as they like:
//     simulated time stands still meanwhile.
//   - A caller may be destroyed after any of these: its process was killed.
//   - The same answers must lead to the same asks, and nothing else may decide, or runs are not repeatable.
//   - clone() gives a copy that continues alike. A caller that cannot be copied (it drives a host process, say) gives
//     null, and then the world cannot be copied either while its thread lives: World::can_be_copied().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/random.hpp>
#include <memsim/base/units.hpp>
#include <memsim/ipc/send_queue.hpp>
#include <memsim/kernel/call_table.hpp>

namespace memsim {

struct Kernel;

// What a thread wants done. One lives in each thread; next() finds what the last next() left there and overwrites it.
struct Ask {
  enum class Kind : std::uint8_t {
    again,    // nothing: ask again at once. Counts towards limits.events_at_one_instant
    call,     // `what` with its arguments; take() gets the result
    compute,  // `time` on a processor
    sleep,    // `time` off it
    note,     // `text` goes to the record stream
    finish,   // the thread ends, and with the main thread its process
    exit,     // the process ends
    fault,    // the process ends because its program is at fault: `text` says how, `line` where
  };
  Kind kind = Kind::again;
  Call what = Call::msg_send;
  std::uint32_t line = 0;
  std::uint64_t turns = 0;    // that next() took besides this one, at most Turn::spare of them
  CallArguments arguments{};  // in the order of the call table, all of them; see MsgSendArgs and its neighbours
  SimDuration time;
  std::string text;  // the name that a call takes as an argument, empty where it takes none; the note; the fault
  // The contents of MsgSend()'s message or MsgReply()'s reply, as far as the caller has any: what sizes cost and what
  // is copied follows from the arguments alone.
  std::vector<std::byte> bytes;

  // Arguments that are not given are the call table's defaults.
  void call(Call wanted, std::initializer_list<Value> given, std::string_view name = {});
  void compute(SimDuration processor_time) { kind = Kind::compute, time = processor_time; }
  void sleep(SimDuration pause) { kind = Kind::sleep, time = pause; }
  void note(std::string_view words) { kind = Kind::note, text = words; }
  void finish() { kind = Kind::finish; }
};

// What became of a call. The spans are good until take() returns.
struct Answer {
  Value value = 0;  // what the call returns; -1 where it failed
  Errno error = Errno::eok;
  std::span<const Value> more{};        // the further results of the call table, in order; those missing are 0
  std::span<const Segment> segments{};  // the reply to _MEM_OBJ_INFO; encode() of vm/mem_obj_info.hpp makes bytes of it
  std::span<const std::byte> bytes{};   // contents received, read, or replied, where the other side gave any
};

// Where and when a caller is asked.
struct Turn {
  SimTime now;
  // How many turns are left at this instant. A caller that has more to do in no time than one ask may take them at once
  // and say so in Ask::turns.
  std::uint64_t spare = 0;
  // For callers that are part of the kernel; nobody else can use them.
  Kernel* kernel = nullptr;
  ThreadSlot thread = kNoThread;
};

// A thread that begins.
struct Birth {
  ProcessId pid;
  ThreadId tid;
  std::uint32_t instance = 0;  // of the process's fleet, from 0
  RandomStream random;         // the thread's own: derived from the world's seed and the names of process and thread
};

enum class Scheduling : std::uint8_t { fifo, round_robin };

class Caller;
// A thread that a caller starts beside its own. What is not given is that of the thread that starts it.
struct NewThread {
  std::unique_ptr<Caller> caller;  // null: there is none
  std::optional<std::uint8_t> priority{};
  std::optional<Scheduling> scheduling{};
  bool detached = false;  // nobody will join it
};

class Caller {
 public:
  Caller() = default;
  Caller& operator=(const Caller&) = delete;
  virtual ~Caller() = default;

  // Says in `ask` what the thread does next.
  virtual void next(const Turn& turn, Ask& ask) = 0;
  // Takes the result of the call that next() asked for.
  virtual void take(const Answer& answer) = 0;
  // A copy that goes on alike, or null where there can be none.
  [[nodiscard]] virtual std::unique_ptr<Caller> clone() const = 0;
  // A number that depends on every random draw so far. RunEnded tells the sum of all threads, so that one draw too many
  // is seen.
  [[nodiscard]] virtual std::uint64_t residue() const { return 0; }
  // Draws come from this stream from now on (WorldChange::seed). Nothing to do for a caller that draws nothing.
  virtual void reseed(const RandomStream& /*random*/) {}
  // The thread that its call of ThreadCreate() means, where that names none of the scenario. A caller that has no
  // threads of its own need not know of this: the call fails with ENOENT.
  [[nodiscard]] virtual NewThread new_thread(const Birth& /*birth*/) { return {}; }

 protected:
  Caller(const Caller&) = default;
};

// Makes the caller of a thread that begins; not null.
using CallerFactory = std::function<std::unique_ptr<Caller>(const Birth& birth)>;

}  // namespace memsim
