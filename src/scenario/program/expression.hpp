// Expressions of a program, such as "$end - $start >= 4 * 64KiB", compiled to postfix form.
//
//   operators, loosest first:  ||   &&   == !=   < <= > >=   + -   * / %   ! -(sign)
//   operands:                  numbers (0x and 0o too), sizes, times, $variable, $variable.field, min(a, b), max(a, b),
//                              ( ), and constants: SIZE_MAX NOFD PAGE_SIZE MEMMGR_COID, errno names, flag names
//
// Arithmetic is that of checked 64-bit signed integers; division rounds towards zero. Both sides of && and || are
// evaluated. What consists of constants is computed here, and an overflow or a division by zero in it is a fault here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/units.hpp>
#include <memsim/kernel/program.hpp>

#include "scenario/program/variables.hpp"

namespace memsim::loader {

// What a number stands for: decides which units a literal may and must have.
enum class ValueKind : std::uint8_t {
  any,           // with any unit or none
  integer,       // none
  permissions,   // none, and octal
  bytes,         // of memory
  signed_bytes,  // of memory, may be negative
  duration,      // of time
  address,       // none, or of memory
};

struct ExpressionFault {
  std::size_t offset = 0;  // in the text
  std::string message;
  Help help;  // as long as the variables live
};

struct CompiledExpression {
  Expression ops;
  bool has_size = false;      // a literal with a unit of memory, or PAGE_SIZE
  bool has_duration = false;  // a literal with a unit of time
  bool is_size_max = false;   // SIZE_MAX and nothing else
};

// How `name` without a '$' is read where it could be a variable: only inside ${...} it may be one.
enum class BareNames : bool { constants_only, variables_first };

// `kind`, of the value that is wanted: where it may have a unit, 0x1000B is refused, for nobody can tell whether B is
// one. Faults: the first.
[[nodiscard]] Expected<CompiledExpression, ExpressionFault> compile_expression(std::string_view text,
                                                                               const Variables& variables,
                                                                               PageSize page_size, BareNames bare,
                                                                               ValueKind kind);

// The value of a constant by its name, or nothing.
[[nodiscard]] std::optional<Value> find_constant(std::string_view name, PageSize page_size);
[[nodiscard]] const std::vector<std::string_view>& constant_names();

// The operator's result, or nothing where it overflows or divides by zero. Requires: a code with two operands.
[[nodiscard]] std::optional<Value> evaluate(ExpressionOp::Code code, Value left, Value right);

}  // namespace memsim::loader
