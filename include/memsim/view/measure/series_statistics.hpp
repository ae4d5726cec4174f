// SeriesStatistics: what a series of samples comes to, in constant memory. A plain copyable value.
//
// A value holds from its sample to the next one: the mean is weighted by that time. Integers only.
#pragma once

#include <cstdint>

#include <memsim/base/units.hpp>

namespace memsim {

class SeriesStatistics {
 public:
  // Requires: `time` is not before the last sample's.
  void add(SimTime time, std::int64_t value) {
    if (count_ == 0) {
      first_ = minimum_ = maximum_ = value;
      begin_ = time;
    } else {
      weighted_sum_ += Wide{last_} * static_cast<std::int64_t>((time - end_).count());
    }
    minimum_ = value < minimum_ ? value : minimum_;
    maximum_ = value > maximum_ ? value : maximum_;
    last_ = value;
    end_ = time;
    ++count_;
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // The following require: count() > 0.
  [[nodiscard]] std::int64_t first() const { return first_; }
  [[nodiscard]] std::int64_t last() const { return last_; }
  [[nodiscard]] std::int64_t minimum() const { return minimum_; }
  [[nodiscard]] std::int64_t maximum() const { return maximum_; }
  // Weighted by time, to the nearest, halves upwards; the last value where all samples were taken at one moment.
  [[nodiscard]] std::int64_t mean() const { return scaled_mean(1); }
  // The mean in thousandths, rounded likewise; the largest or smallest number where it is beyond these.
  [[nodiscard]] std::int64_t mean_milli() const { return scaled_mean(1000); }

 private:
  [[nodiscard]] std::int64_t scaled_mean(std::int64_t scale) const;

  __extension__ using Wide = __int128;  // below 2^126: values and times have 63 bits

  std::uint64_t count_ = 0;
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
  std::int64_t minimum_ = 0;
  std::int64_t maximum_ = 0;
  SimTime begin_;
  SimTime end_;
  Wide weighted_sum_ = 0;
};

}  // namespace memsim
