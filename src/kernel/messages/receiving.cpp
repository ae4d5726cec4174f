// The server's side of messages: receive, and who may be replied to.
#include <optional>
#include <utility>

#include "kernel/messages/message_list.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/schedule/scheduler.hpp"
#include "kernel/tables/cost.hpp"

namespace memsim::messenger {
namespace {

// The channel on which a server thread receives gives it the sender's priority, up or down.
void take_over_priority(Kernel& kernel, ThreadSlot server, std::uint8_t priority) {
  const Thread& thread = kernel.thread(server);
  if (!kernel.channel(thread.last_channel).has(qnx::kChannelFixedPriority)) {
    scheduler::set_priority(kernel, server, std::max(priority, thread.inherited));
    kernel.thread(server).own_priority = priority;
  }
}

// Hands a message to a server thread: the client becomes REPLY-blocked.
void deliver(Kernel& kernel, ThreadSlot server, ThreadSlot client) {
  Thread& sender = kernel.thread(client);
  Thread& receiver = kernel.thread(server);
  Message& message = sender.message;
  sender.state = ThreadState::reply;
  link_reply_blocked(kernel, client, message.channel);
  message.received = kernel.now();
  message.holder = server;
  take_over_priority(kernel, server, sender.priority);
  const ReceiveId rcvid = receive_id(client, message);
  kernel.records.publish(MessageReceived{.message = message.number,
                                         .pid = receiver.pid,
                                         .tid = receiver.tid,
                                         .rcvid = rcvid,
                                         .priority = receiver.priority});
  const Bytes copied = std::min(bytes_of(receiver.ask.arguments[MsgReceiveArgs::bytes]), message.send_bytes);
  const std::array<Value, 11> more = {message.type,
                                      message.value,
                                      static_cast<Value>(copied.count()),
                                      sender.pid.value(),
                                      0,
                                      sender.tid.value(),
                                      static_cast<Value>(message.send_bytes.count()),
                                      static_cast<Value>(message.reply_bytes.count()),
                                      sender.priority,
                                      message.coid.value(),
                                      server_connection(sender.pid)};
  end_call(receiver, {.value = rcvid.value(), .more = more, .bytes = up_to(message.bytes, copied)});
  scheduler::charge(receiver, copy_cost(kernel.config->costs, copied));
}

}  // namespace

void link_reply_blocked(Kernel& kernel, ThreadSlot client, ChannelSlot channel) {
  Thread& thread = kernel.thread(client);
  ThreadSlot& head = kernel.channel(channel).first_reply_blocked;
  thread.reply_previous = kNoThread;
  thread.reply_next = head;
  if (head != kNoThread) kernel.thread(head).reply_previous = client;
  head = client;
}

void unlink_reply_blocked(Kernel& kernel, ThreadSlot client) {
  Thread& thread = kernel.thread(client);
  if (thread.reply_previous == kNoThread) {
    kernel.channel(thread.message.channel).first_reply_blocked = thread.reply_next;
  } else {
    kernel.thread(thread.reply_previous).reply_next = thread.reply_next;
  }
  if (thread.reply_next != kNoThread) kernel.thread(thread.reply_next).reply_previous = thread.reply_previous;
  thread.reply_next = thread.reply_previous = kNoThread;
}

void give_up_receiving(Kernel& kernel, ThreadSlot server, Errno why) {
  Thread& thread = kernel.thread(server);
  kernel.cancel_timer(thread);
  end_call(thread, {.value = -1, .error = why});
  scheduler::make_ready(kernel, server, ReadyQueue::End::tail);
}

void accept(Kernel& kernel, ThreadSlot server, const Waiting& waiting) {
  Thread& thread = kernel.thread(server);
  kernel.cancel_timer(thread);
  if (waiting.kind == Waiting::Kind::message) {
    deliver(kernel, server, waiting.thread);
    return;
  }
  take_over_priority(kernel, server, waiting.priority);
  const std::array<Value, 11> more = {
      0, waiting.value, 0, 0, waiting.code, 0, 0, 0, waiting.priority, 0, server_connection(waiting.sender)};
  // What a process leaves comes to the memory manager as a pulse that nobody sent.
  if (waiting.kind == Waiting::Kind::cleanup) return end_call(thread, {.more = more});
  // A pulse that finds no room is gone, and the receiver knows no more than that.
  if (bytes_of(thread.ask.arguments[MsgReceiveArgs::bytes]) < Bytes(qnx::kPulseBytes)) {
    return end_call(thread, {.value = -1, .error = Errno::efault});
  }
  kernel.records.publish(PulseReceived{.pid = thread.pid,
                                       .tid = thread.tid,
                                       .chid = kernel.channel(thread.last_channel).chid(),
                                       .code = waiting.code,
                                       .value = waiting.value});
  end_call(thread, {.more = more});
}

void leave_channel(Kernel& kernel, ThreadSlot server) {
  kernel.thread(server).last_channel = kNoChannel;
  const Thread& thread = kernel.thread(server);
  scheduler::set_priority(kernel, server, std::max(thread.own_priority, thread.inherited));
}

namespace {

// What the thread would receive next.
std::optional<Waiting> take_waiting(SendQueue& senders, bool wants_pulse) {
  if (wants_pulse) return senders.pop_pulse();
  if (senders.empty()) return std::nullopt;
  return senders.pop();
}

}  // namespace

void receive(Kernel& kernel, ThreadSlot server, ChannelSlot channel, Value timeout) {
  const ChannelSlot channel_before = std::exchange(kernel.thread(server).last_channel, channel);
  const bool wants_pulse = kernel.thread(server).ask.what == Call::msg_receive_pulse;
  if (const std::optional<Waiting> first = take_waiting(kernel.channel(channel).senders(), wants_pulse)) {
    if (first->kind == Waiting::Kind::pulse) --kernel.pulses_waiting;
    return accept(kernel, server, *first);
  }
  if (timeout == 0) {
    kernel.thread(server).last_channel = channel_before;
    return complete(kernel, server, {.value = -1, .error = Errno::etimedout});
  }
  if (timeout >= 0) {
    kernel.thread(server).timer =
        kernel.events.schedule(saturating_add(kernel.now(), SimDuration(static_cast<std::uint64_t>(timeout))),
                               {.kind = KernelEvent::Kind::timer, .index = server.value()});
  }
  scheduler::block(kernel, server, ThreadState::receive);
  scheduler::publish_state(kernel, server);
  wants_pulse ? kernel.channel(channel).add_pulse_receiver(server) : kernel.channel(channel).add_receiver(server);
}

SimResult<ProcessId> sender_of(const Kernel& kernel, ThreadSlot server, ReceiveId rcvid) {
  const auto index = static_cast<std::uint64_t>(rcvid.value()) >> 32;
  if (index == 0 || index > kernel.threads.size()) return refused(Errno::esrch);
  const Thread& client = kernel.threads[index - 1];
  // How many messages ago it was, if this thread sent it: no ticket is 2^32 messages old.
  const auto age = static_cast<std::uint32_t>(client.message.number - static_cast<std::uint64_t>(rcvid.value()));
  const bool is_its_own = client.state != ThreadState::dead && client.message.number > client.messages_before &&
                          age < client.message.number - client.messages_before;
  if (!is_its_own) return refused(Errno::esrch);
  bool is_connected = false;
  kernel.memory.descriptors(client.pid).for_each_connection([&](ConnectionId, const ConnectionTarget& target) {
    is_connected |= target.server == kernel.pid_of(server) && live_channel(kernel, target) != kNoChannel;
  });
  if (!is_connected) return refused(Errno::esrch);
  return client.pid;
}

void complete(Kernel& kernel, ThreadSlot slot, const Answer& answer) {
  Thread& thread = kernel.thread(slot);
  if (thread.state == ThreadState::dead) return;
  end_call(thread, answer);
  kernel.records.publish(CallCompleted{.pid = thread.pid,
                                       .tid = thread.tid,
                                       .call = thread.ask.what,
                                       .priority = thread.priority,
                                       .started = thread.call_started,
                                       .result = answer.value,
                                       .error = answer.error});
}

SimResult<ThreadSlot> client_of(const Kernel& kernel, ThreadSlot server, ReceiveId rcvid) {
  const auto index = static_cast<std::uint64_t>(rcvid.value()) >> 32;
  if (index == 0 || index > kernel.threads.size()) return refused(Errno::esrch);
  const ThreadSlot client(static_cast<std::uint32_t>(index - 1));
  const Thread& thread = kernel.thread(client);
  const bool is_current = thread.state == ThreadState::reply && receive_id(client, thread.message) == rcvid;
  if (!is_current || thread.message.server != kernel.pid_of(server)) return refused(Errno::esrch);
  return client;
}

}  // namespace memsim::messenger
