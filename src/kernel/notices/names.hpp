// Names by which clients find a server's channel.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::notices::names {

// name_attach(): a channel that wants disconnect and unblock pulses, and its chid. EINVAL: an empty name, one that
// begins with a slash or has ".." in it; ENAMETOOLONG; EEXIST: another server has it; EAGAIN as ChannelCreate().
[[nodiscard]] SimResult<Value> attach(Kernel& kernel, ThreadSlot slot);
// name_detach(): the channel and its names. EINVAL: no channel of this process that has a name.
[[nodiscard]] SimResult<void> detach(Kernel& kernel, ThreadSlot slot);

}  // namespace memsim::notices::names
