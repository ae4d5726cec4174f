// What calls cost in simulated time, from the cost model's constants.
#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include <memsim/kernel/config.hpp>
#include <memsim/kernel/program.hpp>

#include "kernel/objects/request.hpp"

namespace memsim {

// The arguments of a call in the order of the call table, evaluated, defaults filled in.
using CallArguments = std::array<Value, Step::kMaxOperands>;

// A size argument of a call: the bits of the value read unsigned.
[[nodiscard]] inline Bytes bytes_of(Value argument) { return Bytes(static_cast<std::uint64_t>(argument)); }

// Copying `bytes`, rounded up to whole nanoseconds. Callers pass at most 4 GiB.
[[nodiscard]] inline SimDuration copy_cost(const CostModel& costs, Bytes bytes) {
  constexpr std::uint64_t kKib = 1024;
  const std::uint64_t whole = bytes.count() / kKib;
  const std::uint64_t rest = bytes.count() % kKib;
  return costs.copy_per_kib * whole + SimDuration((costs.copy_per_kib.count() * rest + kKib - 1) / kKib);
}

// Which argument of the call says how much is copied when the thread enters the kernel; nothing where none does.
[[nodiscard]] std::optional<std::size_t> copied_argument(Call call);

// What serving one message costs a thread of the memory manager, and clearing up behind a process that has ended:
// everything that `served` records tell, priced.
[[nodiscard]] SimDuration service_cost(const CostModel& costs, const MemoryWork& work, Bytes reply_bytes);
[[nodiscard]] SimDuration clearing_cost(const CostModel& costs, const MemoryWork& work);

// What a thread pays before the call takes effect.
[[nodiscard]] SimDuration entry_cost(const CostModel& costs, Call call, const CallArguments& arguments);

}  // namespace memsim
