// Program: what a simulated thread does, compiled from the scenario into flat steps.
//
// A program is immutable and shared by all threads that run it; a thread keeps only a step index, its variables and its
// random stream. All values are 64-bit signed integers; a size or address argument reads the same bits unsigned, so
// SIZE_MAX is -1 in a variable and 2^64-1 as a length.
//
// Variables are slots. The first ones are given: see Builtin. A named result takes consecutive slots: its value, its
// errno (a number), then the further results of the call in the order of the call table (kernel/call_table.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <memsim/base/call.hpp>
#include <memsim/base/distribution.hpp>

namespace memsim {

using Value = std::int64_t;
using VariableSlot = std::uint16_t;
inline constexpr VariableSlot kNoSlot = 0xffff;

// Slots that every thread has. `now` is the simulated time in ns at the moment of evaluation.
enum class Builtin : VariableSlot { index, pid, tid, now, errno_value };
inline constexpr VariableSlot kFirstFreeSlot = 5;

// A postfix expression: constants and variables push, operators pop. Arithmetic is checked: overflow and division by
// zero are program faults. Comparisons and logic give 1 or 0.
struct ExpressionOp {
  enum class Code : std::uint8_t {
    constant,
    variable,
    add,
    subtract,
    multiply,
    divide,
    modulo,
    minimum,
    maximum,
    negate,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    logical_and,
    logical_or,
    logical_not,
  };
  Code code = Code::constant;
  Value value = 0;  // the constant, or the slot
};
using Expression = std::vector<ExpressionOp>;
inline constexpr std::size_t kExpressionDepth = 32;  // the most values on the stack at once; checked by the compiler

// An argument of a step.
struct Operand {
  enum class Kind : std::uint8_t {
    absent,      // not given: the call's default
    constant,    // value
    variable,    // slot
    expression,  // index into Program::expressions
    draw,        // index into Program::distributions: a fresh draw each time
    text,        // index into Program::texts
  };
  Kind kind = Kind::absent;
  Value value = 0;
};

// Text with values in it, such as "/buf.${index}": literal pieces, each followed by an operand (absent after the last).
struct Text {
  struct Piece {
    std::string literal;
    Operand operand;
  };
  std::vector<Piece> pieces;
};

// `choose`: cumulative weights and the step to jump to for each.
struct Choice {
  std::vector<std::uint64_t> cumulative_weight;  // ascending, not empty; the last is the total
  std::vector<std::uint32_t> target;
};

struct Step {
  enum class Kind : std::uint8_t {
    call,          // `call` with operands; result into slots from `result` on
    compute,       // operands[0]: ns of processor time
    sleep,         // operands[0]: ns
    assign,        // result = operands[0]
    jump,          // to target
    jump_if_zero,  // operands[0] == 0: to target
    jump_if_late,  // now >= operands[0] ns: to target
    loop_begin,    // operands[0]: how often. result: counter slot, result+1: limit slot. None to do: to target
    loop_end,      // counter + 1; more to do: to target (the step after loop_begin)
    choose,        // operands[0].value: index into Program::choices
    note,          // operands[0]: text
    finish,        // the thread ends; in the main thread the process ends
  };
  static constexpr std::size_t kMaxOperands = 10;

  Kind kind = Kind::finish;
  Call call = Call::msg_send;
  bool exit_on_error = false;  // a failed call ends the process, as the documented example does
  VariableSlot result = kNoSlot;
  std::uint32_t target = 0;
  std::uint32_t line = 0;  // in the scenario file, for messages
  std::array<Operand, kMaxOperands> operands{};
};

struct Program {
  std::vector<Step> steps;  // ends with `finish`
  std::vector<Expression> expressions;
  std::vector<Distribution> distributions;
  std::vector<Text> texts;
  std::vector<Choice> choices;
  std::uint32_t slot_count = kFirstFreeSlot;
};

}  // namespace memsim
