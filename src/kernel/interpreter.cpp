#include "kernel/interpreter.hpp"

#include <algorithm>

#include "kernel/calls.hpp"
#include "kernel/cost.hpp"
#include "kernel/evaluate.hpp"
#include "kernel/lifecycle.hpp"
#include "kernel/scheduler.hpp"
#include "kernel/service.hpp"

namespace memsim::interpreter {
namespace {

void fault(Kernel& kernel, ThreadSlot slot, std::uint32_t line, Fault reason) {
  kernel.records.publish(
      ProgramFault{.pid = kernel.pid_of(slot), .tid = kernel.thread(slot).tid, .line = line, .reason = reason});
  lifecycle::terminate(kernel, kernel.thread(slot).process, ExitCause::fault);
}

// The value of a step's operand; a fault ends the process and gives nothing.
std::optional<Value> operand(Kernel& kernel, ThreadSlot slot, const Step& step, std::size_t index, Value absent = 0) {
  // Most operands are constants or not given: those need no evaluation, and they are on the path of every call.
  const Operand& given = step.operands[index];
  if (given.kind == Operand::Kind::constant) return given.value;
  if (given.kind == Operand::Kind::absent) return absent;
  const Evaluated<Value> value = evaluate(kernel.thread(slot), kernel.now(), given, absent);
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

// Evaluates the arguments of a call and charges what it costs to get into the kernel.
void begin_call(Kernel& kernel, ThreadSlot slot, const Step& step) {
  const CallSignature& signature = signature_of(step.call);
  Thread& thread = kernel.thread(slot);
  PendingCall& pending = thread.pending;
  pending.call = step.call;
  pending.exit_on_error = step.exit_on_error;
  pending.result = step.result;
  pending.started = kernel.now();
  pending.text.clear();
  for (std::size_t i = 0; i < signature.parameters.size(); ++i) {
    if (step.operands[i].kind == Operand::Kind::text) {
      Evaluated<std::string> text = evaluate_text(thread, kernel.now(), step.operands[i]);
      if (!text) return fault(kernel, slot, step.line, text.error());
      pending.text = std::move(*text);
    }
    const std::optional<Value> value = operand(kernel, slot, step, i, signature.parameters[i].default_value);
    if (!value) return;
    pending.arguments[i] = *value;
  }
  thread.phase = Phase::do_call;
  scheduler::charge(kernel, slot, entry_cost(kernel.config->costs, pending));
}

void go_to_sleep(Kernel& kernel, ThreadSlot slot, SimDuration time) {
  Thread& thread = kernel.thread(slot);
  scheduler::block(kernel, slot, ThreadState::nanosleep);
  scheduler::publish_state(kernel, slot);
  thread.timer = kernel.events.schedule(saturating_add(kernel.now(), time),
                                        {.kind = KernelEvent::Kind::timer, .index = slot.value()});
}

void choose(Thread& thread, const Step& step) {
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

void publish_note(Kernel& kernel, ThreadSlot slot, const Step& step) {
  const Evaluated<std::string> text = evaluate_text(kernel.thread(slot), kernel.now(), step.operands[0]);
  if (!text) return fault(kernel, slot, step.line, text.error());
  kernel.records.publish(Note{.pid = kernel.pid_of(slot), .tid = kernel.thread(slot).tid, .text = *text});
}

void finish(Kernel& kernel, ThreadSlot slot) {
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
  const Step& step = thread.program->steps[thread.pc++];
  switch (step.kind) {
    case Step::Kind::call:
      return begin_call(kernel, slot, step);
    case Step::Kind::compute:
      if (const auto time = duration(kernel, slot, step)) scheduler::charge(kernel, slot, *time);
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

// The call has returned and what it cost is paid: look whether the program goes on.
void end_call(Kernel& kernel, ThreadSlot slot) {
  Thread& thread = kernel.thread(slot);
  thread.phase = Phase::next_step;
  if (thread.pending.error != Errno::eok && thread.pending.exit_on_error) {
    lifecycle::terminate(kernel, thread.process, ExitCause::finished);
  }
}

}  // namespace

void act(Kernel& kernel, ThreadSlot slot) {
  if (++kernel.actions_at_this_instant > kernel.config->limits.events_at_one_instant) {
    return kernel.stop(StopReason::instant_cap, "limits.events_at_one_instant");
  }
  switch (kernel.thread(slot).phase) {
    case Phase::next_step:
      return next_step(kernel, slot);
    case Phase::do_call:
      return calls::carry_out(kernel, slot);
    case Phase::end_call:
      return end_call(kernel, slot);
    case Phase::serve:
      return service::serve(kernel, slot);
    case Phase::send_reply:
      return service::send_reply(kernel, slot);
  }
}

}  // namespace memsim::interpreter
