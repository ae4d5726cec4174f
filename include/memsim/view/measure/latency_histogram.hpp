// LatencyHistogram: the distribution of many durations in little memory.
//
// Up to kExactSamples values are kept as they are, and every answer is exact. Beyond, values are counted in buckets:
// each value below 128 ns has its own, and every power of two above is cut into 64 equal ones. A quantile is then the
// upper end of its bucket, so it is never too low and at most 1/64 too high; count, sum, minimum and maximum stay
// exact. At most 30 KiB. The answers do not depend on the order in which values came. A plain copyable value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <memsim/base/units.hpp>

namespace memsim {

class LatencyHistogram {
 public:
  static constexpr std::size_t kExactSamples = 256;

  // Amortised O(1).
  void add(SimDuration value);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // Of all values; stays at its largest value where the sum does not fit.
  [[nodiscard]] SimDuration sum() const { return sum_; }
  // The following require: count() > 0.
  [[nodiscard]] SimDuration minimum() const;
  [[nodiscard]] SimDuration maximum() const;
  // The smallest value that at least `permille` thousandths of all values do not exceed (nearest rank): 500 is the
  // median. Requires: permille <= 1000. O(samples) while exact, then O(buckets).
  [[nodiscard]] SimDuration quantile(std::uint32_t permille) const;

 private:
  void count_in_bucket(std::uint64_t value);

  std::uint64_t count_ = 0;
  SimDuration sum_;
  SimDuration minimum_ = SimDuration::max();
  SimDuration maximum_;
  std::vector<std::uint64_t> exact_;    // all values, while count_ <= kExactSamples; then empty
  std::vector<std::uint64_t> buckets_;  // as long as the largest value needs; empty while exact
};

}  // namespace memsim
