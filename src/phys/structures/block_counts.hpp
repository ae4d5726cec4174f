// BlockCounts: k_i, the maximal aligned power-of-two decomposition of a set of free runs, kept up to date run by run.
//
// The decomposition of a run [first, end) is written in two numbers. Let p be the frame in (first, end] with the most
// trailing zeros. Below p the blocks grow, and their sizes are the bits of p - first; from p on they shrink, and their
// sizes are the bits of end - p. So replacing one run by others costs a few bit operations and one count per block that
// differs.
#pragma once

#include <bit>
#include <cstdint>

#include <memsim/phys/measures.hpp>

namespace memsim {

// The sizes of a run's blocks. Both zero for an empty run.
struct RunBlocks {
  std::uint64_t growing = 0;
  std::uint64_t shrinking = 0;
};

// Requires: first <= end. Absolute frame numbers.
[[nodiscard]] constexpr RunBlocks run_blocks(std::uint64_t first, std::uint64_t end) {
  if (first == end) return {};
  const std::uint64_t differing = std::bit_floor(first ^ end);
  const std::uint64_t peak = end & ~(differing - 1);
  return {peak - first, end - peak};
}

class BlockCounts {
 public:
  // One run becomes two, of which one or both may be empty; or, the other way round, two become one.
  void split(RunBlocks whole, RunBlocks left, RunBlocks right) { exchange(whole, left, right, true); }
  void merge(RunBlocks left, RunBlocks right, RunBlocks whole) { exchange(whole, left, right, false); }

  [[nodiscard]] const PerOrder& per_order() const { return counts_; }

 private:
  void exchange(RunBlocks whole, RunBlocks left, RunBlocks right, bool splits) {
    cancel(whole.growing, left.growing);
    cancel(whole.growing, right.growing);
    cancel(whole.shrinking, right.shrinking);
    cancel(whole.shrinking, left.shrinking);
    count(whole.growing, !splits);
    count(whole.shrinking, !splits);
    count(left.growing, splits);
    count(left.shrinking, splits);
    count(right.growing, splits);
    count(right.shrinking, splits);
  }
  // Blocks of equal size on both sides of the exchange change no count.
  static void cancel(std::uint64_t& a, std::uint64_t& b) {
    const std::uint64_t common = a & b;
    a ^= common;
    b ^= common;
  }
  void count(std::uint64_t sizes, bool up) {
    for (; sizes != 0; sizes &= sizes - 1) {
      std::uint64_t& blocks = counts_[static_cast<unsigned>(std::countr_zero(sizes))];
      blocks = up ? blocks + 1 : blocks - 1;
    }
  }

  PerOrder counts_{};
};

}  // namespace memsim
