// Arguments of steps: literals, variables, expressions, draws and texts, compiled to operands of one program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <memsim/kernel/call_table.hpp>
#include <memsim/kernel/program.hpp>

#include "scenario/format/map_reader.hpp"
#include "scenario/program/expression.hpp"
#include "scenario/program/process_names.hpp"
#include "scenario/program/variables.hpp"

namespace memsim::loader {

// "a size such as 64KiB": for messages.
[[nodiscard]] std::string_view expectation(ValueKind kind);

// Entries of tables that all programs of a scenario may still make (zipf, table, csv take memory for each).
struct TableBudget {
  std::uint64_t entries = 2'000'000;
};

class OperandCompiler {
 public:
  OperandCompiler(Loading& loading, const ProcessNames& processes, TableBudget& budget, Program& program,
                  Variables& variables)
      : loading_(loading), processes_(processes), budget_(budget), program_(program), variables_(variables) {}

  // Each gives `absent` after a fault.
  [[nodiscard]] Operand value(const Node& node, ValueKind kind);
  [[nodiscard]] Operand text(const Node& node);
  // By the type in the call table.
  [[nodiscard]] Operand argument(const Node& node, const CallSignature& call, const Parameter& parameter);

 private:
  [[nodiscard]] Operand expression(const Node& node, ValueKind kind);
  [[nodiscard]] Operand literal(const Node& node, ValueKind kind);
  [[nodiscard]] Operand compiled(const Node& node, ValueKind kind, CompiledExpression expression);
  [[nodiscard]] Operand draw(const Node& node, ValueKind kind);
  [[nodiscard]] Operand flags(const Node& node, const Parameter& parameter);
  [[nodiscard]] Operand choice(const Node& node, const Parameter& parameter);
  [[nodiscard]] Operand process(const Node& node);
  [[nodiscard]] std::optional<Operand> piece(const Node& node, std::string_view source, std::size_t offset);
  [[nodiscard]] std::optional<Value> named_value(const Node& node, std::string_view name, const Parameter& parameter);
  void mention(const Node& node, Call call, bool is_constant);
  void no_process(const Node& node);
  void fault(const Node& node, const ExpressionFault& found, std::size_t offset = 0);

  Loading& loading_;
  const ProcessNames& processes_;
  TableBudget& budget_;
  Program& program_;
  Variables& variables_;
};

// The place of a character of a scalar where that can be told, else the place of the scalar.
[[nodiscard]] Place place_within(const Loading& loading, const Node& node, std::size_t offset);

// Whether a text is meant as one number with or without a unit, rather than as an expression.
[[nodiscard]] bool is_literal(std::string_view text);
// The number, by the rules of its kind (not `any`).
[[nodiscard]] Expected<Value, std::string> parse_literal(std::string_view text, ValueKind kind, PageSize page_size);

}  // namespace memsim::loader
