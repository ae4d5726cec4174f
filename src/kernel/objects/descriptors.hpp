// Looking up what a descriptor refers to, with the errno of each way to miss.
#pragma once

#include "kernel/objects/state.hpp"

namespace memsim::memmgr {

// The number as a descriptor; a value outside the type's range becomes -1, which is never open.
[[nodiscard]] ConnectionId descriptor_number(Value value);

// The open description behind a descriptor. Errors: EBADF when nothing is open there; `not_memory` for a connection.
[[nodiscard]] SimResult<DescriptionSlot> find_description(const Context& context, Value fd, Errno not_memory);

// The same for a shared memory object: `not_memory` for a typed-memory descriptor too. Notes the object in the outcome.
[[nodiscard]] SimResult<DescriptionSlot> find_shared_memory(Context& context, Value fd, Errno not_memory);

// Opens `description` under the lowest free descriptor. Errors: EMFILE, with nothing changed.
[[nodiscard]] SimResult<ConnectionId> open_descriptor(Context& context, OpenDescription description);

// Closes a memory descriptor; the last of a description closes that, and may be the end of the object.
void close_descriptor(Context& context, ConnectionId number);

// Reads the access mode of oflag. Errors: EINVAL for mode 3.
[[nodiscard]] SimResult<AccessMode> access_mode(std::uint64_t oflag);

}  // namespace memsim::memmgr
