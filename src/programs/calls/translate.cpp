#include "programs/calls/translate.hpp"

#include <algorithm>
#include <cerrno>

#include <memsim/base/qnx.hpp>
#include <memsim/vm/mem_obj_info.hpp>

#include "programs/calls/host_errno.hpp"
#include "programs/calls/message_layout.hpp"

namespace memsim::programs {
namespace {

using link::ProgramCall;

// The calls that are told apart by their number alone: their arguments stand in the order of the call table.
constexpr std::pair<ProgramCall, Call> kAlike[] = {
    {ProgramCall::shm_ctl, Call::shm_ctl},
    {ProgramCall::shm_ctl_special, Call::shm_ctl_special},
    {ProgramCall::close, Call::close},
    {ProgramCall::dup, Call::dup},
    {ProgramCall::lseek, Call::lseek},
    {ProgramCall::ftruncate, Call::ftruncate},
    {ProgramCall::mmap, Call::mmap},
    {ProgramCall::mmap_device_memory, Call::mmap},
    {ProgramCall::munmap, Call::munmap},
    {ProgramCall::munmap_device_memory, Call::munmap},
    {ProgramCall::mlock, Call::mlock},
    {ProgramCall::munlock, Call::munlock},
    {ProgramCall::mprotect, Call::mprotect},
    {ProgramCall::mlockall, Call::mlockall},
    {ProgramCall::munlockall, Call::munlockall},
    {ProgramCall::posix_mem_offset, Call::posix_mem_offset},
    {ProgramCall::shm_create_handle, Call::shm_create_handle},
    {ProgramCall::shm_open_handle, Call::shm_open_handle},
    {ProgramCall::shm_delete_handle, Call::shm_delete_handle},
    {ProgramCall::shm_revoke, Call::shm_revoke},
    {ProgramCall::mem_offset64, Call::mem_offset64},
    {ProgramCall::mem_offset, Call::mem_offset64},
    {ProgramCall::posix_typed_mem_get_info, Call::mem_info},
    {ProgramCall::ChannelCreate, Call::channel_create},
    {ProgramCall::ChannelDestroy, Call::channel_destroy},
    {ProgramCall::ConnectAttach, Call::connect_attach},
    {ProgramCall::ConnectDetach, Call::connect_detach},
    {ProgramCall::MsgReceive, Call::msg_receive},
    {ProgramCall::kill, Call::kill},
    {ProgramCall::MsgReceivePulse, Call::msg_receive_pulse},
    {ProgramCall::InterruptAttachEvent, Call::interrupt_attach_event},
    {ProgramCall::InterruptAttachThread, Call::interrupt_attach_thread},
    {ProgramCall::InterruptDetach, Call::interrupt_detach},
    {ProgramCall::InterruptWait, Call::interrupt_wait},
    {ProgramCall::InterruptMask, Call::interrupt_mask},
    {ProgramCall::InterruptUnmask, Call::interrupt_unmask},
    {ProgramCall::TimerCreate, Call::timer_create},
    {ProgramCall::timer_create, Call::timer_create},
    {ProgramCall::TimerSettime, Call::timer_settime},
    {ProgramCall::timer_settime, Call::timer_settime},
    {ProgramCall::TimerDestroy, Call::timer_destroy},
    {ProgramCall::timer_delete, Call::timer_destroy},
    {ProgramCall::name_detach, Call::name_detach},
    {ProgramCall::name_close, Call::name_close},
    {ProgramCall::ThreadJoin, Call::thread_join},
    {ProgramCall::ThreadDetach, Call::thread_detach},
    {ProgramCall::pthread_mutex_lock, Call::sync_mutex_lock},
    {ProgramCall::pthread_mutex_unlock, Call::sync_mutex_unlock},
    {ProgramCall::pthread_mutex_destroy, Call::sync_destroy},
    {ProgramCall::SchedSet, Call::sched_set},
    {ProgramCall::SchedGet, Call::sched_get},
    {ProgramCall::SchedYield, Call::sched_yield},
    {ProgramCall::pthread_cond_wait, Call::sync_condvar_wait},
    {ProgramCall::pthread_cond_signal, Call::sync_condvar_signal},
    {ProgramCall::pthread_cond_broadcast, Call::sync_condvar_signal},
    {ProgramCall::pthread_cond_destroy, Call::sync_destroy},
    {ProgramCall::sem_init, Call::sync_type_create},
    {ProgramCall::sem_destroy, Call::sync_destroy},
    {ProgramCall::sem_wait, Call::sync_sem_wait},
    {ProgramCall::sem_post, Call::sync_sem_post},
};

std::optional<Call> alike(ProgramCall call) {
  const auto found =
      std::find_if(std::begin(kAlike), std::end(kAlike), [call](auto pair) { return pair.first == call; });
  if (found == std::end(kAlike)) return std::nullopt;
  return found->second;
}

Value size(std::span<const std::byte> bytes) { return static_cast<Value>(bytes.size()); }

void send(const Question& question, Ask& ask) {
  const auto& [coid, room, timeout] = std::tie(question.arguments[0], question.arguments[1], question.arguments[2]);
  ask.call(Call::msg_send, {coid, type_of_message(question.bytes), value_of_message(question.bytes),
                            size(question.bytes), room, timeout});
  ask.bytes.assign(question.bytes.begin(), question.bytes.end());
}

void pulse(const Question& question, Ask& ask) {
  const auto& given = question.arguments;
  ask.call(Call::msg_send_pulse, {given[0], given[2], given[3], given[1]});
}

// Calls about a message that was received; none where the number names no message.
bool about_message(const Question& question, const Tickets& tickets, Ask& ask) {
  const auto& given = question.arguments;
  const Tickets::Ticket* ticket = tickets.find(given[0]);
  const Value rcvid = ticket != nullptr ? ticket->rcvid : 0;
  switch (question.call) {
    case ProgramCall::MsgReply:
      ask.call(Call::msg_reply, {rcvid, given[1], size(question.bytes), value_of_reply(question.bytes)});
      ask.bytes.assign(question.bytes.begin(), question.bytes.end());
      return true;
    case ProgramCall::MsgError:
      ask.call(Call::msg_error, {rcvid, static_cast<Value>(errno_of_host(given[1]))});
      return true;
    case ProgramCall::MsgRead:
      ask.call(Call::msg_read, {rcvid, given[1], given[2]});
      return true;
    case ProgramCall::MsgDeliverEvent:
      ask.call(Call::msg_deliver_event, {tickets.rcvid_of(given[0]), given[1], given[2], given[3], given[4]});
      return true;
    case ProgramCall::MsgWrite:
      ask.call(Call::msg_write, {rcvid, size(question.bytes), given[1]});
      return true;
    default:
      return false;
  }
}

std::vector<std::byte> bytes_of(std::span<const std::byte> contents, std::size_t at_most) {
  return {contents.begin(), contents.begin() + static_cast<std::ptrdiff_t>(std::min(contents.size(), at_most))};
}

std::size_t count(std::span<const Value> more, std::size_t index) {
  const Value value = index < more.size() ? more[index] : 0;
  return std::min(static_cast<std::size_t>(std::max<Value>(value, 0)), link::kWindowBytes);
}

// The reply that a client gets: segments, free bytes, a server's contents, or what a program of the scenario gave.
std::vector<std::byte> reply_bytes(const Ask& made, const Answer& answer) {
  if (!answer.segments.empty()) {
    std::vector<std::byte> bytes(answer.segments.size() * qnx::kSegmentBytes);
    encode(answer.segments, bytes);
    return bytes;
  }
  const std::size_t replied = count(answer.more, 1);
  const bool to_memmgr = made.arguments[MsgSendArgs::coid] == kMemmgrCoid.value();
  if (to_memmgr) return reply_of(answer.more.size() > 6 ? answer.more[6] : 0, replied);
  if (!answer.bytes.empty()) return bytes_of(answer.bytes, replied);
  return reply_of(answer.more.empty() ? 0 : answer.more[0], replied);
}

void take_received(const Answer& answer, Tickets& tickets, Answered& out) {
  const std::span<const Value> more = answer.more;
  if (answer.value == 0) {
    const auto code = static_cast<std::int32_t>(more[4]);
    const Value value = code == qnx::kPulseUnblock ? tickets.number_of(more[1]) : more[1];
    out.bytes = pulse_of(code, value, static_cast<std::int32_t>(more[10]));
    return;
  }
  const std::size_t received = count(more, 2);
  out.bytes = answer.bytes.empty() ? message_of(static_cast<std::uint16_t>(more[0]), more[1], received)
                                   : bytes_of(answer.bytes, received);
  out.reply.value = tickets.add(answer.value, more);
}

}  // namespace

Answered refusal(int host_errno) {
  Answered answered;
  answered.reply.value = -1;
  answered.reply.error = host_errno;
  return answered;
}

std::optional<Answered> translate(const Question& question, const Tickets& tickets, Ask& ask) {
  const auto& given = question.arguments;
  if (const std::optional<Call> call = alike(question.call)) {
    const std::size_t wanted = signature_of(*call).parameters.size();
    ask.call(*call, {});
    std::copy_n(given.begin(), std::min(wanted, given.size()), ask.arguments.begin());
    return std::nullopt;
  }
  switch (question.call) {
    case ProgramCall::shm_open:
      ask.call(Call::shm_open, {0, given[0], given[1]}, question.text);
      return std::nullopt;
    case ProgramCall::shm_unlink:
      ask.call(Call::shm_unlink, {}, question.text);
      return std::nullopt;
    case ProgramCall::posix_typed_mem_open:
      ask.call(Call::posix_typed_mem_open, {0, given[0], given[1]}, question.text);
      return std::nullopt;
    case ProgramCall::name_attach:
      ask.call(Call::name_attach, {}, question.text);
      return std::nullopt;
    case ProgramCall::name_open:
      ask.call(Call::name_open, {}, question.text);
      return std::nullopt;
    case ProgramCall::spawn_process:
      ask.call(Call::spawn, {}, question.text);
      return std::nullopt;
    case ProgramCall::ThreadCreate:
      ask.call(Call::thread_create, {});  // ProgramCaller::new_thread() has it
      return std::nullopt;
    case ProgramCall::fault:
      ask.call(Call::touch, {given[0], 1});
      return std::nullopt;
    case ProgramCall::MsgSend:
      send(question, ask);
      return std::nullopt;
    case ProgramCall::MsgSendPulse:
      pulse(question, ask);
      return std::nullopt;
    default:
      if (!about_message(question, tickets, ask)) return refusal(ENOSYS);
      return std::nullopt;
  }
}

Answered reply_to(link::ProgramCall call, const Ask& made, const Answer& answer, Value number, Tickets& tickets) {
  Answered out;
  out.reply.value = answer.value;
  out.reply.error = host_errno_of(answer.error);
  std::copy_n(answer.more.begin(), std::min(answer.more.size(), link::kResults), out.reply.results);
  if (call == ProgramCall::MsgReply || call == ProgramCall::MsgError) tickets.close(number);
  if (answer.error != Errno::eok) return out;
  if (call == ProgramCall::MsgSend) out.bytes = reply_bytes(made, answer);
  if (call == ProgramCall::MsgReceive || call == ProgramCall::MsgReceivePulse) take_received(answer, tickets, out);
  if (call == ProgramCall::MsgRead) {
    out.bytes = bytes_of(answer.bytes, link::kWindowBytes);
    out.bytes.resize(static_cast<std::size_t>(std::clamp<Value>(answer.value, 0, link::kWindowBytes)));
  }
  return out;
}

}  // namespace memsim::programs
