#include <memsim/view/series_statistics.hpp>

#include <memsim/base/check.hpp>

namespace memsim {

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
