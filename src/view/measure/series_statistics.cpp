#include <memsim/view/measure/series_statistics.hpp>

#include <algorithm>
#include <limits>

#include <memsim/base/check.hpp>

namespace memsim {

std::int64_t SeriesStatistics::scaled_mean(std::int64_t scale) const {
  MEMSIM_CHECK(count_ > 0);
  const Wide span = (end_ - begin_).count();
  const Wide sum = span == 0 ? Wide{last_} : weighted_sum_;
  const Wide time = span == 0 ? Wide{1} : span;
  // The whole part, rounded down, and the rest apart, so that the scaled sum need not fit.
  const Wide whole = sum / time - (sum % time < 0 ? 1 : 0);
  const Wide rest = sum - whole * time;
  const Wide scaled = whole * scale + (2 * scale * rest + time) / (2 * time);
  constexpr Wide kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(scaled, kLeast, kMost));
}

}  // namespace memsim
