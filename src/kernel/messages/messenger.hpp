// Messages and pulses, from MsgSend() to the moment the client goes on, and every way of not getting there.
#pragma once

#include <memsim/base/errno.hpp>

#include <memsim/vm/descriptor_table.hpp>
#include "kernel/tables/kernel.hpp"

namespace memsim::messenger {

// --- channels and connections

// A new channel of `owner`, under its lowest chid never used. EAGAIN: none is left.
SimResult<ChannelSlot> create_channel(Kernel& kernel, ProcessSlot owner, std::uint32_t flags);
// Unblocks everybody who waits at the channel with ESRCH and drops its pulses.
void destroy_channel(Kernel& kernel, ChannelSlot slot);
// The channel with that number, or kNoChannel. O(log channels), and O(1) as long as none was destroyed.
[[nodiscard]] inline ChannelSlot find_channel(const Kernel& kernel, ProcessSlot owner, ChannelId chid) {
  const std::vector<OwnedChannel>& owned = kernel.process(owner).channels;
  const auto index = static_cast<std::size_t>(chid.value() - 1);
  if (index < owned.size() && owned[index].chid == chid) return owned[index].slot;
  const auto found =
      std::lower_bound(owned.begin(), owned.end(), chid,
                       [](const OwnedChannel& channel, ChannelId wanted) { return channel.chid < wanted; });
  return found != owned.end() && found->chid == chid ? found->slot : kNoChannel;
}
// The channel at the other end of a connection, or kNoChannel when it is gone.
[[nodiscard]] ChannelSlot live_channel(const Kernel& kernel, const ConnectionTarget& target);
// The channel that `coid` of the process leads to. EBADF: no such connection, or its channel is gone. ENXIO: the server
// is terminating.
[[nodiscard]] SimResult<ChannelSlot> resolve(const Kernel& kernel, ProcessId pid, ConnectionId coid);
// The last connection of `client` to the channel is gone: the disconnect pulse, if the channel wants one.
void client_left(Kernel& kernel, ChannelSlot channel, ProcessId client);
// A thread of a process that goes on has ended: the pulse, if a channel of the process wants one.
void thread_ended(Kernel& kernel, ProcessSlot process, ThreadId tid);

// --- sending

// The running thread sends its message (thread.message is filled in but for channel and times) and blocks.
// `timeout`: how long it is willing to wait; negative for ever. Requires: it is not 0, with which nothing is sent.
void send(Kernel& kernel, ThreadSlot client, ChannelSlot channel, ConnectionId coid, Value timeout);
// Queues a pulse or hands it to a waiting receiver.
void send_pulse(Kernel& kernel, ChannelSlot slot, ProcessId sender, std::int32_t code, Value value,
                std::uint8_t priority);
// Queues the remains of a process for the memory manager.
void leave_remains(Kernel& kernel, ProcessId pid, std::uint8_t priority);

// --- receiving and replying

// The thread counts no longer as the channel's that it received on last: clients that wait there do not boost it.
void leave_channel(Kernel& kernel, ThreadSlot server);
// The running server thread takes what waits at the channel, or blocks until something comes: for MsgReceivePulse()
// that is a pulse. ETIMEDOUT with a timeout of 0, where it would block.
void receive(Kernel& kernel, ThreadSlot server, ChannelSlot channel, Value timeout);
// What a reply carries: the status (or error) becomes the client's MsgSend()'s result.
struct Reply {
  Value status = -1;
  Errno error = Errno::eok;
  Bytes bytes{};  // copied to the client
  Value value = 0;
  ObjectId object{};
  std::array<Value, 4> results{};
  std::span<const Segment> segments{};
  std::span<const std::byte> contents{};  // as far as the server gave any
};
// Ends the client's wait.
void reply(Kernel& kernel, ThreadSlot client, const Reply& reply);
// The client whose REPLY-blocked message `rcvid` stands for, if `server`'s process may reply to it; else ESRCH.
[[nodiscard]] SimResult<ThreadSlot> client_of(const Kernel& kernel, ThreadSlot server, ReceiveId rcvid);
// The process whose message `rcvid` stands for, be it replied to or not: who may be sent an event. ESRCH: its thread
// has ended, or the process has no connection to one of `server`'s process any more.
[[nodiscard]] SimResult<ProcessId> sender_of(const Kernel& kernel, ThreadSlot server, ReceiveId rcvid);
// The ticket for `message` of that client. It is stale once the client has sent another message.
[[nodiscard]] inline ReceiveId receive_id(ThreadSlot client, const Message& message) {
  return ReceiveId(
      static_cast<std::int64_t>((std::uint64_t{client.value()} + 1) << 32 | (message.number & 0xffffffff)));
}

// What the servers of a process know its connections by.
[[nodiscard]] inline Value server_connection(ProcessId client) { return kServerConnections | client.value(); }

// The contents that go with `copied` bytes: a sender may have given fewer.
[[nodiscard]] inline std::span<const std::byte> up_to(std::span<const std::byte> contents, Bytes copied) {
  return contents.first(std::min<std::uint64_t>(contents.size(), copied.count()));
}

// --- giving up

// Takes a SEND- or REPLY-blocked thread's message back. False: a server holds it on a channel with _NTO_CHF_UNBLOCK;
// the server has been sent the unblock pulse and the client has to wait for its reply.
bool withdraw_message(Kernel& kernel, ThreadSlot client, Errno why);
// The timer of a SEND-, RECEIVE- or REPLY-blocked thread has run out.
void timed_out(Kernel& kernel, ThreadSlot slot);

// --- results

// The answer to a call that failed.
[[nodiscard]] inline Answer refuse(Errno error) { return {.value = -1, .error = error}; }

// Ends the thread's call: its caller gets the answer, and is asked again once what the call cost is paid.
inline void end_call(Thread& thread, const Answer& answer) {
  thread.phase = Phase::ask;
  thread.caller->take(answer);
}
// Likewise for a call that is no message, as a record tells. The thread may have ended itself (kill) meanwhile: then
// there is nobody to answer.
void complete(Kernel& kernel, ThreadSlot slot, const Answer& answer);

}  // namespace memsim::messenger
