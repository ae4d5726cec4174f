// Which of the things that a sweep varied matters most for a measure: main effects, and each one's share of the
// measure's variance.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <memsim/campaign/sweep/sweep_results.hpp>

namespace memsim {

// The runs of one value of an axis.
struct LevelEffect {
  std::string value;
  std::uint64_t runs = 0;
  double mean = 0;
};

struct AxisEffect {
  std::string axis;
  std::vector<LevelEffect> levels;  // in the order of the design
  // The first-order index of Sobol', estimated as the correlation ratio: the variance of the levels' means (weighted by
  // their runs) over that of all runs. Exact for a whole grid; in a sample what other axes do by chance together with
  // this one is in it.
  double share = 0;
  double by_chance = 0;  // what it would be on average if the axis had no effect: (levels - 1) / (runs - 1)
};

struct Sensitivity {
  Measure measure;  // its value is without meaning
  std::uint64_t runs = 0;
  std::vector<AxisEffect> axes;  // those with the largest share first
  double seeds_share = 0;        // of the draws: the variance within variations
};

// One for each measure of which some run differs from another. A moment that never came counts as the end of its run; a
// run that has no such measure does not count. O(runs * axes) for each measure.
[[nodiscard]] std::vector<Sensitivity> sensitivity_of(const SweepResults& sweep, const SweptRuns& runs);

}  // namespace memsim
