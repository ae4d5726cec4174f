// CallPlan: what is known of a call before any thread makes it, worked out once for each step of each program.
//
// Most arguments are constants or defaults. Making such a call is one copy, whatever the number of its parameters.
#pragma once

#include <cstdint>
#include <vector>

#include <memsim/kernel/call_table.hpp>
#include <memsim/kernel/config.hpp>

namespace memsim {

struct CallPlan {
  Call call = Call::msg_send;
  bool exit_on_error = false;
  std::uint8_t result_count = 0;  // further results of the call table, after value and errno
  VariableSlot result = kNoSlot;  // where they go
  std::uint16_t varying = 0;      // bit i: operand i has to be evaluated each time
  CallArguments arguments{};      // defaults where none was given; nothing yet in those that vary
};

// The plans of every program of a configuration, once however many threads run it. Immutable; shared by the copies of a
// world.
class CallPlans {
 public:
  explicit CallPlans(const WorldConfig& config);

  // One a step; those of steps that are no calls mean nothing. Requires: the program is one of the configuration's.
  // O(log programs).
  [[nodiscard]] const std::vector<CallPlan>& of(const Program& program) const;

 private:
  struct Planned {
    const Program* program;
    std::vector<CallPlan> plans;
  };
  std::vector<Planned> planned_;  // by the program's address, which orders nothing else
};

}  // namespace memsim
