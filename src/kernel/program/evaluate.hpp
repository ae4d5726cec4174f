// Evaluation of a program's operands in the frame of a thread that runs it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/distribution.hpp>
#include <memsim/base/expected.hpp>
#include <memsim/base/random.hpp>
#include <memsim/base/units.hpp>
#include <memsim/kernel/program.hpp>

namespace memsim {

// What a thread keeps of its program: variables, and where its random draws are.
struct Frame {
  const Program* program;  // kept alive by the world's configuration
  std::vector<Value> slots;
  std::vector<DrawState> draws;
  RandomStream random;
};

// Why a program cannot go on: a text for the program_fault record.
using Fault = std::string_view;
template <class T>
using Evaluated = Expected<T, Fault>;

// The value of a variable, or of the builtin `now`.
[[nodiscard]] inline Value variable(const Frame& frame, SimTime now, Value slot) {
  if (slot == static_cast<Value>(Builtin::now)) return static_cast<Value>(now.value());
  return frame.slots[static_cast<std::size_t>(slot)];
}

// The value of `operand`; 0 where none was given. Draws advance the frame's random stream.
// Faults: overflow, division by zero.
[[nodiscard]] Evaluated<Value> evaluate(Frame& frame, SimTime now, const Operand& operand);

// The text of an operand of kind text.
[[nodiscard]] Evaluated<std::string> evaluate_text(Frame& frame, SimTime now, const Operand& operand);

}  // namespace memsim
