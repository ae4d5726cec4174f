// SendQueue: what waits to be received on a channel: SEND-blocked clients, pulses, and the system's own work.
//
// Order: priority, highest first; then arrival. Pulses share the queue with messages. (QNX System Architecture,
// "Channels and connections".) A binary heap on (priority, arrival): both are unique together, so the order is total.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <memsim/base/ids.hpp>

namespace memsim {

// An index into the kernel's table of threads.
using ThreadSlot = Id<struct ThreadSlotTag, std::uint32_t>;
inline constexpr ThreadSlot kNoThread{0xffffffff};

struct Waiting {
  enum class Kind : std::uint8_t {
    message,  // a SEND-blocked thread
    pulse,
    cleanup,  // the remains of a process, for the memory manager to clear away
  };
  Kind kind = Kind::message;
  std::uint8_t priority = 0;
  std::uint64_t arrival = 0;      // set by the queue
  ThreadSlot thread = kNoThread;  // message
  std::int32_t code = 0;          // pulse
  std::int64_t value = 0;         // pulse; cleanup: the pid
  ProcessId sender{};             // pulse
};

class SendQueue {
 public:
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

  // Enters at the end of its priority. O(log n).
  void push(Waiting waiting);
  // Takes the first of the highest priority. Requires: !empty(). O(log n).
  Waiting pop();
  // Takes the first pulse of the highest priority; nothing where none waits. O(n).
  std::optional<Waiting> pop_pulse();
  // The highest waiting priority. Requires: !empty(). O(1).
  [[nodiscard]] std::uint8_t top_priority() const { return heap_.front().priority; }

  // Removes the message of `thread`, if it waits here. O(n).
  bool remove(ThreadSlot thread);
  // Removes the pulses of that code and value that wait here, and says how many. O(n).
  std::size_t remove_pulse(std::int32_t code, std::int64_t value);
  // Gives the message of `thread` another priority; it keeps its place in time. O(n).
  void reprioritise(ThreadSlot thread, std::uint8_t priority);

  // The pulses that wait. O(n).
  [[nodiscard]] std::size_t pulse_count() const;
  // The threads whose messages wait, in the order in which they would be received. O(n log n).
  [[nodiscard]] std::vector<ThreadSlot> senders() const;

 private:
  std::vector<Waiting> heap_;
  std::uint64_t arrivals_ = 0;
};

}  // namespace memsim
