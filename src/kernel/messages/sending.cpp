// The client's side of messages, and pulses.
#include "kernel/messages/deadlock.hpp"
#include "kernel/messages/message_list.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/schedule/scheduler.hpp"

namespace memsim::messenger {
namespace {

void publish_sent(Kernel& kernel, ThreadSlot client, ConnectionId coid) {
  const Thread& thread = kernel.thread(client);
  const Message& message = thread.message;
  const Channel& channel = kernel.channel(message.channel);
  kernel.records.publish(MessageSent{.message = message.number,
                                     .pid = thread.pid,
                                     .tid = thread.tid,
                                     .coid = coid,
                                     .server = channel.owner(),
                                     .chid = channel.chid(),
                                     .call = message.call,
                                     .type = message.type,
                                     .send_bytes = message.send_bytes,
                                     .priority = thread.priority,
                                     .state = thread.state});
}

void publish_replied(Kernel& kernel, ThreadSlot client, const Reply& reply) {
  const Thread& thread = kernel.thread(client);
  const Message& message = thread.message;
  kernel.records.publish(MessageReplied{.message = message.number,
                                        .pid = thread.pid,
                                        .tid = thread.tid,
                                        .server = message.server,
                                        .call = message.call,
                                        .type = message.type,
                                        .priority = message.priority,
                                        .sent = message.sent,
                                        .received = message.received,
                                        .status = reply.status,
                                        .error = reply.error,
                                        .object = reply.object});
}

// The memory manager's messages say all that they hold in records of their own.
void publish_contents(Kernel& kernel, const Message& message, bool is_reply, std::span<const std::byte> contents) {
  if (contents.empty() || message.channel == kMemmgrChannel) return;
  ByteHasher hasher;
  hasher.add(contents.first(std::min(contents.size(), MessageContents::kHashed)));
  kernel.records.publish(MessageContents{
      .message = message.number, .reply = is_reply, .length = Bytes(contents.size()), .hash = hasher.value()});
}

// Gives what needs no reply to a waiting receiver, or queues it and raises the servers.
void hand_over(Kernel& kernel, ChannelSlot slot, const Waiting& waiting) {
  Channel& channel = kernel.channel(slot);
  if (channel.has_pulse_receiver()) {
    const ThreadSlot server = channel.take_pulse_receiver();
    accept(kernel, server, waiting);
    scheduler::make_ready(kernel, server, ReadyQueue::End::head);
  } else {
    channel.senders().push(waiting);
    if (waiting.kind == Waiting::Kind::pulse && ++kernel.pulses_waiting > kernel.config->limits.pulses) {
      kernel.stop(StopReason::resource_cap, "limits.pulses");
    }
    scheduler::boost_servers(kernel, slot, waiting.priority);
  }
}

// Tells the server that the client it holds wants to be let go. Once; the memory manager does not listen.
void send_unblock_pulse(Kernel& kernel, ThreadSlot client) {
  Thread& thread = kernel.thread(client);
  if (thread.message.unblock_sent || thread.message.channel == kMemmgrChannel) return;
  thread.message.unblock_sent = true;
  send_pulse(kernel, thread.message.channel, thread.pid, qnx::kPulseUnblock, receive_id(client, thread.message).value(),
             thread.priority);
}

}  // namespace

void send(Kernel& kernel, ThreadSlot client, ChannelSlot channel, ConnectionId coid, Value timeout) {
  Thread& thread = kernel.thread(client);
  Message& message = thread.message;
  message.number = ++kernel.messages;
  message.priority = thread.priority;
  message.pid = thread.pid;
  message.tid = thread.tid;
  message.unblock_sent = false;
  message.received = never();
  message.holder = kNoThread;
  message.coid = coid;
  message.channel = channel;
  message.server = kernel.channel(channel).owner();
  if (timeout >= 0) {
    thread.timer =
        kernel.events.schedule(saturating_add(kernel.now(), SimDuration(static_cast<std::uint64_t>(timeout))),
                               {.kind = KernelEvent::Kind::timer, .index = client.value()});
  }
  if (kernel.channel(channel).has_receiver()) {
    const ThreadSlot server = kernel.channel(channel).take_receiver();
    scheduler::block(kernel, client, ThreadState::reply);
    publish_sent(kernel, client, coid);
    publish_contents(kernel, message, false, message.bytes);
    accept(kernel, server, {.kind = Waiting::Kind::message, .priority = thread.priority, .thread = client});
    // At the head: the modelled system switches straight to the receiver.
    scheduler::make_ready(kernel, server, ReadyQueue::End::head);
  } else {
    scheduler::block(kernel, client, ThreadState::send);
    kernel.channel(channel).senders().push(
        {.kind = Waiting::Kind::message, .priority = thread.priority, .thread = client});
    publish_sent(kernel, client, coid);
    publish_contents(kernel, message, false, message.bytes);
    scheduler::boost_servers(kernel, channel, thread.priority);
  }
  deadlock::look_from(kernel, client);
}

void reply(Kernel& kernel, ThreadSlot client, const Reply& reply) {
  Thread& thread = kernel.thread(client);
  if (thread.message.unblock_sent) {
    // What it asked for has come: a pulse that is still on its way would ask about a ticket that is stale.
    SendQueue& queue = kernel.channel(thread.message.channel).senders();
    kernel.pulses_waiting -= queue.remove_pulse(qnx::kPulseUnblock, receive_id(client, thread.message).value());
  }
  if (thread.state == ThreadState::reply) unlink_reply_blocked(kernel, client);
  kernel.cancel_timer(thread);
  publish_contents(kernel, thread.message, true, up_to(reply.contents, reply.bytes));
  publish_replied(kernel, client, reply);
  if (kernel.process_of(client).life == Life::terminating) {
    // Its process ended while a server held this message; the thread's own end was put off until now.
    thread.state = ThreadState::dead;
    kernel.to_reap.push_back(client);
    return;
  }
  Answer answer{.value = reply.status,
                .error = reply.error,
                .more = reply.results,
                .segments = reply.segments,
                .bytes = up_to(reply.contents, reply.bytes)};
  // What MsgSend() gives besides comes before what the memory manager gives its own requests: _MEM_OBJ_INFO's results,
  // then _MEM_INFO's.
  const std::array<Value, 4>& r = reply.results;
  const auto bytes = static_cast<Value>(reply.bytes.count());
  const bool is_free = thread.message.type == qnx::kMemInfoType;
  const std::array<Value, 7> more = is_free ? std::array<Value, 7>{reply.value, bytes, 0, 0, 0, 0, r[0]}
                                            : std::array<Value, 7>{reply.value, bytes, r[0], r[1], r[2], r[3], 0};
  if (thread.message.call == Call::msg_send) answer.more = more;
  end_call(thread, answer);
  scheduler::make_ready(kernel, client, ReadyQueue::End::tail);
}

bool withdraw_message(Kernel& kernel, ThreadSlot client, Errno why) {
  Thread& thread = kernel.thread(client);
  MEMSIM_CHECK(thread.state == ThreadState::send || thread.state == ThreadState::reply);
  Channel& channel = kernel.channel(thread.message.channel);
  if (thread.state == ThreadState::reply && channel.has(qnx::kChannelUnblock)) {
    send_unblock_pulse(kernel, client);
    return false;
  }
  if (thread.state == ThreadState::send) {
    channel.senders().remove(client);
  } else {
    unlink_reply_blocked(kernel, client);
  }
  publish_replied(kernel, client, {.error = why});
  return true;
}

void timed_out(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  thread.timer = EventHandle{};
  if (thread.state == ThreadState::receive) {
    kernel.channel(thread.last_channel).remove_receiver(slot);
    give_up_receiving(kernel, slot, Errno::etimedout);
  } else if (withdraw_message(kernel, slot, Errno::etimedout)) {
    end_call(thread, {.value = -1, .error = Errno::etimedout});
    scheduler::make_ready(kernel, slot, ReadyQueue::End::tail);
  }
}

void send_pulse(Kernel& kernel, ChannelSlot slot, ProcessId sender, std::int32_t code, Value value,
                std::uint8_t priority) {
  const Channel& channel = kernel.channel(slot);
  kernel.records.publish(PulseSent{.pid = sender,
                                   .server = channel.owner(),
                                   .chid = channel.chid(),
                                   .code = code,
                                   .value = value,
                                   .priority = priority});
  hand_over(kernel, slot,
            {.kind = Waiting::Kind::pulse, .priority = priority, .code = code, .value = value, .sender = sender});
}

void leave_remains(Kernel& kernel, ProcessId pid, std::uint8_t priority) {
  hand_over(kernel, kMemmgrChannel, {.kind = Waiting::Kind::cleanup, .priority = priority, .value = pid.value()});
}

}  // namespace memsim::messenger
