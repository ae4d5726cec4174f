// Timers of processes, which send pulses.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::notices::timers {

// That a process may have at once; EAGAIN beyond.
inline constexpr std::size_t kMost = 256;

// TimerCreate(): the lowest free id from 0. Errors: EAGAIN; those of read_notice().
[[nodiscard]] SimResult<Value> create(Kernel& kernel, ThreadSlot slot);
// What a timer is set to.
struct Setting {
  SimDuration left;  // until it goes off; zero: it does not
  SimDuration interval;
};
// TimerSettime(); gives what was set before. A time of the clock that has passed is now. EINVAL: no such timer, a
// negative time, unknown flags.
[[nodiscard]] SimResult<Setting> set(Kernel& kernel, ThreadSlot slot);
// TimerDestroy(). EINVAL: no such timer. Its pulses that wait to be received stay.
[[nodiscard]] SimResult<void> destroy(Kernel& kernel, ThreadSlot slot);

// The timer goes off: a pulse, and the next time. One whose connection leads nowhere any more goes off unnoticed.
void expire(Kernel& kernel, ProcessSlot process, std::uint32_t id);
// The process is ending, and its timers with it.
void stop_all(Kernel& kernel, ProcessSlot process);

}  // namespace memsim::notices::timers
