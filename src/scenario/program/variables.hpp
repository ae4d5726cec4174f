// The variables of one program: which names exist at a point of the text, and in which slots they live.
//
// While a program is compiled a variable has a provisional slot, because a later step may need more room behind its
// name (a call with more results). Once all is read, layout() gives the place of each in one dense array.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/kernel/call_table.hpp>
#include <memsim/kernel/program.hpp>

#include "scenario/yaml/faults.hpp"

namespace memsim::loader {

// Why a name cannot be used as it is.
struct NameFault {
  std::string message;
  Help help;  // as long as the variables live
};

class Variables {
 public:
  // The slot of `$name` or `$name.field`. Fault: nothing has assigned it so far in the order of the text, or what has
  // assigned it has no such field.
  [[nodiscard]] Expected<VariableSlot, NameFault> read(std::string_view name, std::string_view field) const;

  // Makes `name` a plain value (set), or the result of a call (as), from here on. Fault: no name for a variable, a
  // given one such as $pid, the index of a loop, or the result of a call whose fields differ.
  [[nodiscard]] Expected<VariableSlot, NameFault> assign_value(std::string_view name);
  [[nodiscard]] Expected<VariableSlot, NameFault> assign_result(std::string_view name, const CallSignature& call);

  // Makes `name` the index of a loop: two slots, counter and limit. Without a name it stays hidden. Fault: as above, or
  // an index of an enclosing loop.
  [[nodiscard]] Expected<VariableSlot, NameFault> open_counter(std::optional<std::string_view> name);
  void close_counter(VariableSlot slot);

  // Where each variable lives in the end. Requires: the program is complete.
  class Layout {
   public:
    // For a provisional slot, one of Builtin, or kNoSlot.
    [[nodiscard]] VariableSlot final_slot(VariableSlot provisional) const;
    [[nodiscard]] std::uint32_t slot_count() const { return slot_count_; }

   private:
    friend class Variables;
    std::vector<VariableSlot> first_slots_;
    std::uint32_t slot_count_ = kFirstFreeSlot;
  };
  [[nodiscard]] Layout layout() const;

  [[nodiscard]] bool is_known(std::string_view name) const;

 private:
  struct Variable {
    std::string name;
    std::uint32_t slots = 1;
    bool is_counter = false;
    bool is_open = false;  // a counter whose loop encloses this point
    bool has_errno = false;
    std::vector<std::string_view> results;  // fields after value and errno
  };
  [[nodiscard]] Expected<std::size_t, NameFault> claim(std::string_view name);
  [[nodiscard]] Expected<std::size_t, NameFault> claim_value(std::string_view name);
  [[nodiscard]] Expected<std::size_t, NameFault> add(std::string_view name);
  [[nodiscard]] std::vector<std::string_view> names() const;

  std::vector<Variable> variables_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

// Whether a text may name a variable: a letter or '_', then letters, digits or '_'; at most 64 characters.
[[nodiscard]] bool is_variable_name(std::string_view text);

}  // namespace memsim::loader
