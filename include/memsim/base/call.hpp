// The simulated calls, under their real names. Records, scenarios and reports all use this one list.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace memsim {

enum class Call : std::uint8_t {
  // messages of a user's own
  msg_send,
  // messages to the memory manager
  shm_open,
  shm_unlink,
  close,
  dup,
  lseek,
  ftruncate,
  shm_ctl,
  shm_ctl_special,
  mmap,
  munmap,
  mlock,
  munlock,
  touch,  // not a call of the real system: a memory reference, which may fault a page in
  mem_offset64,
  posix_typed_mem_open,
  mem_info,      // _MEM_INFO, posix_typed_mem_get_info()
  mem_obj_info,  // _MEM_OBJ_INFO
  // kernel calls without a message
  channel_create,
  channel_destroy,
  connect_attach,
  connect_detach,
  msg_receive,
  msg_reply,
  msg_error,
  msg_read,
  msg_write,
  msg_send_pulse,
  spawn,
  kill,
  // what the world tells a driver's program, and how programs find each other; later ones come at the end, because
  // fingerprints know calls by their numbers
  msg_receive_pulse,
  msg_deliver_event,
  interrupt_attach_event,
  interrupt_attach_thread,
  interrupt_detach,
  interrupt_wait,
  interrupt_mask,
  interrupt_unmask,
  timer_create,
  timer_settime,
  timer_destroy,
  name_attach,
  name_detach,
  name_open,
  name_close,
  // threads of a process that wait for each other
  thread_create,
  thread_join,
  sync_type_create,
  sync_destroy,
  sync_mutex_lock,
  sync_mutex_unlock,
  sync_condvar_wait,
  sync_condvar_signal,
  sync_sem_wait,
  sync_sem_post,
  // messages to the memory manager, again
  mprotect,
  mlockall,
  munlockall,
  posix_mem_offset,
  shm_create_handle,
  shm_open_handle,
  shm_delete_handle,
  shm_revoke,
  // threads, again
  thread_detach,
  sched_set,
  sched_get,
  sched_yield,
  // messages to the memory manager, once more
  mem_pmem_add,  // _MEM_PMEM_ADD
};
inline constexpr unsigned kCallCount = static_cast<unsigned>(Call::mem_pmem_add) + 1;

// "shm_ctl", "MsgSend", "_MEM_OBJ_INFO": the name as the field writes it.
[[nodiscard]] std::string_view call_name(Call call);
[[nodiscard]] std::optional<Call> call_from_name(std::string_view name);

// Whether the call is served by the memory manager (a message to MEMMGR_COID).
[[nodiscard]] constexpr bool is_memmgr_call(Call call) {
  return (Call::shm_open <= call && call <= Call::mem_obj_info) ||
         (Call::mprotect <= call && call <= Call::shm_revoke) || call == Call::mem_pmem_add;
}

}  // namespace memsim
