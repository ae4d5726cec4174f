// Events: what a program asked to be told of, and how. Interrupts, timers, MsgDeliverEvent(), and the names by which
// programs find each other.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::notices {

// Whether the call is carried out here.
[[nodiscard]] constexpr bool is_about_notices(Call call) {
  return Call::msg_deliver_event <= call && call <= Call::name_detach;
}
// Carries out the call that the running thread is making.
void carry_out(Kernel& kernel, ThreadSlot slot);

// How the call says that somebody is to be told: its event's arguments begin at `first`. EINVAL: no pulse has such a
// code or priority.
[[nodiscard]] SimResult<Notice> read_notice(const Kernel& kernel, ThreadSlot slot, std::size_t first);

// Sends the pulse to where the connection of the process leads. Errors: those of messenger::resolve(); EPERM: to the
// memory manager.
SimResult<void> send(Kernel& kernel, ProcessId pid, const Notice& notice);

}  // namespace memsim::notices
