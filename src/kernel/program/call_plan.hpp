// CallPlan: what is known of a call before any thread makes it, worked out once for each step of each program.
//
// Most arguments are constants or defaults, and then what entering the kernel costs is known too. Making such a call is
// one copy, whatever the number of its parameters.
#pragma once

#include <cstdint>
#include <vector>

#include <memsim/kernel/config.hpp>
#include <memsim/kernel/program.hpp>

#include "kernel/program/cost.hpp"

namespace memsim {

struct CallPlan {
  Call call = Call::msg_send;
  bool exit_on_error = false;
  bool entry_cost_varies = false;  // depends on an argument that is not constant
  std::uint8_t result_count = 0;   // further results of the call table, after value and errno
  VariableSlot result = kNoSlot;   // where they go
  std::uint16_t varying = 0;       // bit i: operand i has to be evaluated each time
  SimDuration entry_cost;          // unless it varies
  CallArguments arguments{};       // defaults where none was given; nothing yet in those that vary
};

// The plans of every program of a configuration. Immutable; shared by the copies of a world.
class CallPlans {
 public:
  explicit CallPlans(const WorldConfig& config);

  // The plans of one thread's program, one a step. Those of steps that are no calls mean nothing.
  [[nodiscard]] const std::vector<CallPlan>& of(std::uint32_t process, std::size_t thread) const {
    return plans_[process][thread];
  }

 private:
  std::vector<std::vector<std::vector<CallPlan>>> plans_;  // by process configuration, its thread, step
};

}  // namespace memsim
