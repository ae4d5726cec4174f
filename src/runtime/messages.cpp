// Channels, connections, messages and pulses.
#include <sys/neutrino.h>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "runtime/link/ask.hpp"
#include "runtime/link/timeout.hpp"

namespace memsim::runtime {
namespace {

// A message in parts; a whole one is one part.
struct Parts {
  const iov_t* first = nullptr;
  std::size_t count = 0;
};

// Copies the parts to the window. Gives how many bytes, or -errno.
long gather(Parts parts) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < parts.count; ++i) {
    const std::size_t length = parts.first[i].iov_len;
    if (length > link::kWindowBytes - total) return -EMSGSIZE;
    if (length > 0 && parts.first[i].iov_base == nullptr) return -EFAULT;
    if (length > 0) std::memcpy(window() + total, parts.first[i].iov_base, length);
    total += length;
  }
  return static_cast<long>(total);
}

// Room of the parts, at most what a window holds, or -errno.
long room_of(Parts parts) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < parts.count; ++i) {
    const std::size_t length = parts.first[i].iov_len;
    if (length > 0 && parts.first[i].iov_base == nullptr) return -EFAULT;
    total += length > link::kWindowBytes - total ? link::kWindowBytes - total : length;
  }
  return static_cast<long>(total);
}

void scatter(Parts parts, std::size_t bytes) {
  const unsigned char* from = window();
  for (std::size_t i = 0; i < parts.count && bytes > 0; ++i) {
    const std::size_t length = parts.first[i].iov_len < bytes ? parts.first[i].iov_len : bytes;
    if (length > 0) std::memcpy(parts.first[i].iov_base, from, length);
    from += length;
    bytes -= length;
  }
}

long send(int coid, Parts message, Parts reply) {
  const std::int64_t timeout = take_timeout(_NTO_TIMEOUT_SEND | _NTO_TIMEOUT_REPLY);
  const long room = room_of(reply);
  const long bytes = room < 0 ? room : gather(message);
  if (bytes < 0) return failed(static_cast<int>(-bytes));
  const Result result =
      ask({.call = ProgramCall::MsgSend, .arguments = {coid, room, timeout}, .bytes = static_cast<std::size_t>(bytes)});
  scatter(reply, result.bytes);
  return returned(result);
}

void fill(struct _msg_info* info, const std::int64_t (&results)[link::kResults]) {
  if (info == nullptr) return;
  std::memset(info, 0, sizeof *info);
  info->msglen = static_cast<_Int32t>(results[2]);
  info->pid = static_cast<_Int32t>(results[3]);
  info->tid = static_cast<_Int32t>(results[5]);
  info->srcmsglen = static_cast<_Int32t>(results[6]);
  info->dstmsglen = static_cast<_Int32t>(results[7]);
  info->priority = static_cast<_Int16t>(results[8]);
  info->coid = static_cast<_Int32t>(results[9]);
  info->scoid = static_cast<_Int32t>(results[10]);
}

int receive(ProgramCall call, int chid, Parts parts, struct _msg_info* info) {
  const std::int64_t timeout = take_timeout(_NTO_TIMEOUT_RECEIVE);
  const long room = room_of(parts);
  if (room < 0) return static_cast<int>(failed(static_cast<int>(-room)));
  const Result result = ask({.call = call, .arguments = {chid, room, timeout}});
  scatter(parts, result.bytes);
  if (result.error == 0 && result.value > 0) {
    fill(info, result.results);
    if (info != nullptr) info->chid = chid;
  }
  return static_cast<int>(returned(result));
}

ssize_t read(int rcvid, Parts parts, std::size_t offset) {
  const long room = room_of(parts);
  if (room < 0) return failed(static_cast<int>(-room));
  const Result result =
      ask({.call = ProgramCall::MsgRead, .arguments = {rcvid, room, static_cast<std::int64_t>(offset)}});
  scatter(parts, result.bytes);
  return returned(result);
}

ssize_t write(int rcvid, Parts parts, std::size_t offset) {
  const long bytes = gather(parts);
  if (bytes < 0) return failed(static_cast<int>(-bytes));
  return returned(ask({.call = ProgramCall::MsgWrite,
                       .arguments = {rcvid, static_cast<std::int64_t>(offset)},
                       .bytes = static_cast<std::size_t>(bytes)}));
}

int reply(int rcvid, long status, Parts parts) {
  const long bytes = gather(parts);
  if (bytes < 0) return static_cast<int>(failed(static_cast<int>(-bytes)));
  return static_cast<int>(returned(
      ask({.call = ProgramCall::MsgReply, .arguments = {rcvid, status}, .bytes = static_cast<std::size_t>(bytes)})));
}

iov_t whole(const void* base, std::size_t bytes) { return {const_cast<void*>(base), bytes}; }
int plain(const Question& question) { return static_cast<int>(returned(ask(question))); }

}  // namespace
}  // namespace memsim::runtime

using namespace memsim::runtime;

