#include "kernel/door.hpp"

#include <algorithm>

#include "kernel/calls.hpp"
#include "kernel/lifecycle.hpp"
#include "kernel/schedule/scheduler.hpp"

namespace memsim {

void Ask::call(Call wanted, std::initializer_list<Value> given, std::string_view name) {
  const CallSignature& signature = signature_of(wanted);
  MEMSIM_CHECK_THAT(given.size() <= signature.parameters.size(), "the call has that many arguments");
  kind = Kind::call;
  what = wanted;
  for (std::size_t i = 0; i < signature.parameters.size(); ++i) arguments[i] = signature.parameters[i].default_value;
  std::copy(given.begin(), given.end(), arguments.begin());
  text = name;
  bytes.clear();
}

namespace door {
namespace {

[[gnu::noinline]] void go_to_sleep(Kernel& kernel, ThreadSlot slot, SimDuration time) {
  Thread& thread = kernel.thread(slot);
  scheduler::block(kernel, slot, ThreadState::nanosleep);
  scheduler::publish_state(kernel, slot);
  thread.timer = kernel.events.schedule(saturating_add(kernel.now(), time),
                                        {.kind = KernelEvent::Kind::timer, .index = slot.value()});
}

[[gnu::noinline]] void publish_note(Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  kernel.records.publish(Note{.pid = thread.pid, .tid = thread.tid, .text = thread.ask.text});
}

// The ends of threads and processes, which are few.
[[gnu::cold]] void end(Kernel& kernel, ThreadSlot slot, Ask::Kind how) {
  const Thread& thread = kernel.thread(slot);
  if (how == Ask::Kind::fault) {
    kernel.records.publish(
        ProgramFault{.pid = thread.pid, .tid = thread.tid, .line = thread.ask.line, .reason = thread.ask.text});
    return lifecycle::terminate(kernel, thread.process, ExitCause::fault);
  }
  // The end of the main thread is the end of the process, as a return from main() is.
  if (how == Ask::Kind::exit || thread.tid == ThreadId(1)) {
    return lifecycle::terminate(kernel, thread.process, ExitCause::finished);
  }
  lifecycle::end_thread(kernel, slot);
}

void ask_caller(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  Ask& ask = thread.ask;
  ask.turns = 0;
  const std::uint64_t spare = kernel.config->limits.events_at_one_instant - kernel.actions_at_this_instant;
  thread.caller->next({.now = kernel.now(), .spare = spare, .kernel = &kernel, .thread = slot}, ask);
  kernel.actions_at_this_instant += ask.turns;
  switch (ask.kind) {
    case Ask::Kind::again:
      return;
    case Ask::Kind::call:
      thread.call_started = kernel.now();
      thread.phase = Phase::enter;
      return scheduler::charge(thread, kernel.entry_costs.of(kernel.config->costs, ask.what, ask.arguments));
    case Ask::Kind::compute:
      return scheduler::charge(thread, ask.time);
    case Ask::Kind::sleep:
      return go_to_sleep(kernel, slot, ask.time);
    case Ask::Kind::note:
      return publish_note(kernel, slot);
    case Ask::Kind::finish:
    case Ask::Kind::exit:
    case Ask::Kind::fault:
      return end(kernel, slot, ask.kind);
  }
}

}  // namespace

[[gnu::cold]] void reap(Kernel& kernel) {
  while (!kernel.to_reap.empty()) {
    const ThreadSlot dead = kernel.to_reap.back();
    kernel.to_reap.pop_back();
    lifecycle::end_thread(kernel, dead);
  }
}

void act(Kernel& kernel, ThreadSlot slot) {
  do {
    if (++kernel.actions_at_this_instant > kernel.config->limits.events_at_one_instant) {
      return kernel.stop(StopReason::instant_cap, "limits.events_at_one_instant");
    }
    kernel.thread(slot).phase == Phase::ask ? ask_caller(kernel, slot) : calls::carry_out(kernel, slot);
    if (!kernel.to_reap.empty()) reap(kernel);
  } while (!kernel.reassign && !kernel.stopped && scheduler::may_act(kernel, slot));
}

}  // namespace door
}  // namespace memsim
