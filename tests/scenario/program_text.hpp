// Helpers: a program compiled from the text of its steps, and its parts.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

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

// Evaluates an operand's expression against given slots; nothing on overflow or division by zero.
inline std::optional<Value> evaluated(const Program& program, const Operand& operand, const std::vector<Value>& slots) {
  using Code = ExpressionOp::Code;
  if (operand.kind == Operand::Kind::constant) return operand.value;
  if (operand.kind == Operand::Kind::variable) return slots.at(static_cast<std::size_t>(operand.value));
  __extension__ using Wide = __int128;
  std::vector<Value> stack;
  const auto pop = [&] {
    const Value top = stack.back();
    stack.pop_back();
    return top;
  };
  for (const ExpressionOp& op : program.expressions.at(static_cast<std::size_t>(operand.value))) {
    if (op.code == Code::constant) {
      stack.push_back(op.value);
      continue;
    }
    if (op.code == Code::variable) {
      stack.push_back(slots.at(static_cast<std::size_t>(op.value)));
      continue;
    }
    const Wide b = pop();
    if (op.code == Code::negate || op.code == Code::logical_not) {
      const Wide result = op.code == Code::negate ? -b : Wide{b == 0};
      if (result > INT64_MAX) return std::nullopt;
      stack.push_back(static_cast<Value>(result));
      continue;
    }
    const Wide a = pop();
    if ((op.code == Code::divide || op.code == Code::modulo) && b == 0) return std::nullopt;
    Wide result = 0;
    switch (op.code) {
      case Code::add:
        result = a + b;
        break;
      case Code::subtract:
        result = a - b;
        break;
      case Code::multiply:
        result = a * b;
        break;
      case Code::divide:
        result = a / b;
        break;
      case Code::modulo:
        result = a % b;
        break;
      case Code::minimum:
        result = a < b ? a : b;
        break;
      case Code::maximum:
        result = a < b ? b : a;
        break;
      case Code::equal:
        result = a == b;
        break;
      case Code::not_equal:
        result = a != b;
        break;
      case Code::less:
        result = a < b;
        break;
      case Code::less_equal:
        result = a <= b;
        break;
      case Code::greater:
        result = a > b;
        break;
      case Code::greater_equal:
        result = a >= b;
        break;
      case Code::logical_and:
        result = a != 0 && b != 0;
        break;
      case Code::logical_or:
        result = a != 0 || b != 0;
        break;
      default:
        ADD_FAILURE() << "unknown operator";
    }
    if (result > INT64_MAX || result < INT64_MIN) return std::nullopt;
    stack.push_back(static_cast<Value>(result));
  }
  return stack.size() == 1 ? std::optional(stack.front()) : std::nullopt;
}

}  // namespace memsim::testing
