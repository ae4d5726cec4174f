#include "kernel/schedule/scheduler.hpp"

#include <algorithm>

namespace memsim::scheduler {
namespace {

Cpu& cpu_of(Kernel& kernel, const Thread& thread) { return kernel.cpus[thread.cpu.value()]; }

bool is_in_burst(const Cpu& cpu) { return !cpu.burst_end.is_null(); }

// What is used of the current slice after `used` in all: slices follow each other while no equal waits.
SimDuration of_current_slice(const Kernel& kernel, SimDuration used) {
  // Nearly always within the slice: a division is the dearest instruction here.
  return used < kernel.config->timeslice ? used : used % kernel.config->timeslice;
}

// Books the processor time used so far and cancels the end of the burst.
void interrupt_burst(Kernel& kernel, Cpu& cpu) {
  if (!is_in_burst(cpu)) return;
  kernel.events.cancel(cpu.burst_end);
  cpu.burst_end = EventHandle{};
  Thread& thread = kernel.thread(cpu.running);
  const SimDuration used = kernel.now() - cpu.burst_started;
  thread.remaining -= used;
  thread.slice_used = of_current_slice(kernel, thread.slice_used + used);
}

// Whether the running thread has to give way at the end of its slice.
bool keeps_to_slice(const Kernel& kernel, const Thread& thread) {
  return thread.scheduling == Scheduling::round_robin && kernel.ready.has(thread.priority);
}

void start_burst(Kernel& kernel, CpuId id) {
  Cpu& cpu = kernel.cpus[id.value()];
  const Thread& thread = kernel.thread(cpu.running);
  SimDuration length = thread.remaining;
  if (keeps_to_slice(kernel, thread)) length = std::min(length, kernel.config->timeslice - thread.slice_used);
  cpu.burst_started = kernel.now();
  cpu.burst_end = kernel.events.schedule(saturating_add(kernel.now(), length),
                                         {.kind = KernelEvent::Kind::burst_end, .index = id.value()});
}

void dispatch(Kernel& kernel, ThreadSlot slot, CpuId id) {
  Thread& thread = kernel.thread(slot);
  kernel.ready.remove(kernel.threads, slot);
  kernel.cpus[id.value()].running = slot;
  thread.state = ThreadState::running;
  thread.cpu = id;
  publish_state(kernel, slot);
}

void preempt(Kernel& kernel, CpuId id, ReadyQueue::End end) {
  Cpu& cpu = kernel.cpus[id.value()];
  interrupt_burst(kernel, cpu);
  const ThreadSlot slot = cpu.running;
  cpu.running = kNoThread;
  Thread& thread = kernel.thread(slot);
  thread.state = ThreadState::ready;
  thread.cpu = CpuId{};
  kernel.ready.insert(kernel.threads, slot, end);
  publish_state(kernel, slot);
}

// The processor that should take a thread of `priority`: an idle one, else the one with the lowest-priority thread if
// that is lower, else none (-1). Ties go to the lowest-numbered processor.
int processor_for(const Kernel& kernel, std::uint8_t priority) {
  int best = -1;
  int lowest = priority;
  for (std::size_t i = 0; i < kernel.cpus.size(); ++i) {
    if (kernel.cpus[i].running == kNoThread) return static_cast<int>(i);
    const int running = kernel.thread(kernel.cpus[i].running).priority;
    if (running < lowest) {
      lowest = running;
      best = static_cast<int>(i);
    }
  }
  return best;
}

void assign_processors(Kernel& kernel) {
  kernel.reassign = false;
  for (;;) {
    const ThreadSlot top = kernel.ready.top();
    if (top == kNoThread) return;
    const int index = processor_for(kernel, kernel.thread(top).priority);
    if (index < 0) return;
    const CpuId id(static_cast<std::uint16_t>(index));
    if (kernel.cpus[id.value()].running != kNoThread) preempt(kernel, id, ReadyQueue::End::head);
    dispatch(kernel, top, id);
  }
}

// A thread of this priority has become ready: equals that run unwatched now have a slice to keep to.
void watch_slices(Kernel& kernel, std::uint8_t priority) {
  for (std::size_t i = 0; i < kernel.cpus.size(); ++i) {
    Cpu& cpu = kernel.cpus[i];
    if (!is_in_burst(cpu)) continue;
    const Thread& running = kernel.thread(cpu.running);
    if (running.priority != priority || running.scheduling != Scheduling::round_robin) continue;
    interrupt_burst(kernel, cpu);
    start_burst(kernel, CpuId(static_cast<std::uint16_t>(i)));
  }
}

// The servers that `client` waits for, if it waits for any.
ChannelSlot waits_at(const Thread& client) {
  const bool waits = client.state == ThreadState::send || client.state == ThreadState::reply;
  return waits ? client.message.channel : kNoChannel;
}

// Who holds up a thread that waits for a mutex inherits a raise of it.
void raise_holder(Kernel& kernel, const Thread& thread) {
  if (thread.state != ThreadState::mutex || thread.held_up_by == kNoThread) return;
  Thread& holder = kernel.thread(thread.held_up_by);
  holder.inherited = std::max(holder.inherited, thread.priority);
  if (holder.priority < thread.priority) change_priority(kernel, thread.held_up_by, thread.priority);
}

// Changes one thread's priority; returns the channel to which a raise has to be passed on, or kNoChannel.
ChannelSlot change_one_priority(Kernel& kernel, ThreadSlot slot, std::uint8_t priority) {
  Thread& thread = kernel.thread(slot);
  const bool raised = priority > thread.priority;
  if (thread.state == ThreadState::ready) {
    kernel.ready.remove(kernel.threads, slot);
    thread.priority = priority;
    kernel.ready.insert(kernel.threads, slot, ReadyQueue::End::tail);
    watch_slices(kernel, priority);
  } else {
    thread.priority = priority;
  }
  if (thread.state == ThreadState::send) {
    kernel.channel(thread.message.channel).senders().reprioritise(slot, priority);
  }
  kernel.reassign = true;
  if (raised) raise_holder(kernel, thread);
  return raised ? waits_at(thread) : kNoChannel;
}

// Whether an event happens at or before `time`. Apart, because looking into the queue takes many registers.
[[gnu::noinline]] bool has_event_until(Kernel& kernel, SimTime time) { return kernel.events.next_is_until(time); }

}  // namespace

bool run_through(Kernel& kernel, ThreadSlot slot) {
  if (kernel.cpus.size() != 1) return false;
  Thread& thread = kernel.thread(slot);
  const SimTime end = saturating_add(kernel.now(), thread.remaining);
  if (end > kernel.horizon || end == never() || (!kernel.events.empty() && has_event_until(kernel, end))) return false;
  const SimDuration slice = thread.slice_used + thread.remaining;
  if (slice >= kernel.config->timeslice && keeps_to_slice(kernel, thread)) return false;
  thread.slice_used = of_current_slice(kernel, slice);
  thread.remaining = SimDuration::zero();
  kernel.enter_instant(end);
  return true;
}

void hold_up(Kernel& kernel, CpuId id, SimDuration time) {
  Cpu& cpu = kernel.cpus[id.value()];
  if (cpu.running == kNoThread) return;
  interrupt_burst(kernel, cpu);
  charge(kernel.thread(cpu.running), time);
}

void publish_state(Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  kernel.records.publish(ThreadStateChanged{
      .pid = thread.pid, .tid = thread.tid, .state = thread.state, .priority = thread.priority, .cpu = thread.cpu});
}

void make_ready(Kernel& kernel, ThreadSlot slot, ReadyQueue::End end) {
  Thread& thread = kernel.thread(slot);
  thread.state = ThreadState::ready;
  thread.slice_used = SimDuration::zero();
  kernel.ready.insert(kernel.threads, slot, end);
  kernel.reassign = true;
  watch_slices(kernel, thread.priority);
}

void block(Kernel& kernel, ThreadSlot slot, ThreadState state) {
  Thread& thread = kernel.thread(slot);
  MEMSIM_CHECK(thread.state == ThreadState::running);
  Cpu& cpu = cpu_of(kernel, thread);
  interrupt_burst(kernel, cpu);
  cpu.running = kNoThread;
  thread.cpu = CpuId{};
  thread.state = state;
  kernel.reassign = true;
}

void yield(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  thread.slice_used = SimDuration::zero();
  if (thread.state != ThreadState::running || !kernel.ready.has(thread.priority)) return;
  preempt(kernel, thread.cpu, ReadyQueue::End::tail);
  kernel.reassign = true;
}

void forget(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  if (thread.state == ThreadState::running) {
    block(kernel, slot, ThreadState::dead);
  } else {
    if (thread.state == ThreadState::ready) kernel.ready.remove(kernel.threads, slot);
    thread.state = ThreadState::dead;
  }
}

void change_priority(Kernel& kernel, ThreadSlot slot, std::uint8_t priority) {
  const ChannelSlot onward = change_one_priority(kernel, slot, priority);
  if (onward != kNoChannel) boost_servers(kernel, onward, priority);
}

void boost_servers(Kernel& kernel, ChannelSlot channel, std::uint8_t priority) {
  // A raise travels along the chain of servers that wait for servers. It only ever raises, so a circle ends it.
  std::vector<ChannelSlot> to_visit{channel};
  while (!to_visit.empty()) {
    const ChannelSlot at = to_visit.back();
    to_visit.pop_back();
    if (kernel.channel(at).has(qnx::kChannelFixedPriority)) continue;
    const ProcessSlot owner = kernel.find_process(kernel.channel(at).owner());
    MEMSIM_CHECK(owner != kNoProcess);
    for (const ThreadSlot slot : kernel.process(owner).threads) {
      const Thread& server = kernel.thread(slot);
      if (server.last_channel != at || server.priority >= priority) continue;
      const ChannelSlot onward = change_one_priority(kernel, slot, priority);
      if (onward != kNoChannel) to_visit.push_back(onward);
    }
  }
}

void burst_ended(Kernel& kernel, CpuId id) {
  Cpu& cpu = kernel.cpus[id.value()];
  Thread& thread = kernel.thread(cpu.running);
  cpu.burst_end = EventHandle{};
  const SimDuration used = kernel.now() - cpu.burst_started;
  thread.remaining -= used;
  const SimDuration slice = thread.slice_used + used;
  thread.slice_used = of_current_slice(kernel, slice);
  if (slice >= kernel.config->timeslice && keeps_to_slice(kernel, thread)) {
    thread.slice_used = SimDuration::zero();
    preempt(kernel, id, ReadyQueue::End::tail);
    kernel.reassign = true;
  }
}

void settle(Kernel& kernel, void (*act)(Kernel&, ThreadSlot)) {
  while (!kernel.stopped) {
    if (kernel.reassign) assign_processors(kernel);
    bool acted = false;
    for (std::size_t i = 0; i < kernel.cpus.size() && !acted; ++i) {
      const Cpu& cpu = kernel.cpus[i];
      if (cpu.running == kNoThread || is_in_burst(cpu)) continue;
      if (may_act(kernel, cpu.running)) {
        if (!kernel.stopped) act(kernel, cpu.running);
        acted = true;
      } else {
        start_burst(kernel, CpuId(static_cast<std::uint16_t>(i)));
      }
    }
    if (!acted && !kernel.reassign) return;
  }
}

}  // namespace memsim::scheduler
