#include "kernel/program/interpreter.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

[[gnu::cold]] void fault(Ask& ask, const Step& step, Fault reason) {
  ask.kind = Ask::Kind::fault;
  ask.line = step.line;
  ask.text = reason;
}

}  // namespace

Interpreter::Interpreter(const Program& program, const CallPlans& plans, const Birth& birth)
    : frame_{&program, std::vector<Value>(program.slot_count), std::vector<DrawState>(program.distributions.size()),
             birth.random},
      plans_(plans.of(program).data()) {
  frame_.slots[static_cast<std::size_t>(Builtin::index)] = birth.instance;
  frame_.slots[static_cast<std::size_t>(Builtin::pid)] = birth.pid.value();
  frame_.slots[static_cast<std::size_t>(Builtin::tid)] = birth.tid.value();
}

// The value of a step's operand; nothing after a fault, which is then what is asked.
inline std::optional<Value> Interpreter::operand(SimTime now, const Step& step, std::size_t index, Ask& ask) {
  // Most operands are constants and variables: those are read right here.
  const Operand& given = step.operands[index];
  if (given.kind == Operand::Kind::constant) return given.value;
  if (given.kind == Operand::Kind::variable) return variable(frame_, now, given.value);
  const Evaluated<Value> value = evaluate(frame_, now, given);
  if (value) return *value;
  fault(ask, step, value.error());
  return std::nullopt;
}

bool Interpreter::duration(SimTime now, const Step& step, Ask& ask) {
  const std::optional<Value> value = operand(now, step, 0, ask);
  if (!value) return false;
  if (*value < 0) return fault(ask, step, "a negative duration"), false;
  ask.time = SimDuration(static_cast<std::uint64_t>(*value));
  return true;
}

// Evaluates the arguments that are not constant. False after a fault.
bool Interpreter::evaluate_arguments(SimTime now, const Step& step, const CallPlan& plan, Ask& ask) {
  for (unsigned left = plan.varying; left != 0; left &= left - 1) {
    const auto index = static_cast<std::size_t>(std::countr_zero(left));
    const Operand& given = step.operands[index];
    if (given.kind == Operand::Kind::variable) {
      ask.arguments[index] = variable(frame_, now, given.value);
      continue;
    }
    if (given.kind == Operand::Kind::text) {
      Evaluated<std::string> text = evaluate_text(frame_, now, given);
      if (!text) return fault(ask, step, text.error()), false;
      ask.text = std::move(*text);
      continue;
    }
    const std::optional<Value> value = operand(now, step, index, ask);
    if (!value) return false;
    ask.arguments[index] = *value;
  }
  return true;
}

inline void Interpreter::begin_call(SimTime now, const Step& step, const CallPlan& plan, Ask& ask) {
  made_ = &plan;
  ask.kind = Ask::Kind::call;
  ask.what = plan.call;
  ask.arguments = plan.arguments;
  if (!ask.text.empty()) ask.text.clear();
  if (plan.varying != 0) evaluate_arguments(now, step, plan, ask);
}

void Interpreter::choose(const Step& step) {
  const Choice& choice = frame_.program->choices[static_cast<std::size_t>(step.operands[0].value)];
  const std::uint64_t draw = frame_.random.below(choice.cumulative_weight.back());
  const auto chosen = std::upper_bound(choice.cumulative_weight.begin(), choice.cumulative_weight.end(), draw);
  pc_ = choice.target[static_cast<std::size_t>(chosen - choice.cumulative_weight.begin())];
}

void Interpreter::begin_loop(SimTime now, const Step& step, Ask& ask) {
  const std::optional<Value> times = operand(now, step, 0, ask);
  if (!times) return;
  frame_.slots[step.result] = 0;
  frame_.slots[step.result + 1u] = *times;
  if (*times <= 0) pc_ = step.target;
}

inline void Interpreter::end_loop(const Step& step) {
  const Value next = ++frame_.slots[step.result];
  if (next < frame_.slots[step.result + 1u]) pc_ = step.target;
}

void Interpreter::note(SimTime now, const Step& step, Ask& ask) {
  Evaluated<std::string> text = evaluate_text(frame_, now, step.operands[0]);
  if (!text) return fault(ask, step, text.error());
  ask.kind = Ask::Kind::note;
  ask.text = std::move(*text);
}

// Steps that take no simulated time and block nobody.
inline void Interpreter::control(SimTime now, const Step& step, Ask& ask) {
  ask.kind = Ask::Kind::again;
  switch (step.kind) {
    case Step::Kind::assign:
      if (const auto value = operand(now, step, 0, ask)) frame_.slots[step.result] = *value;
      break;
    case Step::Kind::jump:
      pc_ = step.target;
      break;
    case Step::Kind::jump_if_zero:
      if (const auto value = operand(now, step, 0, ask); value && *value == 0) pc_ = step.target;
      break;
    case Step::Kind::jump_if_late:
      if (const auto value = operand(now, step, 0, ask); value && now >= SimTime(static_cast<std::uint64_t>(*value))) {
        pc_ = step.target;
      }
      break;
    case Step::Kind::loop_begin:
      begin_loop(now, step, ask);
      break;
    case Step::Kind::loop_end:
      end_loop(step);
      break;
    case Step::Kind::choose:
      choose(step);
      break;
    default:
      MEMSIM_CHECK(step.kind == Step::Kind::note);
      note(now, step, ask);
  }
}

void Interpreter::next(const Turn& turn, Ask& ask) {
  if (gives_up_) {
    ask.kind = Ask::Kind::exit;
    return;
  }
  for (;; ++ask.turns) {
    const std::uint32_t pc = pc_++;
    const Step& step = frame_.program->steps[pc];
    switch (step.kind) {
      case Step::Kind::call:
        return begin_call(turn.now, step, plans_[pc], ask);
      case Step::Kind::compute:
        if (duration(turn.now, step, ask)) ask.kind = Ask::Kind::compute;
        return;
      case Step::Kind::sleep:
        if (duration(turn.now, step, ask)) ask.kind = Ask::Kind::sleep;
        return;
      case Step::Kind::finish:
        return ask.finish();
      default:
        control(turn.now, step, ask);
        if (ask.kind != Ask::Kind::again || ask.turns == turn.spare) return;
    }
  }
}

// The result goes into the program's variables: value, errno, then the further ones in the order of the call table.
void Interpreter::take(const Answer& answer) {
  const CallPlan& plan = *made_;
  gives_up_ = answer.error != Errno::eok && plan.exit_on_error;
  frame_.slots[static_cast<std::size_t>(Builtin::errno_value)] = static_cast<Value>(answer.error);
  if (plan.result == kNoSlot) return;
  Value* const result = &frame_.slots[plan.result];
  result[0] = answer.value;
  result[1] = static_cast<Value>(answer.error);
  for (std::size_t i = 0; i < plan.result_count; ++i) result[2 + i] = i < answer.more.size() ? answer.more[i] : 0;
}

}  // namespace memsim
