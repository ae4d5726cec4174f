// The calls that the memory manager serves, one function each. Their arguments stand where the call table puts them.
#pragma once

#include <memsim/kernel/call_table.hpp>

#include "kernel/objects/state.hpp"

namespace memsim::memmgr {

// The calls. Each gives what the call returns, or why it was refused; the context's outcome takes everything else.
SimResult<Value> shm_open(Context& context);
SimResult<Value> shm_unlink(Context& context);
SimResult<Value> close(Context& context);
SimResult<Value> dup(Context& context);
SimResult<Value> lseek(Context& context);
SimResult<Value> ftruncate(Context& context);
SimResult<Value> shm_ctl(Context& context);
SimResult<Value> mmap(Context& context);
SimResult<Value> munmap(Context& context);
SimResult<Value> mlock(Context& context);
SimResult<Value> munlock(Context& context);
SimResult<Value> touch(Context& context);
SimResult<Value> mlockall(Context& context);
SimResult<Value> munlockall(Context& context);
SimResult<Value> mprotect(Context& context);
SimResult<Value> mem_offset64(Context& context);  // and posix_mem_offset(), which takes no descriptor
SimResult<Value> shm_create_handle(Context& context);
SimResult<Value> shm_open_handle(Context& context);
SimResult<Value> shm_delete_handle(Context& context);
SimResult<Value> shm_revoke(Context& context);
SimResult<Value> posix_typed_mem_open(Context& context);
SimResult<Value> mem_info(Context& context);
SimResult<Value> mem_obj_info(Context& context);
SimResult<Value> mem_pmem_add(Context& context);

// The handles that a process created or may open go with it.
void drop_handles(Context& context);

}  // namespace memsim::memmgr
