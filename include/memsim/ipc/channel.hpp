// Channel: the server end of message passing, as a plain state machine.
//
// Three parties wait at a channel: clients that sent and are not yet received (SEND, in a SendQueue), server threads
// with nothing to do (RECEIVE, last in first out: the most recent one is taken first and its caches are warm), and
// clients whose message is being served (REPLY, unordered; the kernel's threads are linked through the channel's list).
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

  // A server thread begins to wait.
  void add_receiver(ThreadSlot thread) { receivers_.push_back(thread); }
  [[nodiscard]] bool has_receiver() const { return !receivers_.empty(); }
  // The receiver that waited least. Requires: has_receiver().
  ThreadSlot take_receiver() {
    const ThreadSlot thread = receivers_.back();
    receivers_.pop_back();
    return thread;
  }
  // A waiting receiver gives up (timeout, death). O(receivers).
  void remove_receiver(ThreadSlot thread) { std::erase(receivers_, thread); }
  [[nodiscard]] const std::vector<ThreadSlot>& receivers() const { return receivers_; }

  // The REPLY-blocked clients: head of the list that the kernel links through its threads.
  ThreadSlot first_reply_blocked = kNoThread;

 private:
  ProcessId owner_;
  ChannelId chid_;
  std::uint32_t flags_ = 0;
  std::uint32_t serial_ = 0;
  SendQueue senders_;
  std::vector<ThreadSlot> receivers_;
};

}  // namespace memsim
