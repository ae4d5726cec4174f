// What calls cost in simulated time, from the cost model's constants.
#pragma once

#include <algorithm>

#include <memsim/kernel/config.hpp>

#include "kernel/thread.hpp"

namespace memsim {

// A size argument of a call: the bits of the value read unsigned.
[[nodiscard]] inline Bytes argument_bytes(const PendingCall& call, std::size_t index) {
  return Bytes(static_cast<std::uint64_t>(call.arguments[index]));
}

// Copying `bytes`, rounded up to whole nanoseconds. Callers pass at most 4 GiB.
[[nodiscard]] inline SimDuration copy_cost(const CostModel& costs, Bytes bytes) {
  constexpr std::uint64_t kKib = 1024;
  const std::uint64_t whole = bytes.count() / kKib;
  const std::uint64_t rest = bytes.count() % kKib;
  return costs.copy_per_kib * whole + SimDuration((costs.copy_per_kib.count() * rest + kKib - 1) / kKib);
}

// What a thread pays before the call takes effect.
[[nodiscard]] SimDuration entry_cost(const CostModel& costs, const PendingCall& call);

}  // namespace memsim
