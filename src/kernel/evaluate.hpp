// Evaluation of a program's operands in a thread.
#pragma once

#include <string>
#include <string_view>

#include <memsim/base/expected.hpp>

#include "kernel/tables/thread.hpp"

namespace memsim {

// Why a program cannot go on: a text for the program_fault record.
using Fault = std::string_view;
template <class T>
using Evaluated = Expected<T, Fault>;

// The value of a variable, or of the builtin `now`.
[[nodiscard]] inline Value variable(const Thread& thread, SimTime now, Value slot) {
  if (slot == static_cast<Value>(Builtin::now)) return static_cast<Value>(now.value());
  return thread.slots[static_cast<std::size_t>(slot)];
}

// The value of `operand`; 0 where none was given. Draws advance the thread's random stream.
// Faults: overflow, division by zero.
[[nodiscard]] Evaluated<Value> evaluate(Thread& thread, SimTime now, const Operand& operand);

// The text of an operand of kind text.
[[nodiscard]] Evaluated<std::string> evaluate_text(Thread& thread, SimTime now, const Operand& operand);

}  // namespace memsim