extern "C" {

int ChannelCreate(unsigned flags) { return plain({.call = ProgramCall::ChannelCreate, .arguments = {flags}}); }
int ChannelDestroy(int chid) { return plain({.call = ProgramCall::ChannelDestroy, .arguments = {chid}}); }
int ConnectAttach(_Uint32t nd, pid_t pid, int chid, unsigned index, int) {
  if (nd != ND_LOCAL_NODE) return static_cast<int>(failed(EINVAL));
  const std::int64_t server = pid == 0 ? own_pid() : pid;
  return plain({.call = ProgramCall::ConnectAttach, .arguments = {server, chid, index}});
}
int ConnectDetach(int coid) { return plain({.call = ProgramCall::ConnectDetach, .arguments = {coid}}); }

long MsgSendv(int coid, const iov_t* siov, size_t sparts, const iov_t* riov, size_t rparts) {
  return send(coid, {siov, sparts}, {riov, rparts});
}
long MsgSend(int coid, const void* smsg, size_t sbytes, void* rmsg, size_t rbytes) {
  const iov_t message = whole(smsg, sbytes);
  const iov_t room = whole(rmsg, rbytes);
  return send(coid, {&message, 1}, {&room, 1});
}
long MsgSendsv(int coid, const void* smsg, size_t sbytes, const iov_t* riov, size_t rparts) {
  const iov_t message = whole(smsg, sbytes);
  return send(coid, {&message, 1}, {riov, rparts});
}
long MsgSendvs(int coid, const iov_t* siov, size_t sparts, void* rmsg, size_t rbytes) {
  const iov_t room = whole(rmsg, rbytes);
  return send(coid, {siov, sparts}, {&room, 1});
}
long MsgSendnc(int coid, const void* smsg, size_t sbytes, void* rmsg, size_t rbytes) {
  return MsgSend(coid, smsg, sbytes, rmsg, rbytes);
}
long MsgSendvnc(int coid, const iov_t* siov, size_t sparts, const iov_t* riov, size_t rparts) {
  return MsgSendv(coid, siov, sparts, riov, rparts);
}
long MsgSendsvnc(int coid, const void* smsg, size_t sbytes, const iov_t* riov, size_t rparts) {
  return MsgSendsv(coid, smsg, sbytes, riov, rparts);
}
long MsgSendvsnc(int coid, const iov_t* siov, size_t sparts, void* rmsg, size_t rbytes) {
  return MsgSendvs(coid, siov, sparts, rmsg, rbytes);
}

int MsgReceivev(int chid, const iov_t* iov, size_t parts, struct _msg_info* info) {
  return receive(ProgramCall::MsgReceive, chid, {iov, parts}, info);
}
int MsgReceive(int chid, void* msg, size_t bytes, struct _msg_info* info) {
  const iov_t room = whole(msg, bytes);
  return receive(ProgramCall::MsgReceive, chid, {&room, 1}, info);
}
int MsgReceivePulsev(int chid, const iov_t* iov, size_t parts, struct _msg_info* info) {
  return receive(ProgramCall::MsgReceivePulse, chid, {iov, parts}, info);
}
int MsgReceivePulse(int chid, void* pulse, size_t bytes, struct _msg_info* info) {
  const iov_t room = whole(pulse, bytes);
  return receive(ProgramCall::MsgReceivePulse, chid, {&room, 1}, info);
}
ssize_t MsgReadv(int rcvid, const iov_t* iov, size_t parts, size_t offset) {
  return memsim::runtime::read(rcvid, {iov, parts}, offset);
}
ssize_t MsgRead(int rcvid, void* msg, size_t bytes, size_t offset) {
  const iov_t room = whole(msg, bytes);
  return memsim::runtime::read(rcvid, {&room, 1}, offset);
}
ssize_t MsgWritev(int rcvid, const iov_t* iov, size_t parts, size_t offset) {
  return memsim::runtime::write(rcvid, {iov, parts}, offset);
}
ssize_t MsgWrite(int rcvid, const void* msg, size_t bytes, size_t offset) {
  const iov_t part = whole(msg, bytes);
  return memsim::runtime::write(rcvid, {&part, 1}, offset);
}
int MsgReplyv(int rcvid, long status, const iov_t* iov, size_t parts) { return reply(rcvid, status, {iov, parts}); }
int MsgReply(int rcvid, long status, const void* msg, size_t bytes) {
  const iov_t part = whole(msg, bytes);
  return reply(rcvid, status, {&part, 1});
}
int MsgError(int rcvid, int error) { return plain({.call = ProgramCall::MsgError, .arguments = {rcvid, error}}); }
int MsgSendPulse(int coid, int priority, int code, int value) {
  return plain({.call = ProgramCall::MsgSendPulse, .arguments = {coid, priority, code, value}});
}
int MsgInfo(int rcvid, struct _msg_info* info) {
  const Result result = ask({.call = ProgramCall::MsgInfo, .arguments = {rcvid}});
  if (result.error == 0) fill(info, result.results);
  return static_cast<int>(returned(result));
}

}  // extern "C"
