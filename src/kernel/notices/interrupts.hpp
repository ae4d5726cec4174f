// Interrupts: sources that ask for attention at their times, and threads that asked to be told.
//
// The modelled system masks an interrupt when it tells of it, once for each that it tells, and InterruptUnmask() undoes
// that. A source that asks while it is masked waits, once: what it asks meanwhile is lost. A source that nobody is
// attached to asks unnoticed.
//
// From the interrupt to its events the first processor is the kernel's: what runs there is held up for
// CostModel::interrupt, and then the events go out.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::notices::interrupts {

// That may be attached to one source at once; EAGAIN beyond.
inline constexpr std::size_t kMost = 256;

// InterruptAttachEvent(), InterruptAttachThread(): the attachment's id. Errors: EPERM without the ability; EINVAL: no
// source has the vector; EAGAIN; those of read_notice().
[[nodiscard]] SimResult<Value> attach(Kernel& kernel, ThreadSlot slot);
// InterruptDetach(). The last one to leave a source leaves it unmasked. EPERM; EINVAL: no such attachment of this
// process.
[[nodiscard]] SimResult<void> detach(Kernel& kernel, ThreadSlot slot);
// InterruptMask(), InterruptUnmask(): how often the vector is masked then. EPERM; EINVAL: no source has the vector, the
// id is another vector's, or it is not masked.
[[nodiscard]] SimResult<Value> mask(Kernel& kernel, ThreadSlot slot);
[[nodiscard]] SimResult<Value> unmask(Kernel& kernel, ThreadSlot slot);
// InterruptWait(): at once where an interrupt came meanwhile; else the thread blocks. ETIMEDOUT.
void wait(Kernel& kernel, ThreadSlot slot);

// The timeout of a thread in InterruptWait() is over.
void timed_out(Kernel& kernel, ThreadSlot slot);
// Some sources ask for attention now.
void ask(Kernel& kernel);
// The events of an interrupt that was taken go out.
void tell(Kernel& kernel, std::uint32_t source);
// The thread is ending, and what it attached with it.
void thread_ends(Kernel& kernel, ThreadSlot slot);

}  // namespace memsim::notices::interrupts
