#include <memsim/view/series_statistics.hpp>

#include <algorithm>
#include <limits>

#include <memsim/base/check.hpp>

namespace memsim {

std::int64_t SeriesStatistics::mean_milli() const {
  MEMSIM_CHECK(count_ > 0);
  const Wide span = (end_ - begin_).count();
  // The whole part and the rest apart, so that a thousand times the sum need not fit. The quotient is rounded down.
  const Wide sum = span == 0 ? Wide{last_} : weighted_sum_;
  const Wide time = span == 0 ? Wide{1} : span;
  const Wide whole = sum / time - (sum % time < 0 ? 1 : 0);
  const Wide rest = sum - whole * time;
  const Wide milli = whole * 1000 + (2000 * rest + time) / (2 * time);
  constexpr Wide kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(milli, kLeast, kMost));
}

std::int64_t SeriesStatistics::mean() const {
  MEMSIM_CHECK(count_ > 0);
  const Wide span = (end_ - begin_).count();
  if (span == 0) return last_;
  // floor(sum / span + 1/2); division rounds towards zero, so negative numerators are corrected.
  const Wide numerator = 2 * weighted_sum_ + span;
  const Wide quotient = numerator / (2 * span);
  return static_cast<std::int64_t>(numerator % (2 * span) < 0 ? quotient - 1 : quotient);
}

}  // namespace memsim
