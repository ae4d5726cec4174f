// A list of steps to a Program: calls by the call table, control words by jumps.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include <memsim/kernel/program.hpp>

#include "scenario/format/format.hpp"
#include "scenario/format/map_reader.hpp"
#include "scenario/program/operands.hpp"
#include "scenario/program/process_names.hpp"

namespace memsim::loader {

// A word that begins a step and is no call. Those with a group are maps of its keys.
struct StepWord {
  std::string_view name;
  std::string_view doc;
  const Group* group = nullptr;
  std::string_view definition{};  // of the schema, where the word takes no map, or takes other things too
};
[[nodiscard]] std::span<const StepWord> step_words();
// A branch of `choose`.
[[nodiscard]] const Group& branch_group();

// The program, whatever faults were found on the way. Requires: a program with faults is never run.
[[nodiscard]] std::shared_ptr<const Program> compile_program(Loading& loading, const ProcessNames& processes,
                                                             TableBudget& budget, const Node& steps);

}  // namespace memsim::loader
