#include "kernel/calls.hpp"

#include <limits>

#include <memsim/base/qnx.hpp>

#include "kernel/lifecycle.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/notices/notices.hpp"
#include "kernel/schedule/scheduler.hpp"
#include "kernel/service.hpp"
#include "kernel/sync/sync.hpp"
#include "kernel/tables/cost.hpp"

namespace memsim::calls {
namespace {

using messenger::refuse;

// Identifiers are 32 bits wide; a value outside names nothing.
std::int32_t narrow(Value value) {
  const bool fits =
      std::numeric_limits<std::int32_t>::min() <= value && value <= std::numeric_limits<std::int32_t>::max();
  return fits ? static_cast<std::int32_t>(value) : -1;
}
ConnectionId coid_argument(const Ask& call, std::size_t index) { return ConnectionId(narrow(call.arguments[index])); }

// The process that a pid names, or none.
ProcessId process_of_pid(const Kernel& kernel, Value pid) {
  if (pid <= 0 || pid > std::numeric_limits<std::uint32_t>::max()) return {};
  const ProcessId id(static_cast<std::uint32_t>(pid));
  return kernel.find_process(id) == kNoProcess ? ProcessId() : id;
}

std::vector<ProcessId> processes_named_by(const Kernel& kernel, const Ask& call) {
  if (!call.text.empty()) return lifecycle::find_by_name(kernel, call.text);
  const ProcessId pid = process_of_pid(kernel, call.arguments[ProcessArgs::process]);
  return pid == ProcessId() ? std::vector<ProcessId>() : std::vector{pid};
}

Answer channel_create(Kernel& kernel, ThreadSlot slot) {
  const auto flags = static_cast<std::uint32_t>(kernel.thread(slot).ask.arguments[ChannelCreateArgs::flags]);
  const SimResult<ChannelSlot> channel = messenger::create_channel(kernel, kernel.thread(slot).process, flags);
  if (!channel) return refuse(channel.error());
  return {.value = kernel.channel(*channel).chid().value()};
}

// The channel of the caller's own process that the first argument names.
ChannelSlot own_channel(const Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  return messenger::find_channel(kernel, thread.process,
                                 ChannelId(narrow(thread.ask.arguments[ChannelDestroyArgs::chid])));
}

Answer channel_destroy(Kernel& kernel, ThreadSlot slot) {
  const ChannelSlot channel = own_channel(kernel, slot);
  if (channel == kNoChannel) return refuse(Errno::einval);
  messenger::destroy_channel(kernel, channel);
  return {};
}

Answer connect(Kernel& kernel, ThreadSlot slot, const ConnectionTarget& target, ConnectionId lowest) {
  const SimResult<ConnectionId> coid = kernel.memory.connect(kernel.pid_of(slot), target, lowest);
  if (!coid) return refuse(coid.error());
  if (kernel.memory.descriptor_count() > kernel.config->limits.descriptors) {
    kernel.stop(StopReason::resource_cap, "limits.descriptors");
  }
  return {.value = coid->value()};
}

Answer connect_attach(Kernel& kernel, ThreadSlot slot) {
  const Ask& call = kernel.thread(slot).ask;
  const ProcessId pid = call.text.empty() ? process_of_pid(kernel, call.arguments[ProcessArgs::process])
                                          : lifecycle::find_first_by_name(kernel, call.text);
  if (pid == ProcessId()) return refuse(Errno::esrch);
  const ProcessSlot server = kernel.find_process(pid);
  if (kernel.process(server).life == Life::terminating) return refuse(Errno::enxio);
  const ChannelId chid(narrow(call.arguments[ConnectAttachArgs::chid]));
  if (messenger::find_channel(kernel, server, chid) == kNoChannel) return refuse(Errno::esrch);
  if (call.arguments[ConnectAttachArgs::index] < 0) return refuse(Errno::einval);
  return connect(kernel, slot, {.server = pid, .chid = chid}, coid_argument(call, ConnectAttachArgs::index));
}

// Threads of the same process that wait for a reply over this connection fail with EBADF.
void fail_senders(Kernel& kernel, ThreadSlot slot, ChannelSlot channel) {
  const std::vector<ThreadSlot> siblings = kernel.process_of(slot).threads;
  for (const ThreadSlot sibling : siblings) {
    Thread& thread = kernel.thread(sibling);
    const bool waits = thread.state == ThreadState::send || thread.state == ThreadState::reply;
    if (!waits || thread.message.channel != channel) continue;
    if (thread.state == ThreadState::send) kernel.channel(channel).senders().remove(sibling);
    messenger::reply(kernel, sibling, {.error = Errno::ebadf});
  }
}

Answer connect_detach(Kernel& kernel, ThreadSlot slot) {
  const ProcessId pid = kernel.pid_of(slot);
  const ConnectionId coid = coid_argument(kernel.thread(slot).ask, ConnectDetachArgs::coid);
  // A server lets go of a client that has left: nothing is left to let go of.
  if (coid.value() >= kServerConnections) return {};
  const DescriptorTable& table = kernel.memory.descriptors(pid);
  const ConnectionTarget* found = table.connection(coid);
  if (found == nullptr || coid == kMemmgrCoid) return refuse(Errno::einval);
  const ConnectionTarget target = *found;
  kernel.memory.disconnect(pid, coid);
  const ChannelSlot channel = messenger::live_channel(kernel, target);
  bool is_last = true;
  table.for_each_connection([&](ConnectionId, const ConnectionTarget& other) { is_last &= !(other == target); });
  if (channel == kNoChannel || !is_last) return {};
  fail_senders(kernel, slot, channel);
  messenger::client_left(kernel, channel, pid);
  return {};
}

Answer msg_reply(Kernel& kernel, ThreadSlot slot) {
  const Ask& call = kernel.thread(slot).ask;
  const SimResult<ThreadSlot> client =
      messenger::client_of(kernel, slot, ReceiveId(call.arguments[MsgReplyArgs::rcvid]));
  if (!client) return refuse(client.error());
  if (bytes_of(call.arguments[MsgReplyArgs::bytes]) > qnx::kMaxMessage) return refuse(Errno::eoverflow);
  const Bytes copied =
      std::min(bytes_of(call.arguments[MsgReplyArgs::bytes]), kernel.thread(*client).message.reply_bytes);
  messenger::reply(kernel, *client,
                   {.status = call.arguments[MsgReplyArgs::status],
                    .bytes = copied,
                    .value = call.arguments[MsgReplyArgs::value],
                    .contents = messenger::up_to(call.bytes, bytes_of(call.arguments[MsgReplyArgs::bytes]))});
  return {};
}

Answer msg_error(Kernel& kernel, ThreadSlot slot) {
  const Ask& call = kernel.thread(slot).ask;
  const SimResult<ThreadSlot> client =
      messenger::client_of(kernel, slot, ReceiveId(call.arguments[MsgReplyArgs::rcvid]));
  if (!client) return refuse(client.error());
  const auto error = static_cast<Errno>(call.arguments[MsgErrorArgs::error]);
  if (call.arguments[MsgErrorArgs::error] < 0 || errno_name(error) == "E?") return refuse(Errno::einval);
  // MsgError(rcvid, EOK) is a plain success of status 0.
  messenger::reply(kernel, *client, {.status = error == Errno::eok ? 0 : -1, .error = error});
  return {};
}

// MsgRead() and MsgWrite(): what is left of the client's buffer after the offset, at most what was asked for.
Answer transfer(Kernel& kernel, ThreadSlot slot, Bytes Message::*buffer) {
  const Ask& call = kernel.thread(slot).ask;
  const SimResult<ThreadSlot> client =
      messenger::client_of(kernel, slot, ReceiveId(call.arguments[MsgReplyArgs::rcvid]));
  if (!client) return refuse(client.error());
  const Bytes room = kernel.thread(*client).message.*buffer;
  const Bytes offset = std::min(bytes_of(call.arguments[MsgTransferArgs::offset]), room);
  const Bytes moved = std::min(bytes_of(call.arguments[MsgTransferArgs::bytes]), room - offset);
  Answer answer{.value = static_cast<Value>(moved.count())};
  if (call.what == Call::msg_read) {
    const std::span<const std::byte> contents = kernel.thread(*client).message.bytes;
    answer.bytes = messenger::up_to(contents.subspan(std::min<std::uint64_t>(offset.count(), contents.size())), moved);
  }
  return answer;
}

Answer msg_send_pulse(Kernel& kernel, ThreadSlot slot) {
  const Ask& call = kernel.thread(slot).ask;
  const SimResult<ChannelSlot> channel =
      messenger::resolve(kernel, kernel.pid_of(slot), coid_argument(call, PulseArgs::coid));
  if (!channel) return refuse(channel.error());
  if (*channel == kMemmgrChannel) return refuse(Errno::eperm);
  const Value code = call.arguments[PulseArgs::code];
  const Value priority = call.arguments[PulseArgs::priority];
  if (code < 0 || code > qnx::kPulseLastUserCode || priority == 0 || priority < -1 || priority > 255) {
    return refuse(Errno::einval);
  }
  const std::uint8_t at = priority == -1 ? kernel.thread(slot).priority : static_cast<std::uint8_t>(priority);
  messenger::send_pulse(kernel, *channel, kernel.pid_of(slot), static_cast<std::int32_t>(code),
                        call.arguments[PulseArgs::value], at);
  return {};
}

Answer spawn(Kernel& kernel, ThreadSlot slot) {
  const std::optional<std::uint32_t> config = kernel.names->find(kernel.thread(slot).ask.text);
  if (!config) return refuse(Errno::enoent);
  const std::optional<ProcessId> pid = lifecycle::start_process(kernel, *config, kernel.pid_of(slot));
  return pid ? Answer{.value = pid->value()} : refuse(Errno::eagain);
}

Answer thread_create(Kernel& kernel, ThreadSlot slot) {
  const std::string name = kernel.thread(slot).ask.text;
  const SimResult<ThreadId> tid = lifecycle::create_thread(kernel, slot, name);
  return tid ? Answer{.value = tid->value()} : refuse(tid.error());
}

Answer kill(Kernel& kernel, ThreadSlot slot) {
  const std::vector<ProcessId> victims = processes_named_by(kernel, kernel.thread(slot).ask);
  if (victims.empty()) return refuse(Errno::esrch);
  if (victims.front() == kMemmgrPid) return refuse(Errno::eperm);
  for (const ProcessId victim : victims) {
    if (const ProcessSlot process = kernel.find_process(victim); process != kNoProcess) {
      lifecycle::terminate(kernel, process, ExitCause::killed);
    }
  }
  return {};
}

Answer name_open(Kernel& kernel, ThreadSlot slot) {
  const auto found = kernel.attached_names.find(kernel.thread(slot).ask.text);
  return found == kernel.attached_names.end() ? refuse(Errno::enoent) : connect(kernel, slot, found->second, {});
}

// Apart, to keep the many small calls out of the way of the few that matter for speed.
[[gnu::noinline]] Answer at_once(Kernel& kernel, ThreadSlot slot) {
  switch (kernel.thread(slot).ask.what) {
    case Call::channel_create:
      return channel_create(kernel, slot);
    case Call::channel_destroy:
      return channel_destroy(kernel, slot);
    case Call::connect_attach:
      return connect_attach(kernel, slot);
    case Call::connect_detach:
    case Call::name_close:
    case Call::close:
      return connect_detach(kernel, slot);
    case Call::msg_error:
      return msg_error(kernel, slot);
    case Call::msg_read:
      return transfer(kernel, slot, &Message::send_bytes);
    case Call::msg_write:
      return transfer(kernel, slot, &Message::reply_bytes);
    case Call::msg_send_pulse:
      return msg_send_pulse(kernel, slot);
    case Call::name_open:
      return name_open(kernel, slot);
    case Call::spawn:
      return spawn(kernel, slot);
    case Call::thread_create:
      return thread_create(kernel, slot);
    default:
      MEMSIM_CHECK(kernel.thread(slot).ask.what == Call::kill);
      return kill(kernel, slot);
  }
}

void send_user_message(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  const Ask& call = thread.ask;
  const ConnectionId coid = coid_argument(call, MsgSendArgs::coid);
  const SimResult<ChannelSlot> channel = messenger::resolve(kernel, thread.pid, coid);
  if (!channel) return messenger::complete(kernel, slot, refuse(channel.error()));
  const Bytes send_bytes = bytes_of(call.arguments[MsgSendArgs::send_bytes]);
  const Bytes reply_bytes = bytes_of(call.arguments[MsgSendArgs::reply_bytes]);
  if (std::max(send_bytes, reply_bytes) > qnx::kMaxMessage) {
    return messenger::complete(kernel, slot, refuse(Errno::eoverflow));
  }
  // MsgSend() always blocks, be it for the reply alone: a timeout that is over comes before the message.
  if (call.arguments[MsgSendArgs::timeout] == 0) return messenger::complete(kernel, slot, refuse(Errno::etimedout));
  Message& message = thread.message;
  message.call = Call::msg_send;
  message.type = static_cast<std::uint16_t>(call.arguments[MsgSendArgs::type]);
  message.value = call.arguments[MsgSendArgs::value];
  message.send_bytes = send_bytes;
  message.reply_bytes = reply_bytes;
  message.sent = thread.call_started;
  if (!call.bytes.empty() || !message.bytes.empty()) message.bytes = call.bytes;
  if (*channel == kMemmgrChannel && call.bytes.empty()) {
    service::write_request(message, call.arguments[MsgSendArgs::fd], call.arguments[MsgSendArgs::offset],
                           call.arguments[MsgSendArgs::length]);
  }
  messenger::send(kernel, slot, *channel, coid, call.arguments[MsgSendArgs::timeout]);
}

void send_to_memmgr(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  service::write_call(thread.message, thread.ask);
  thread.message.sent = thread.call_started;
  constexpr Value kForEver = -1;
  messenger::send(kernel, slot, kMemmgrChannel, kMemmgrCoid, kForEver);
}

void receive(Kernel& kernel, ThreadSlot slot) {
  const CallArguments& arguments = kernel.thread(slot).ask.arguments;
  if (arguments[MsgReceiveArgs::chid] == qnx::kNoChannel) messenger::leave_channel(kernel, slot);
  const ChannelSlot channel = own_channel(kernel, slot);
  if (channel == kNoChannel) return messenger::complete(kernel, slot, refuse(Errno::esrch));
  messenger::receive(kernel, slot, channel, arguments[MsgReceiveArgs::timeout]);
}

// close() on a connection to a channel breaks the connection; on memory it is the memory manager's business.
bool closes_connection(const Kernel& kernel, ThreadSlot slot) {
  const Ask& call = kernel.thread(slot).ask;
  return call.what == Call::close &&
         kernel.memory.descriptors(kernel.pid_of(slot)).connection(coid_argument(call, FdArgs::fd)) != nullptr;
}

}  // namespace

void carry_out(Kernel& kernel, ThreadSlot slot) {
  const Call call = kernel.thread(slot).ask.what;
  if (call == Call::msg_send) return send_user_message(kernel, slot);
  if (call == Call::msg_receive || call == Call::msg_receive_pulse) return receive(kernel, slot);
  if (call == Call::msg_reply) return messenger::complete(kernel, slot, msg_reply(kernel, slot));
  if (sync::is_about_sync(call)) return sync::carry_out(kernel, slot);
  if (notices::is_about_notices(call)) return notices::carry_out(kernel, slot);
  if (is_memmgr_call(call) && !closes_connection(kernel, slot)) return send_to_memmgr(kernel, slot);
  messenger::complete(kernel, slot, at_once(kernel, slot));
}

}  // namespace memsim::calls
