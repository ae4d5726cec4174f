#include <memsim/base/call.hpp>

#include <array>

namespace memsim {
namespace {

constexpr std::array<std::string_view, kCallCount> kCallNames = {
    "MsgSend",
    "shm_open",
    "shm_unlink",
    "close",
    "dup",
    "lseek",
    "ftruncate",
    "shm_ctl",
    "shm_ctl_special",
    "mmap",
    "munmap",
    "mlock",
    "munlock",
    "touch",
    "mem_offset64",
    "posix_typed_mem_open",
    "_MEM_INFO",
    "_MEM_OBJ_INFO",
    "ChannelCreate",
    "ChannelDestroy",
    "ConnectAttach",
    "ConnectDetach",
    "MsgReceive",
    "MsgReply",
    "MsgError",
    "MsgRead",
    "MsgWrite",
    "MsgSendPulse",
    "spawn",
    "kill",
    "MsgReceivePulse",
    "MsgDeliverEvent",
    "InterruptAttachEvent",
    "InterruptAttachThread",
    "InterruptDetach",
    "InterruptWait",
    "InterruptMask",
    "InterruptUnmask",
    "TimerCreate",
    "TimerSettime",
    "TimerDestroy",
    "name_attach",
    "name_detach",
    "name_open",
    "name_close",
    "ThreadCreate",
    "ThreadJoin",
    "SyncTypeCreate",
    "SyncDestroy",
    "SyncMutexLock",
    "SyncMutexUnlock",
    "SyncCondvarWait",
    "SyncCondvarSignal",
    "SyncSemWait",
    "SyncSemPost",
    "mprotect",
    "mlockall",
    "munlockall",
    "posix_mem_offset",
    "shm_create_handle",
    "shm_open_handle",
    "shm_delete_handle",
    "shm_revoke",
    "ThreadDetach",
    "SchedSet",
    "SchedGet",
    "SchedYield",
    "_MEM_PMEM_ADD",
};

}  // namespace

std::string_view call_name(Call call) { return kCallNames.at(static_cast<std::size_t>(call)); }

std::optional<Call> call_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kCallNames.size(); ++i) {
    if (kCallNames[i] == name) return static_cast<Call>(i);
  }
  return std::nullopt;
}

}  // namespace memsim
