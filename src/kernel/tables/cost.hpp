// What calls cost in simulated time, from the cost model's constants.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include <memsim/base/qnx.hpp>
#include <memsim/kernel/call_table.hpp>
#include <memsim/kernel/config.hpp>

#include "kernel/objects/request.hpp"

namespace memsim {

// A size argument of a call: the bits of the value read unsigned.
[[nodiscard]] inline Bytes bytes_of(Value argument) { return Bytes(static_cast<std::uint64_t>(argument)); }

// Copying `bytes`, rounded up to whole nanoseconds. Callers pass at most 4 GiB.
[[nodiscard]] inline SimDuration copy_cost(const CostModel& costs, Bytes bytes) {
  constexpr std::uint64_t kKib = 1024;
  const std::uint64_t whole = bytes.count() / kKib;
  const std::uint64_t rest = bytes.count() % kKib;
  return costs.copy_per_kib * whole + SimDuration((costs.copy_per_kib.count() * rest + kKib - 1) / kKib);
}

// What the memory manager's thread uses up for a message that took this work, from taking it to replying.
[[nodiscard]] SimDuration service_cost(const CostModel& costs, const MemoryWork& work, Bytes reply_bytes);
// The same after a process that has ended, where nobody is answered.
[[nodiscard]] SimDuration clearing_cost(const CostModel& costs, const MemoryWork& work);

// What a thread pays before a call takes effect, for every call: worked out once, as every call of a run needs it.
class EntryCosts {
 public:
  explicit EntryCosts(const CostModel& costs);

  // O(1).
  [[nodiscard]] SimDuration of(const CostModel& costs, Call call, const CallArguments& arguments) const {
    const Entry& entry = entries_[static_cast<std::size_t>(call)];
    if (entry.copied == kNothing) return entry.bare;
    // Oversized messages are refused when the call takes effect; until then they cost as much as the largest allowed.
    return entry.bare + copy_cost(costs, std::min(bytes_of(arguments[entry.copied]), qnx::kMaxMessage));
  }

 private:
  static constexpr std::uint8_t kNothing = 0xff;
  struct Entry {
    SimDuration bare;                // without what is copied
    std::uint8_t copied = kNothing;  // the argument that says how much is copied on the way in
  };
  std::array<Entry, kCallCount> entries_;
};

}  // namespace memsim
