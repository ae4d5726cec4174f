// The server's side of messages: receive, and who may be replied to.
#include "kernel/cost.hpp"
#include "kernel/message_list.hpp"
#include "kernel/messenger.hpp"
#include "kernel/scheduler.hpp"

namespace memsim::messenger {
namespace {

bool is_memmgr(const Kernel& kernel, ThreadSlot slot) { return kernel.thread(slot).process == kMemmgrProcess; }

Service& service_of(Kernel& kernel, ThreadSlot server) {
  return kernel.services[kernel.thread(server).tid.value() - 1];
}

// The channel on which a server thread receives gives it the sender's priority, up or down.
void take_over_priority(Kernel& kernel, ThreadSlot server, std::uint8_t priority) {
  const Thread& thread = kernel.thread(server);
  if (!kernel.channel(thread.last_channel).has(kChannelFixedPriority)) {
    scheduler::set_priority(kernel, server, priority);
  }
}

void cancel_timer(Kernel& kernel, ThreadSlot slot) {
  kernel.events.cancel(kernel.thread(slot).timer);
  kernel.thread(slot).timer = EventHandle{};
}

// Hands a message to a server thread: the client becomes REPLY-blocked.
void deliver(Kernel& kernel, ThreadSlot server, ThreadSlot client) {
  Message& message = kernel.thread(client).message;
  kernel.thread(client).state = ThreadState::reply;
  link_reply_blocked(kernel, client, message.channel);
  message.received = kernel.now();
  message.holder = server;
  take_over_priority(kernel, server, kernel.thread(client).priority);
  const ReceiveId rcvid = receive_id(kernel, client);
  kernel.records.publish(MessageReceived{.message = message.number,
                                         .pid = kernel.pid_of(server),
                                         .tid = kernel.thread(server).tid,
                                         .rcvid = rcvid,
                                         .priority = kernel.thread(server).priority});
  if (is_memmgr(kernel, server)) {
    service_of(kernel, server).client = client;
    kernel.thread(server).phase = Phase::serve;
    return;
  }
  const Bytes room = argument_bytes(kernel.thread(server).pending, 1);
  const Bytes copied = std::min(room, message.send_bytes);
  set_result(kernel, server, rcvid.value(), Errno::eok,
             std::array<Value, 5>{message.type, message.value, static_cast<Value>(copied.count()),
                                  kernel.pid_of(client).value(), 0});
  scheduler::charge(kernel, server, copy_cost(kernel.config->costs, copied));
  kernel.thread(server).phase = Phase::end_call;
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
  cancel_timer(kernel, server);
  set_result(kernel, server, -1, why);
  kernel.thread(server).phase = Phase::end_call;
  scheduler::make_ready(kernel, server, ReadyQueue::End::tail);
}

void accept(Kernel& kernel, ThreadSlot server, const Waiting& waiting) {
  cancel_timer(kernel, server);
  if (waiting.kind == Waiting::Kind::message) {
    deliver(kernel, server, waiting.thread);
    return;
  }
  take_over_priority(kernel, server, waiting.priority);
  if (waiting.kind == Waiting::Kind::cleanup) {
    Service& service = service_of(kernel, server);
    service.client = kNoThread;
    service.remains = ProcessId(static_cast<std::uint32_t>(waiting.value));
    kernel.thread(server).phase = Phase::serve;
    return;
  }
  const Thread& thread = kernel.thread(server);
  kernel.records.publish(PulseReceived{.pid = kernel.pid_of(server),
                                       .tid = thread.tid,
                                       .chid = kernel.channel(thread.last_channel).chid(),
                                       .code = waiting.code,
                                       .value = waiting.value});
  set_result(kernel, server, 0, Errno::eok, std::array<Value, 5>{0, waiting.value, 0, 0, waiting.code});
  kernel.thread(server).phase = Phase::end_call;
}

void receive(Kernel& kernel, ThreadSlot server, ChannelSlot channel, Value timeout) {
  kernel.thread(server).last_channel = channel;
  SendQueue& senders = kernel.channel(channel).senders();
  if (!senders.empty()) {
    accept(kernel, server, senders.pop());
    return;
  }
  if (timeout >= 0) {
    kernel.thread(server).timer =
        kernel.events.schedule(saturating_add(kernel.now(), SimDuration(static_cast<std::uint64_t>(timeout))),
                               {.kind = KernelEvent::Kind::timer, .index = server.value()});
  }
  scheduler::block(kernel, server, ThreadState::receive);
  scheduler::publish_state(kernel, server);
  kernel.channel(channel).add_receiver(server);
}

SimResult<ThreadSlot> client_of(const Kernel& kernel, ThreadSlot server, ReceiveId rcvid) {
  const auto index = static_cast<std::uint64_t>(rcvid.value()) >> 32;
  if (index == 0 || index > kernel.threads.size()) return refused(Errno::esrch);
  const ThreadSlot client(static_cast<std::uint32_t>(index - 1));
  const Thread& thread = kernel.thread(client);
  const bool is_current = thread.state == ThreadState::reply && receive_id(kernel, client) == rcvid;
  if (!is_current || thread.message.server != kernel.pid_of(server)) return refused(Errno::esrch);
  return client;
}

ReceiveId receive_id(const Kernel& kernel, ThreadSlot client) {
  // The thread's place and the message's number: the ticket is stale once the client has sent another message.
  const std::uint64_t number = kernel.thread(client).message.number & 0xffffffff;
  return ReceiveId(static_cast<std::int64_t>((std::uint64_t{client.value()} + 1) << 32 | number));
}

void set_result(Kernel& kernel, ThreadSlot slot, Value value, Errno error, std::span<const Value> more) {
  Thread& thread = kernel.thread(slot);
  if (thread.program == nullptr) return;
  thread.pending.value = value;
  thread.pending.error = error;
  thread.slots[static_cast<std::size_t>(Builtin::errno_value)] = static_cast<Value>(error);
  const VariableSlot first = thread.pending.result;
  if (first == kNoSlot) return;
  thread.slots[first] = value;
  thread.slots[first + 1u] = static_cast<Value>(error);
  const std::size_t count = signature_of(thread.pending.call).results.size();
  for (std::size_t i = 0; i < count; ++i) thread.slots[first + 2u + i] = i < more.size() ? more[i] : 0;
}

}  // namespace memsim::messenger
