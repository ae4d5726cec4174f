// The scheduler: strict priority over all processors, first in first out or round robin inside a priority.
//
// On several processors the n highest-priority ready threads always run (the modelled system promises this only of the
// highest one); a tie keeps whoever runs already. A thread that blocks goes to the tail of its priority when it is
// ready again, a preempted one to the head. Round robin looks at the slice only while an equal waits, so a long
// computation with no rival costs one event.
#pragma once

#include "kernel/tables/kernel.hpp"

namespace memsim::scheduler {

// Makes a blocked or new thread ready. Requires: it is in no ready list and not running.
void make_ready(Kernel& kernel, ThreadSlot slot, ReadyQueue::End end);

// Takes the running thread off its processor into a blocked `state` (or dead). Requires: it runs.
void block(Kernel& kernel, ThreadSlot slot, ThreadState state);

// The running thread lets the others of its priority run first, with a new slice when it is its turn again.
void yield(Kernel& kernel, ThreadSlot slot);

// Publishes the thread's present state. For the transitions that no message record tells.
void publish_state(Kernel& kernel, ThreadSlot slot);

// Takes a ready or running thread off the scheduler's books, whatever it was about to do. For threads that die.
void forget(Kernel& kernel, ThreadSlot slot);

// Charges the running thread processor time, to be used before it acts again.
inline void charge(Thread& thread, SimDuration time) { thread.remaining = saturating_add(thread.remaining, time); }

// The kernel itself uses the processor for so long: what runs there goes on that much later.
void hold_up(Kernel& kernel, CpuId id, SimDuration time);

// Gives a thread another effective priority, in whatever state it is; passes a raise on to the servers that it waits
// for.
void change_priority(Kernel& kernel, ThreadSlot slot, std::uint8_t priority);
inline void set_priority(Kernel& kernel, ThreadSlot slot, std::uint8_t priority) {
  if (kernel.thread(slot).priority != priority) change_priority(kernel, slot, priority);
}

// Every thread of the channel's owner whose last receive was on this channel runs at least at `priority` from now on.
void boost_servers(Kernel& kernel, ChannelSlot channel, std::uint8_t priority);

// The burst of processor `id` has ended: account for it.
void burst_ended(Kernel& kernel, CpuId id);

// Lets the running thread use up its time right now. On a single processor nothing can happen before the next event: a
// burst that ends earlier needs none of its own, and the clock goes straight to its end. False, and nothing done, where
// the burst has to be an event: an equal waits for a slice that ends first, or something else comes first (or at the
// same time, having been scheduled earlier).
[[nodiscard]] bool run_through(Kernel& kernel, ThreadSlot slot);

// Whether the running thread has no time left to use up, or has just run through it.
[[nodiscard]] inline bool may_act(Kernel& kernel, ThreadSlot slot) {
  return kernel.thread(slot).remaining.is_zero() || run_through(kernel, slot);
}

// Puts the right threads on the processors and lets them act until each is busy with a burst or idle.
// `act` carries out actions of a running thread that may_act(): one, and more as long as nobody's place could have
// changed meanwhile.
void settle(Kernel& kernel, void (*act)(Kernel&, ThreadSlot));

}  // namespace memsim::scheduler
