#include "kernel/interpreter.hpp"

#include <algorithm>
#include <bit>

#include "kernel/calls.hpp"
#include "kernel/evaluate.hpp"
#include "kernel/lifecycle.hpp"
#include "kernel/program/cost.hpp"
#include "kernel/schedule/scheduler.hpp"
#include "kernel/service.hpp"

namespace memsim::interpreter {
namespace {

[[gnu::cold]] void fault(Kernel& kernel, ThreadSlot slot, std::uint32_t line, Fault reason) {
  kernel.records.publish(
      ProgramFault{.pid = kernel.thread(slot).pid, .tid = kernel.thread(slot).tid, .line = line, .reason = reason});
  lifecycle::terminate(kernel, kernel.thread(slot).process, ExitCause::fault);
}

// The value of a step's operand; a fault ends the process and gives nothing.
std::optional<Value> operand(Kernel& kernel, ThreadSlot slot, const Step& step, std::size_t index) {
  // Most operands are constants and variables: those are read right here.
  const Operand& given = step.operands[index];
  if (given.kind == Operand::Kind::constant) return given.value;
  if (given.kind == Operand::Kind::variable) return variable(kernel.thread(slot), kernel.now(), given.value);
  const Evaluated<Value> value = evaluate(kernel.thread(slot), kernel.now(), given);
  if (value) return *value;
  fault(kernel, slot, step.line, value.error());
  return std::nullopt;
}

std::optional<SimDuration> duration(Kernel& kernel, ThreadSlot slot, const Step& step) {
  const std::optional<Value> value = operand(kernel, slot, step, 0);
  if (!value) return std::nullopt;
  if (*value >= 0) return SimDuration(static_cast<std::uint64_t>(*value));
  fault(kernel, slot, step.line, "a negative duration");
  return std::nullopt;
}

// Evaluates the arguments that are not constant. False after a fault, which has ended the process.
bool evaluate_arguments(Kernel& kernel, ThreadSlot slot, const Step& step) {
  Thread& thread = kernel.thread(slot);
  PendingCall& pending = thread.pending;
  for (unsigned left = pending.plan->varying; left != 0; left &= left - 1) {
    const auto index = static_cast<std::size_t>(std::countr_zero(left));
    const Operand& given = step.operands[index];
    if (given.kind == Operand::Kind::variable) {
      pending.arguments[index] = variable(thread, kernel.now(), given.value);
      continue;
    }
    if (given.kind == Operand::Kind::text) {
      Evaluated<std::string> text = evaluate_text(thread, kernel.now(), given);
      if (!text) return fault(kernel, slot, step.line, text.error()), false;
      pending.text = std::move(*text);
      continue;
    }
    const std::optional<Value> value = operand(kernel, slot, step, index);
    if (!value) return false;
    pending.arguments[index] = *value;
  }
  return true;
}

// Evaluates the arguments of a call and charges what it costs to get into the kernel.
void begin_call(Kernel& kernel, ThreadSlot slot, const Step& step, const CallPlan& plan) {
  Thread& thread = kernel.thread(slot);
  PendingCall& pending = thread.pending;
  pending.plan = &plan;
  pending.started = kernel.now();
  pending.arguments = plan.arguments;
  if (!pending.text.empty()) pending.text.clear();
  if (plan.varying != 0 && !evaluate_arguments(kernel, slot, step)) return;
  thread.phase = Phase::do_call;
  scheduler::charge(thread, plan.entry_cost_varies ? entry_cost(kernel.config->costs, plan.call, pending.arguments)
                                                   : plan.entry_cost);
}

[[gnu::noinline]] void go_to_sleep(Kernel& kernel, ThreadSlot slot, SimDuration time) {
  Thread& thread = kernel.thread(slot);
  scheduler::block(kernel, slot, ThreadState::nanosleep);
  scheduler::publish_state(kernel, slot);
  thread.timer = kernel.events.schedule(saturating_add(kernel.now(), time),
                                        {.kind = KernelEvent::Kind::timer, .index = slot.value()});
}

[[gnu::noinline]] void choose(Thread& thread, const Step& step) {
  const Choice& choice = thread.program->choices[static_cast<std::size_t>(step.operands[0].value)];
  const std::uint64_t draw = thread.random.below(choice.cumulative_weight.back());
  const auto chosen = std::upper_bound(choice.cumulative_weight.begin(), choice.cumulative_weight.end(), draw);
  thread.pc = choice.target[static_cast<std::size_t>(chosen - choice.cumulative_weight.begin())];
}

void begin_loop(Kernel& kernel, ThreadSlot slot, const Step& step) {
  const std::optional<Value> times = operand(kernel, slot, step, 0);
  if (!times) return;
  Thread& thread = kernel.thread(slot);
  thread.slots[step.result] = 0;
  thread.slots[step.result + 1u] = *times;
  if (*times <= 0) thread.pc = step.target;
}

void end_loop(Thread& thread, const Step& step) {
  const Value next = ++thread.slots[step.result];
  if (next < thread.slots[step.result + 1u]) thread.pc = step.target;
}

[[gnu::noinline]] void publish_note(Kernel& kernel, ThreadSlot slot, const Step& step) {
  const Evaluated<std::string> text = evaluate_text(kernel.thread(slot), kernel.now(), step.operands[0]);
  if (!text) return fault(kernel, slot, step.line, text.error());
  kernel.records.publish(Note{.pid = kernel.pid_of(slot), .tid = kernel.thread(slot).tid, .text = *text});
}

[[gnu::cold]] void finish(Kernel& kernel, ThreadSlot slot) {
  // The end of the main thread is the end of the process, as a return from main() is.
  if (kernel.thread(slot).tid == ThreadId(1)) {
    lifecycle::terminate(kernel, kernel.thread(slot).process, ExitCause::finished);
  } else {
    lifecycle::end_thread(kernel, slot);
  }
}

// Steps that take no simulated time and block nobody.
void control(Kernel& kernel, ThreadSlot slot, const Step& step) {
  Thread& thread = kernel.thread(slot);
  switch (step.kind) {
    case Step::Kind::assign:
      if (const auto value = operand(kernel, slot, step, 0)) thread.slots[step.result] = *value;
      break;
    case Step::Kind::jump:
      thread.pc = step.target;
      break;
    case Step::Kind::jump_if_zero:
      if (const auto value = operand(kernel, slot, step, 0); value && *value == 0) thread.pc = step.target;
      break;
    case Step::Kind::jump_if_late:
      if (const auto value = operand(kernel, slot, step, 0);
          value && kernel.now() >= SimTime(static_cast<std::uint64_t>(*value))) {
        thread.pc = step.target;
      }
      break;
    case Step::Kind::loop_begin:
      begin_loop(kernel, slot, step);
      break;
    case Step::Kind::loop_end:
      end_loop(thread, step);
      break;
    case Step::Kind::choose:
      choose(thread, step);
      break;
    default:
      MEMSIM_CHECK(step.kind == Step::Kind::note);
      publish_note(kernel, slot, step);
  }
}

void next_step(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  const std::uint32_t pc = thread.pc++;
  const Step& step = thread.program->steps[pc];
  switch (step.kind) {
    case Step::Kind::call:
      return begin_call(kernel, slot, step, thread.plans[pc]);
    case Step::Kind::compute:
      if (const auto time = duration(kernel, slot, step)) scheduler::charge(thread, *time);
      return;
    case Step::Kind::sleep:
      if (const auto time = duration(kernel, slot, step)) go_to_sleep(kernel, slot, *time);
      return;
    case Step::Kind::finish:
      return finish(kernel, slot);
    default:
      return control(kernel, slot, step);
  }
}

// One action.
[[gnu::always_inline]] inline void take_action(Kernel& kernel, ThreadSlot slot) {
  if (++kernel.actions_at_this_instant > kernel.config->limits.events_at_one_instant) {
    return kernel.stop(StopReason::instant_cap, "limits.events_at_one_instant");
  }
  switch (kernel.thread(slot).phase) {
    case Phase::next_step:
      return next_step(kernel, slot);
    case Phase::do_call:
      return calls::carry_out(kernel, slot);
    case Phase::exit:
      return lifecycle::terminate(kernel, kernel.thread(slot).process, ExitCause::finished);
    case Phase::serve:
      return service::serve(kernel, slot);
    case Phase::send_reply:
      return service::send_reply(kernel, slot);
  }
}

// Threads whose end the last action made due.
[[gnu::cold]] void reap(Kernel& kernel) {
  while (!kernel.to_reap.empty()) {
    const ThreadSlot dead = kernel.to_reap.back();
    kernel.to_reap.pop_back();
    lifecycle::end_thread(kernel, dead);
  }
}

}  // namespace

void act(Kernel& kernel, ThreadSlot slot) {
  do {
    take_action(kernel, slot);
    if (!kernel.to_reap.empty()) reap(kernel);
  } while (!kernel.reassign && !kernel.stopped && scheduler::may_act(kernel, slot));
}

}  // namespace memsim::interpreter
