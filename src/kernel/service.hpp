// The memory manager's threads: callers like any other, that take a message, do all it asks at once, use up the time
// that this costs, and reply. They answer what the message says and never look into its sender.
#pragma once

#include <memory>

#include <memsim/kernel/caller.hpp>

#include "kernel/tables/thread.hpp"

namespace memsim::service {

// The caller of one thread of the memory manager, which waits in MsgReceive().
[[nodiscard]] std::unique_ptr<Caller> new_thread();

// Writes a call of is_memmgr_call() into the message that it is.
void write_call(Message& message, const Ask& ask);
// Writes the structure that _MEM_INFO and _MEM_OBJ_INFO have in common into a message of message.type, as much of it as
// message.send_bytes covers.
void write_request(Message& message, Value fd, Value offset, Value length, Value zero = 0);

}  // namespace memsim::service
