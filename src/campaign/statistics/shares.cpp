#include <algorithm>
#include <cmath>

#include <memsim/base/check.hpp>
#include <memsim/campaign/statistics.hpp>

namespace memsim {
namespace {

// The largest d such that the d-th smallest and the d-th largest of n values enclose the median with at least 95 %: d -
// 1 or fewer of n fair coins fall on one side with at most 2.5 %. 0 where not even the extremes do.
std::size_t enclosing_rank(std::size_t n) {
  // P(X <= k) summed from P(X = 0) = 2^-n; beyond some thousand values that is below what a double holds, and the
  // normal approximation, rounded outwards, is as good.
  if (n > 1000) {
    const double half = kNormal95 * std::sqrt(static_cast<double>(n)) / 2;
    return static_cast<std::size_t>(std::floor(static_cast<double>(n) / 2 - half));
  }
  constexpr double kTail = .025;
  double probability = std::ldexp(1.0, -static_cast<int>(n));
  double sum = 0;
  for (std::size_t k = 0; k < n; ++k) {
    sum += probability;
    if (sum > kTail) return k;
    probability = probability * static_cast<double>(n - k) / static_cast<double>(k + 1);
  }
  return 0;
}

}  // namespace

Interval wilson_interval(std::uint64_t successes, std::uint64_t trials) {
  MEMSIM_CHECK(trials > 0 && successes <= trials);
  const auto n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double z2 = kNormal95 * kNormal95;
  const double centre = share + z2 / (2 * n);
  const double half = kNormal95 * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  const double scale = 1 + z2 / n;
  // At the ends the formula gives 0 and 1 but for the rounding.
  return {successes == 0 ? 0 : (centre - half) / scale, successes == trials ? 1 : (centre + half) / scale};
}

MedianEstimate median_estimate(std::vector<std::uint64_t>& values) {
  MEMSIM_CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  MedianEstimate estimate{.median = values[(values.size() - 1) / 2], .interval = {}};
  const std::size_t rank = enclosing_rank(values.size());
  if (rank > 0) estimate.interval = {values[rank - 1], values[values.size() - rank]};
  return estimate;
}

std::vector<std::size_t> latin_hypercube(std::size_t count, std::span<const std::size_t> levels, RandomStream random) {
  std::vector<std::size_t> design(count * levels.size());
  std::vector<std::size_t> column(count);
  for (std::size_t axis = 0; axis < levels.size(); ++axis) {
    MEMSIM_CHECK(levels[axis] > 0);
    // Row i of the column before it is shuffled: stratum i of `count` falls into this level.
    for (std::size_t i = 0; i < count; ++i) column[i] = i * levels[axis] / count;
    for (std::size_t left = count; left > 1; --left) std::swap(column[left - 1], column[random.below(left)]);
    for (std::size_t i = 0; i < count; ++i) design[i * levels.size() + axis] = column[i];
  }
  return design;
}

}  // namespace memsim
