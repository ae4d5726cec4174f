#include "campaign/standing_text.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace memsim {
namespace {

constexpr std::int64_t kThousand = 1000;

std::int64_t rounded(std::int64_t thousandths) { return thousandths / kThousand + (thousandths % kThousand >= 500); }

}  // namespace

std::string thousandths_text(const Measure& measure, std::int64_t thousandths) {
  if (thousandths < 0) return "-" + thousandths_text(measure, -thousandths);
  const bool is_counted = measure.unit == MeasureUnit::count || measure.unit == MeasureUnit::frames;
  if (is_counted && thousandths % kThousand != 0) {
    const std::int64_t tenths = (thousandths + 50) / 100;
    return fmt::format("{}.{}", tenths / 10, tenths % 10);
  }
  Measure value = measure;
  value.value = rounded(thousandths);
  return measure_text(value);
}

std::string mean_text(const Measure& measure, const Standing& standing) {
  if (!standing.is_known) return "-";
  if (standing.is_never) return "never";
  return (standing.is_lower_bound ? ">= " : "") + thousandths_text(measure, standing.mean);
}

std::string difference_text(const Measure& measure, const Standing& standing) {
  if (!standing.is_compared) return {};
  std::string text =
      fmt::format("{}{} +- {}", standing.difference > 0 ? "+" : "", thousandths_text(measure, standing.difference),
                  thousandths_text(measure, standing.half_width));
  if (standing.is_better) text += " better";
  if (standing.is_worse) text += " worse";
  return text;
}

std::vector<std::uint64_t> best_counts(const Comparison& comparison) {
  std::vector<std::uint64_t> counts(comparison.contestants.size());
  for (const ComparedMeasure& measure : comparison.measures) {
    const std::vector<Standing> all = standings(comparison, measure);
    for (std::size_t i = 0; i < all.size(); ++i) counts[i] += all[i].is_best ? 1U : 0U;
  }
  return counts;
}

std::string seeds_text(const Comparison& comparison) {
  if (comparison.seeds == 1) return fmt::format("seed {}", comparison.first_seed);
  return fmt::format("seeds {} to {}", comparison.first_seed, comparison.first_seed + comparison.seeds - 1);
}

}  // namespace memsim
