// TalkBook: who makes whom go on. Messages and pulses from process to process; interrupts and timers; and the threads
// of a process that wait for each other.
//
// A follower (engine/view.hpp). Records name the process in whose name a pulse goes out, as the receiver sees it; here
// it counts for the one that caused it: whose MsgSendPulse() or MsgDeliverEvent() it was, the interrupt that was taken
// a machine.costs.interrupt before, or else a timer of the process. An InterruptWait() that returns at once counts for
// the interrupt that was told last. A plain copyable value; O(log pairs) for each record.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <memsim/engine/record.hpp>
#include <memsim/engine/view.hpp>

namespace memsim {

// Who makes somebody go on.
struct TalkSource {
  enum class Kind : std::uint8_t { process, interrupt, timer };
  Kind kind = Kind::process;
  ProcessId pid;     // the process, or whose timer it is
  std::string name;  // of the source of interrupts
  std::uint32_t vector = 0;
  auto operator<=>(const TalkSource&) const = default;
};

// What of it there was.
struct Talk {
  struct Waits {
    std::uint64_t count = 0;
    SimDuration time;  // in all
  };
  // Of threads for others of their process.
  static constexpr std::array kWaitStates = {ThreadState::mutex, ThreadState::condvar, ThreadState::semaphore,
                                             ThreadState::join};

  std::uint64_t messages = 0;
  std::uint64_t pulses = 0;      // those of interrupts and timers too
  std::uint64_t interrupts = 0;  // taken, and told to a thread by waking it
  std::set<ThreadId> woken;      // by interrupts
  std::array<Waits, kWaitStates.size()> waits;

  // How often somebody was made to go on.
  [[nodiscard]] std::uint64_t count() const;
  void add(const Talk& other);
};

// "interrupt nic (vector 7)", "timers of driver" where `process` is the name, or that name itself. Not escaped.
[[nodiscard]] std::string source_label(const TalkSource& source, std::string_view process);

// What one side made the other do, but for messages: {"90 interrupts to thread 2", "9 pulses", "2 waits for a mutex,
// 3.1 ms in all"}.
[[nodiscard]] std::vector<std::string> beside_messages(const Talk& talk);

class TalkBook {
 public:
  using Edges = std::map<std::pair<TalkSource, ProcessId>, Talk>;

  void on(const RunStarted& record);
  void on(RunPoint at, const MessageSent& record);
  void on(RunPoint at, const PulseSent& record);
  void on(RunPoint at, const CallCompleted& record);
  void on(RunPoint at, const ThreadStateChanged& record);
  void on(RunPoint at, const InterruptRaised& record);
  void on(RunPoint at, const RunEnded& record);

  // From whom to whom. A pulse counts when the next record has told whose it was, the run's last at its end.
  [[nodiscard]] const Edges& edges() const { return edges_; }

 private:
  struct Taken {
    SimTime told;  // when those who are attached are told
    TalkSource source;
  };
  struct Pulse {
    SimTime time;
    ProcessId pid;
    ProcessId server;
  };
  using Thread = std::pair<ProcessId, ThreadId>;

  // Settles whose the last pulse was, once no call of its moment can claim it.
  void settle(SimTime now);
  void settle_unclaimed();
  [[nodiscard]] const Taken* told_until(SimTime time);

  SimDuration interrupt_cost_;
  Edges edges_;
  std::optional<Pulse> pulse_;
  std::vector<Taken> taken_;  // by time; the last that was told, and those that are yet to be
  std::map<Thread, std::pair<std::size_t, SimTime>> waiting_;
};

}  // namespace memsim
