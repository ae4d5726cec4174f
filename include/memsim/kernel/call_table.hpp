// The calls that a program can make: parameters, defaults, flag names and results. One table; the scenario compiler,
// the JSON schema, the documentation and the interpreter all read it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <memsim/base/call.hpp>
#include <memsim/kernel/program.hpp>

namespace memsim {

enum class ParameterType : std::uint8_t {
  integer,   // a plain number
  bytes,     // a size with a unit; SIZE_MAX is allowed
  duration,  // a time with a unit
  address,   // 0x... or a number
  flags,     // a list of names from `names`, or one name
  choice,    // one name from `names`
  text,      // a string, may contain ${...}
  process,   // a process by name (text) or by pid (integer expression)
};

struct NamedValue {
  std::string_view name;
  Value value;
};

struct Parameter {
  std::string_view name;  // the key in the scenario
  ParameterType type;
  bool required;
  Value default_value;  // when not given
  std::string_view doc;
  std::span<const NamedValue> names{};
};

// The arguments of a call in the order of its parameters, all evaluated, defaults filled in; a text's is 0.
using CallArguments = std::array<Value, Step::kMaxOperands>;

struct CallSignature {
  Call call;
  std::string_view doc;
  std::span<const Parameter> parameters;      // in the order of Step::operands
  std::span<const std::string_view> results;  // names after value and errno: $x.NAME
  std::string_view value_doc;                 // what $x itself is
};

// Where each argument stands in its call's list, so that nobody counts. The call table checks them against the names.
struct MsgSendArgs {
  enum : std::size_t { coid, type, value, send_bytes, reply_bytes, timeout, fd, offset, length };
};
struct ShmOpenArgs {
  enum : std::size_t { name, oflag, mode };
};
struct FdArgs {  // close, dup, lseek, ftruncate, shm_ctl, _MEM_INFO, _MEM_OBJ_INFO
  enum : std::size_t { fd };
};
struct LseekArgs {
  enum : std::size_t { fd, offset, whence };
};
struct FtruncateArgs {
  enum : std::size_t { fd, size };
};
struct ShmCtlArgs {
  enum : std::size_t { fd, flags, paddr, size, special, alignment, boundary, above, below };
};
struct MmapArgs {
  enum : std::size_t { addr, len, prot, flags, fd, off, alignment, boundary, above, below };
};
struct RangeArgs {  // munmap, mlock, munlock, touch, mem_offset64, _MEM_PMEM_ADD
  enum : std::size_t { addr, len };
};
struct MemOffsetArgs {
  enum : std::size_t { addr, len, fd };
};
struct TypedOpenArgs {
  enum : std::size_t { name, oflag, tflag };
};
struct MemObjInfoArgs {
  enum : std::size_t { fd, offset, length, send_bytes, reply_bytes, zero };
};
struct ChannelCreateArgs {
  enum : std::size_t { flags };
};
struct ChannelDestroyArgs {
  enum : std::size_t { chid };
};
struct ConnectAttachArgs {
  enum : std::size_t { process, chid, index };
};
struct ConnectDetachArgs {
  enum : std::size_t { coid };
};
struct MsgReceiveArgs {
  enum : std::size_t { chid, bytes, timeout };
};
struct MsgReplyArgs {
  enum : std::size_t { rcvid, status, bytes, value };
};
struct MsgErrorArgs {
  enum : std::size_t { rcvid, error };
};
struct MsgTransferArgs {  // MsgRead, MsgWrite
  enum : std::size_t { rcvid, bytes, offset };
};
struct PulseArgs {
  enum : std::size_t { coid, code, value, priority };
};
// Where a call is told how to tell: the event's connection, and the three after it.
struct EventArgs {
  static constexpr std::size_t coid = 0, code = 1, value = 2, priority = 3;
};
struct DeliverArgs {
  enum : std::size_t { rcvid, event };
};
struct InterruptArgs {  // InterruptAttachEvent, InterruptAttachThread, InterruptMask, InterruptUnmask
  enum : std::size_t { vector, event, id = event };
};
struct InterruptDetachArgs {
  enum : std::size_t { id };
};
struct InterruptWaitArgs {
  enum : std::size_t { timeout };
};
struct TimerCreateArgs {
  enum : std::size_t { event };
};
struct TimerArgs {  // TimerSettime, TimerDestroy
  enum : std::size_t { id, flags, time, interval };
};
struct NameArgs {  // name_attach, name_open
  enum : std::size_t { name };
};
struct ThreadCreateArgs {
  enum : std::size_t { thread };
};
struct JoinArgs {  // ThreadJoin, ThreadDetach
  enum : std::size_t { tid, timeout };
};
struct SyncCreateArgs {
  enum : std::size_t { sync, count, shared };
};
struct SyncArgs {  // SyncDestroy, SyncMutexUnlock, SyncSemPost
  enum : std::size_t { sync, shared };
};
struct SyncWaitArgs {  // SyncMutexLock, SyncSemWait
  enum : std::size_t { sync, timeout, shared };
};
struct CondvarArgs {
  enum : std::size_t { sync, mutex, timeout, shared };
};
struct CondvarSignalArgs {
  enum : std::size_t { sync, all, shared };
};
struct SchedArgs {  // SchedSet, SchedGet
  enum : std::size_t { tid, priority, policy };
};
struct ProtectArgs {
  enum : std::size_t { addr, len, prot };
};
struct LockAllArgs {
  enum : std::size_t { flags };
};
struct CreateHandleArgs {
  enum : std::size_t { fd, pid, flags };
};
struct HandleArgs {  // shm_open_handle, shm_delete_handle
  enum : std::size_t { handle, flags };
};
struct RevokeArgs {
  enum : std::size_t { fd, pid };
};
struct ProcessArgs {  // spawn, kill: the process by name, or by pid
  enum : std::size_t { process };
};

// In the order of Call.
[[nodiscard]] std::span<const CallSignature> call_table();
[[nodiscard]] const CallSignature& signature_of(Call call);

}  // namespace memsim
