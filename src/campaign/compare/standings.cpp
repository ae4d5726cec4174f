#include <algorithm>
#include <optional>

#include <memsim/campaign/compare.hpp>
#include <memsim/campaign/paired_difference.hpp>

namespace memsim {
namespace {

// A contestant's values of the measure. A moment that never came is replaced by the end of the seed's longest run, so
// that two runs in which it never came are equal, whichever took longer. Nothing where a value is missing.
std::optional<std::vector<std::int64_t>> values_of(const Comparison& comparison, const ComparedMeasure& measure,
                                                   std::size_t contestant, Standing& standing) {
  std::vector<std::int64_t> values;
  std::size_t never = 0;
  for (std::size_t seed = 0; seed < comparison.seeds; ++seed) {
    const std::optional<std::int64_t>& value = measure.values[contestant][seed];
    if (!value) return std::nullopt;
    const bool came = *value != kNeverMeasured;
    values.push_back(came ? *value : comparison.end_times[seed]);
    never += came ? 0 : 1;
  }
  standing.is_lower_bound = never > 0;
  standing.is_never = never == values.size();
  return values;
}

void compare_with_first(const std::vector<std::int64_t>& first, const std::vector<std::int64_t>& values, Better better,
                        Standing& standing) {
  std::vector<std::int64_t> differences;
  for (std::size_t i = 0; i < values.size(); ++i) differences.push_back(values[i] - first[i]);
  const PairedDifference paired = paired_difference(differences);
  standing.is_compared = true;
  standing.difference = paired.mean;
  standing.half_width = paired.half_width;
  if (better == Better::neither) return;
  const bool is_lower = paired.mean < 0 && -paired.mean > paired.half_width;
  const bool is_higher = paired.mean > 0 && paired.mean > paired.half_width;
  standing.is_better = better == Better::lower ? is_lower : is_higher;
  standing.is_worse = better == Better::lower ? is_higher : is_lower;
}

// What the mean is worth: a moment that never came is later than any.
struct Rank {
  bool is_never;
  WideThousandths mean;
  auto operator<=>(const Rank&) const = default;
};

void mark_best(Better better, std::vector<Standing>& standings) {
  if (better == Better::neither) return;
  std::vector<Rank> ranks;
  for (const Standing& standing : standings) {
    if (standing.is_known) ranks.push_back({standing.is_never, standing.mean});
  }
  if (ranks.empty()) return;
  const auto [lowest, highest] = std::minmax_element(ranks.begin(), ranks.end());
  if (*lowest == *highest) return;
  const Rank best = better == Better::lower ? *lowest : *highest;
  for (Standing& standing : standings) {
    standing.is_best = standing.is_known && Rank{standing.is_never, standing.mean} == best;
  }
}

}  // namespace

std::vector<Standing> standings(const Comparison& comparison, const ComparedMeasure& measure) {
  std::vector<Standing> all(comparison.contestants.size());
  std::optional<std::vector<std::int64_t>> first;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto values = values_of(comparison, measure, i, all[i]);
    if (i == 0) first = values;
    if (!values) continue;
    all[i].is_known = true;
    all[i].mean = mean_in_thousandths(*values);
    if (i > 0 && first && values->size() > 1) {
      compare_with_first(*first, *values, measure.measure.better, all[i]);
    }
  }
  mark_best(measure.measure.better, all);
  return all;
}

}  // namespace memsim
