// Helpers: a program compiled from the text of its steps, and its parts.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <memsim/scenario/scenario.hpp>

namespace memsim::testing {

// "memsim: 1" and one process `a` whose program is `steps`, one step a line, each indented by nothing.
inline std::string scenario_with(std::string_view steps) {
  std::string text = "memsim: 1\nprocesses:\n  - name: a\n    program:\n";
  while (!steps.empty()) {
    const std::size_t end = steps.find('\n');
    text += "      " + std::string(steps.substr(0, end)) + '\n';
    steps.remove_prefix(end == std::string_view::npos ? steps.size() : end + 1);
  }
  return text;
}

// The rendered diagnostics; empty when the text has none.
inline std::string faults_of(std::string_view text, const LoadOptions& options = {}) {
  const auto scenario = parse_scenario(text, "x.yaml", options);
  return scenario ? std::string() : render(scenario.error(), Colour::off);
}

inline Scenario loaded(std::string_view text, const LoadOptions& options = {}) {
  auto scenario = parse_scenario(text, "x.yaml", options);
  if (!scenario) {
    ADD_FAILURE() << render(scenario.error(), Colour::off);
    return {};
  }
  return std::move(*scenario);
}

// The main program of the only process; an empty one after a failure.
inline Program compiled(std::string_view steps) {
  const Scenario scenario = loaded(scenario_with(steps));
  return scenario.world.processes.empty() ? Program() : *scenario.world.processes[0].threads[0].program;
}

__extension__ using Wide = __int128;

// The value of an operator with two operands, before it is checked for its range; nothing for a division by zero.
inline std::optional<Wide> applied(ExpressionOp::Code code, Wide a, Wide b) {
  using Code = ExpressionOp::Code;
  if ((code == Code::divide || code == Code::modulo) && b == 0) return std::nullopt;
  switch (code) {
    case Code::add:
      return a + b;
    case Code::subtract:
      return a - b;
    case Code::multiply:
      return a * b;
    case Code::divide:
      return a / b;
    case Code::modulo:
      return a % b;
    case Code::minimum:
      return a < b ? a : b;
    case Code::maximum:
      return a < b ? b : a;
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
    case Code::logical_or:
      return a != 0 || b != 0;
    default:
      return std::nullopt;
  }
}

// Evaluates an operand against given slots; nothing on overflow or division by zero.
inline std::optional<Value> evaluated(const Program& program, const Operand& operand, const std::vector<Value>& slots) {
  using Code = ExpressionOp::Code;
  if (operand.kind == Operand::Kind::constant) return operand.value;
  if (operand.kind == Operand::Kind::variable) return slots.at(static_cast<std::size_t>(operand.value));
  std::vector<Wide> stack;
  for (const ExpressionOp& op : program.expressions.at(static_cast<std::size_t>(operand.value))) {
    std::optional<Wide> result = op.value;
    if (op.code == Code::variable) result = slots.at(static_cast<std::size_t>(op.value));
    if (op.code != Code::variable && op.code != Code::constant) {
      const Wide last = stack.back();
      stack.pop_back();
      if (op.code == Code::negate || op.code == Code::logical_not) {
        result = op.code == Code::negate ? -last : Wide{last == 0};
      } else {
        result = applied(op.code, stack.back(), last);
        stack.pop_back();
      }
    }
    if (!result || *result > INT64_MAX || *result < INT64_MIN) return std::nullopt;
    stack.push_back(*result);
  }
  return stack.size() == 1 ? std::optional(static_cast<Value>(stack.front())) : std::nullopt;
}

}  // namespace memsim::testing
