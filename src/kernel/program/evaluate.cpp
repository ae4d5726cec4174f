#include "kernel/program/evaluate.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

using Code = ExpressionOp::Code;

constexpr Fault kOverflow = "arithmetic overflow";
constexpr Fault kDivision = "division by zero";

Evaluated<Value> divide(Code code, Value a, Value b) {
  if (b == 0) return Unexpected(kDivision);
  if (a == std::numeric_limits<Value>::min() && b == -1) return Unexpected(kOverflow);
  return code == Code::divide ? a / b : a % b;
}

Evaluated<Value> arithmetic(Code code, Value a, Value b) {
  Value result = 0;
  bool overflow = false;
  switch (code) {
    case Code::add:
      overflow = __builtin_add_overflow(a, b, &result);
      break;
    case Code::subtract:
      overflow = __builtin_sub_overflow(a, b, &result);
      break;
    case Code::multiply:
      overflow = __builtin_mul_overflow(a, b, &result);
      break;
    default:
      return divide(code, a, b);
  }
  if (overflow) return Unexpected(kOverflow);
  return result;
}

Value compare(Code code, Value a, Value b) {
  switch (code) {
    case Code::minimum:
      return std::min(a, b);
    case Code::maximum:
      return std::max(a, b);
    case Code::equal:
      return a == b;
    case Code::not_equal:
      return a != b;
    case Code::less:
      return a < b;
    case Code::less_equal:
      return a <= b;
    case Code::greater:
      return a > b;
    case Code::greater_equal:
      return a >= b;
    case Code::logical_and:
      return a != 0 && b != 0;
    default:
      MEMSIM_CHECK(code == Code::logical_or);
      return a != 0 || b != 0;
  }
}

bool is_arithmetic(Code code) {
  return code == Code::add || code == Code::subtract || code == Code::multiply || code == Code::divide ||
         code == Code::modulo;
}

Evaluated<Value> unary(Code code, Value a) {
  if (code == Code::logical_not) return a == 0 ? 1 : 0;
  if (a == std::numeric_limits<Value>::min()) return Unexpected(kOverflow);
  return -a;
}

Evaluated<Value> run(const Frame& frame, SimTime now, const Expression& expression) {
  std::array<Value, kExpressionDepth> stack{};
  std::size_t depth = 0;
  for (const ExpressionOp& op : expression) {
    if (op.code == Code::constant || op.code == Code::variable) {
      MEMSIM_CHECK(depth < stack.size());
      stack[depth++] = op.code == Code::constant ? op.value : variable(frame, now, op.value);
      continue;
    }
    const bool is_unary = op.code == Code::negate || op.code == Code::logical_not;
    MEMSIM_CHECK(depth >= (is_unary ? 1u : 2u));
    const Value b = stack[--depth];
    Evaluated<Value> result = is_unary                 ? unary(op.code, b)
                              : is_arithmetic(op.code) ? arithmetic(op.code, stack[depth - 1], b)
                                                       : Evaluated<Value>(compare(op.code, stack[depth - 1], b));
    if (!result) return result;
    if (!is_unary) --depth;
    stack[depth++] = *result;
  }
  MEMSIM_CHECK(depth == 1);
  return stack[0];
}

}  // namespace

Evaluated<Value> evaluate(Frame& frame, SimTime now, const Operand& operand) {
  const auto index = static_cast<std::size_t>(operand.value);
  switch (operand.kind) {
    case Operand::Kind::constant:
      return operand.value;
    case Operand::Kind::variable:
      return variable(frame, now, operand.value);
    case Operand::Kind::expression:
      return run(frame, now, frame.program->expressions[index]);
    case Operand::Kind::draw:
      return frame.program->distributions[index].draw(frame.random, frame.draws[index]);
    case Operand::Kind::absent:
    case Operand::Kind::text:
      return 0;
  }
  return 0;
}

Evaluated<std::string> evaluate_text(Frame& frame, SimTime now, const Operand& operand) {
  MEMSIM_CHECK(operand.kind == Operand::Kind::text);
  std::string text;
  for (const Text::Piece& piece : frame.program->texts[static_cast<std::size_t>(operand.value)].pieces) {
    text += piece.literal;
    if (piece.operand.kind == Operand::Kind::absent) continue;
    const Evaluated<Value> value = evaluate(frame, now, piece.operand);
    if (!value) return Unexpected(value.error());
    text += std::to_string(*value);
  }
  return text;
}

}  // namespace memsim
