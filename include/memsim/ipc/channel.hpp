// Channel: the server end of message passing, as a plain state machine.
//
// Three parties wait at a channel: clients that sent and are not yet received (SEND, in a SendQueue), server threads
// with nothing to do (RECEIVE, last in first out: the most recent one is taken first and its caches are warm; those
// that want pulses alone come after all others), and clients whose message is being served (REPLY, unordered; the
// kernel's threads are linked through the channel's list).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <memsim/base/ids.hpp>

#include <memsim/ipc/send_queue.hpp>

namespace memsim {

class Channel {
 public:
  Channel() = default;
  Channel(ProcessId owner, ChannelId chid, std::uint32_t flags, std::uint32_t serial)
      : owner_(owner), chid_(chid), flags_(flags), serial_(serial) {}

  [[nodiscard]] ProcessId owner() const { return owner_; }
  [[nodiscard]] ChannelId chid() const { return chid_; }
  [[nodiscard]] bool has(std::uint32_t flag) const { return (flags_ & flag) != 0; }
  // Unique over the run: tells a channel from an earlier one in the same place of the table. 0: no channel here.
  [[nodiscard]] std::uint32_t serial() const { return serial_; }

  [[nodiscard]] SendQueue& senders() { return senders_; }
  [[nodiscard]] const SendQueue& senders() const { return senders_; }

  // A server thread begins to wait, for whatever comes or for pulses alone.
  void add_receiver(ThreadSlot thread) { receivers_.push_back(thread); }
  void add_pulse_receiver(ThreadSlot thread) { pulse_receivers_.push_back(thread); }
  [[nodiscard]] bool has_receiver() const { return !receivers_.empty(); }
  [[nodiscard]] bool has_pulse_receiver() const { return has_receiver() || !pulse_receivers_.empty(); }
  // The receiver that waited least. Requires: has_receiver().
  ThreadSlot take_receiver() { return take_last(receivers_); }
  // The same for a pulse: those that wait for nothing else come after all others. Requires: has_pulse_receiver().
  ThreadSlot take_pulse_receiver() { return take_last(has_receiver() ? receivers_ : pulse_receivers_); }
  // A waiting receiver gives up (timeout, death). O(receivers).
  void remove_receiver(ThreadSlot thread) {
    std::erase(receivers_, thread);
    std::erase(pulse_receivers_, thread);
  }
  // All of them, those for pulses alone last.
  [[nodiscard]] std::vector<ThreadSlot> receivers() const {
    std::vector<ThreadSlot> all = receivers_;
    all.insert(all.end(), pulse_receivers_.begin(), pulse_receivers_.end());
    return all;
  }

  // The REPLY-blocked clients: head of the list that the kernel links through its threads.
  ThreadSlot first_reply_blocked = kNoThread;

 private:
  static ThreadSlot take_last(std::vector<ThreadSlot>& threads) {
    const ThreadSlot thread = threads.back();
    threads.pop_back();
    return thread;
  }

  ProcessId owner_;
  ChannelId chid_;
  std::uint32_t flags_ = 0;
  std::uint32_t serial_ = 0;
  SendQueue senders_;
  std::vector<ThreadSlot> receivers_;
  std::vector<ThreadSlot> pulse_receivers_;
};

}  // namespace memsim
