#include "kernel/notices/interrupts.hpp"

#include <algorithm>

#include <memsim/base/qnx.hpp>

#include "kernel/messages/messenger.hpp"
#include "kernel/notices/notices.hpp"
#include "kernel/schedule/scheduler.hpp"

namespace memsim::notices::interrupts {
namespace {

const InterruptSource& source_of(const Kernel& kernel, std::size_t index) { return kernel.config->interrupts[index]; }

// The source that the call's vector names. EPERM, EINVAL.
SimResult<std::size_t> named(const Kernel& kernel, ThreadSlot slot) {
  const Process& process = kernel.process_of(slot);
  if (!kernel.config->processes[process.config].abilities.interrupt) return refused(Errno::eperm);
  const Value vector = kernel.thread(slot).ask.arguments[InterruptArgs::vector];
  const std::vector<InterruptSource>& sources = kernel.config->interrupts;
  const auto found = std::find_if(sources.begin(), sources.end(),
                                  [vector](const InterruptSource& source) { return source.vector == vector; });
  if (found == sources.end()) return refused(Errno::einval);
  return static_cast<std::size_t>(found - sources.begin());
}

// The same for InterruptMask() and InterruptUnmask(), which may name one that is attached besides.
SimResult<std::size_t> named_with_id(const Kernel& kernel, ThreadSlot slot) {
  const SimResult<std::size_t> index = named(kernel, slot);
  const Value id = kernel.thread(slot).ask.arguments[InterruptArgs::id];
  if (!index || id == -1) return index;
  const std::vector<InterruptAttachment>& attached = kernel.interrupts[*index].attached;
  const bool is_attached = std::any_of(attached.begin(), attached.end(),
                                       [id](const InterruptAttachment& attachment) { return attachment.id == id; });
  if (!is_attached) return refused(Errno::einval);
  return index;
}

// When the source asks for attention the first time after now.
SimTime next_time(const Kernel& kernel, std::size_t index) {
  const InterruptSource& source = source_of(kernel, index);
  if (kernel.now() < source.first) return source.count > 0 ? source.first : never();
  const std::uint64_t past = (kernel.now() - source.first).count() / source.every.count() + 1;
  if (past >= source.count) return never();
  const auto distance = checked_multiply(source.every, past);
  return distance ? saturating_add(source.first, *distance) : never();
}

// One event of the queue is enough for all sources: that of the earliest.
void schedule_next(Kernel& kernel) {
  if (!kernel.interrupts_due.is_null()) kernel.events.cancel(kernel.interrupts_due);
  kernel.interrupts_due = EventHandle{};
  SimTime earliest = never();
  for (const InterruptState& state : kernel.interrupts) {
    if (!state.attached.empty()) earliest = std::min(earliest, state.next);
  }
  if (earliest == never()) return;
  kernel.interrupts_due = kernel.events.schedule(earliest, {.kind = KernelEvent::Kind::interrupts});
}

void publish(Kernel& kernel, std::size_t index, InterruptFate fate) {
  const InterruptSource& source = source_of(kernel, index);
  kernel.records.publish(InterruptRaised{.source = source.name, .vector = source.vector, .fate = fate});
}

// Whoever is attached will be told, and the vector is masked until each has unmasked it.
void take(Kernel& kernel, std::size_t index) {
  InterruptState& state = kernel.interrupts[index];
  state.is_pending = false;
  publish(kernel, index, InterruptFate::taken);
  for (InterruptAttachment& attachment : state.attached) {
    attachment.owed = true;
    attachment.masks = true;
    ++state.masks;
  }
  const SimDuration cost = kernel.config->costs.interrupt;
  scheduler::hold_up(kernel, CpuId(0), cost);
  kernel.events.post(saturating_add(kernel.now(), cost),
                     {.kind = KernelEvent::Kind::interrupt, .index = static_cast<std::uint32_t>(index)});
}

void ask_one(Kernel& kernel, std::size_t index) {
  InterruptState& state = kernel.interrupts[index];
  if (state.masks == 0) return take(kernel, index);
  publish(kernel, index, state.is_pending ? InterruptFate::lost : InterruptFate::pending);
  state.is_pending = true;
}

void wake(Kernel& kernel, ThreadSlot slot, const Answer& answer) {
  kernel.cancel_timer(kernel.thread(slot));
  messenger::complete(kernel, slot, answer);
  scheduler::make_ready(kernel, slot, ReadyQueue::End::tail);
  scheduler::publish_state(kernel, slot);
}

void tell_one(Kernel& kernel, const InterruptAttachment& attachment) {
  Thread& thread = kernel.thread(attachment.thread);
  if (!attachment.notice.wakes) {
    static_cast<void>(send(kernel, thread.pid, attachment.notice));
  } else if (thread.state == ThreadState::interrupt) {
    wake(kernel, attachment.thread, {});
  } else {
    thread.interrupted = true;
  }
}

void undo_mask(Kernel& kernel, std::size_t index) {
  InterruptState& state = kernel.interrupts[index];
  // Another process may have undone it already.
  if (state.masks == 0) return;
  if (--state.masks == 0 && state.is_pending) take(kernel, index);
}

// Takes out the attachments that `leaves` says yes to, with their masks; whether there were any. Nobody is left to
// unmask what nobody is left to be told of.
template <class Leaves>
bool remove(Kernel& kernel, std::size_t index, Leaves&& leaves) {
  InterruptState& state = kernel.interrupts[index];
  const auto of_leaving = [&](const InterruptAttachment& each) { return leaves(each) && each.masks; };
  const auto masks = std::count_if(state.attached.begin(), state.attached.end(), of_leaving);
  if (std::erase_if(state.attached, leaves) == 0) return false;
  if (state.attached.empty()) state = InterruptState{};
  for (auto left = masks; left > 0 && !state.attached.empty(); --left) undo_mask(kernel, index);
  schedule_next(kernel);
  return true;
}

}  // namespace

SimResult<Value> attach(Kernel& kernel, ThreadSlot slot) {
  const SimResult<std::size_t> index = named(kernel, slot);
  if (!index) return refused(index.error());
  const Ask& call = kernel.thread(slot).ask;
  const bool wakes = call.what == Call::interrupt_attach_thread ||
                     call.arguments[InterruptArgs::event + EventArgs::coid] == qnx::kNoFd;
  Notice notice{.wakes = true};
  if (!wakes) {
    const SimResult<Notice> pulse = read_notice(kernel, slot, InterruptArgs::event);
    if (!pulse) return refused(pulse.error());
    notice = *pulse;
  }
  InterruptState& state = kernel.interrupts[*index];
  if (state.attached.size() == kMost) return refused(Errno::eagain);
  if (state.attached.empty()) state.next = next_time(kernel, *index);
  state.attached.push_back({.id = ++kernel.last_interrupt_id, .thread = slot, .notice = notice});
  schedule_next(kernel);
  return Value{kernel.last_interrupt_id};
}

SimResult<void> detach(Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  if (!kernel.config->processes[kernel.process_of(slot).config].abilities.interrupt) return refused(Errno::eperm);
  const Value id = thread.ask.arguments[InterruptDetachArgs::id];
  const auto is_meant = [&](const InterruptAttachment& attachment) {
    return attachment.id == id && kernel.thread(attachment.thread).process == thread.process;
  };
  for (std::size_t i = 0; i < kernel.interrupts.size(); ++i) {
    if (remove(kernel, i, is_meant)) return {};
  }
  return refused(Errno::einval);
}

SimResult<Value> mask(Kernel& kernel, ThreadSlot slot) {
  const SimResult<std::size_t> index = named_with_id(kernel, slot);
  if (!index) return refused(index.error());
  return Value{++kernel.interrupts[*index].masks};
}

SimResult<Value> unmask(Kernel& kernel, ThreadSlot slot) {
  const SimResult<std::size_t> index = named_with_id(kernel, slot);
  if (!index) return refused(index.error());
  InterruptState& state = kernel.interrupts[*index];
  if (state.masks == 0) return refused(Errno::einval);
  const Value id = kernel.thread(slot).ask.arguments[InterruptArgs::id];
  const auto told = std::find_if(state.attached.begin(), state.attached.end(), [&](const InterruptAttachment& each) {
    return each.masks && (id == -1 ? kernel.pid_of(each.thread) == kernel.pid_of(slot) : each.id == id);
  });
  if (told != state.attached.end()) told->masks = false;
  const Value left{state.masks - 1};
  undo_mask(kernel, *index);
  return left;
}

void wait(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  if (std::exchange(thread.interrupted, false)) return messenger::complete(kernel, slot, {});
  const Value timeout = thread.ask.arguments[InterruptWaitArgs::timeout];
  if (timeout == 0) return messenger::complete(kernel, slot, {.value = -1, .error = Errno::etimedout});
  if (timeout > 0) {
    thread.timer =
        kernel.events.schedule(saturating_add(kernel.now(), SimDuration(static_cast<std::uint64_t>(timeout))),
                               {.kind = KernelEvent::Kind::timer, .index = slot.value()});
  }
  scheduler::block(kernel, slot, ThreadState::interrupt);
  scheduler::publish_state(kernel, slot);
}

void timed_out(Kernel& kernel, ThreadSlot slot) {
  kernel.thread(slot).timer = EventHandle{};
  wake(kernel, slot, {.value = -1, .error = Errno::etimedout});
}

void ask(Kernel& kernel) {
  kernel.interrupts_due = EventHandle{};
  std::vector<std::size_t> due;
  for (std::size_t i = 0; i < kernel.interrupts.size(); ++i) {
    if (!kernel.interrupts[i].attached.empty() && kernel.interrupts[i].next == kernel.now()) due.push_back(i);
  }
  std::stable_sort(due.begin(), due.end(), [&](std::size_t a, std::size_t b) {
    return source_of(kernel, a).priority > source_of(kernel, b).priority;
  });
  for (const std::size_t index : due) {
    kernel.interrupts[index].next = next_time(kernel, index);
    ask_one(kernel, index);
  }
  schedule_next(kernel);
}

void tell(Kernel& kernel, std::uint32_t source) {
  // A copy: whom a pulse wakes may run only later, but tables may grow meanwhile.
  const std::vector<InterruptAttachment> attached = kernel.interrupts[source].attached;
  for (InterruptAttachment& attachment : kernel.interrupts[source].attached) attachment.owed = false;
  for (const InterruptAttachment& attachment : attached) {
    if (attachment.owed) tell_one(kernel, attachment);
  }
}

void thread_ends(Kernel& kernel, ThreadSlot slot) {
  for (std::size_t i = 0; i < kernel.interrupts.size(); ++i) {
    remove(kernel, i, [slot](const InterruptAttachment& attachment) { return attachment.thread == slot; });
  }
}

}  // namespace memsim::notices::interrupts
