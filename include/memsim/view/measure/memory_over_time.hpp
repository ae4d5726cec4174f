// MemoryOverTime: how much of a region was free over a run, in as many moments as fit a line of text. A plain copyable
// value of at most a few kilobytes, however long the run is.
//
// Nobody knows beforehand how long a run is. So samples are gathered in steps of time that begin at a nanosecond and
// double whenever there are too many; a step keeps the least that was free in it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <memsim/base/units.hpp>

namespace memsim {

class MemoryOverTime {
 public:
  static constexpr std::uint64_t kStepsMax = 256;

  // A sample. Requires: `time` is not before the last one's. Amortised O(1).
  void add(SimTime time, FrameCount free, FrameCount largest_free_run) {
    while (time.value() / step_ >= kStepsMax) double_step();
    const Least sample{time.value() / step_, free, largest_free_run};
    if (steps_.empty() || steps_.back().index != sample.index) {
      steps_.push_back(sample);
    } else {
      steps_.back().lower_to(sample);
    }
  }

  struct Column {
    FrameCount free;
    FrameCount largest_free_run;
  };
  // The run from boot to `end` in `count` spans of equal length: the least of each, and where a span has no sample what
  // held before it. Empty where there are no samples.
  [[nodiscard]] std::vector<Column> columns(SimTime end, std::size_t count) const;

 private:
  struct Least {
    std::uint64_t index = 0;  // of the step
    FrameCount free;
    FrameCount largest_free_run;
    void lower_to(const Least& other) {
      free = std::min(free, other.free);
      largest_free_run = std::min(largest_free_run, other.largest_free_run);
    }
  };
  void double_step();

  std::uint64_t step_ = 1;    // ns
  std::vector<Least> steps_;  // by index; those with a sample
};

}  // namespace memsim
