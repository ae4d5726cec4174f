#include "campaign/compare/standing_text.hpp"

#include <fmt/format.h>

#include <array>

#include "campaign/measures/distinct_texts.hpp"

namespace memsim {
namespace {

constexpr std::int64_t kPerUnit = 1000;  // means and differences are in thousandths

}  // namespace

std::vector<std::string> mean_texts(const Measure& measure, std::span<const Standing> standings) {
  std::vector<ShownValue> means;
  for (const Standing& standing : standings) {
    if (standing.is_known && !standing.is_never) means.push_back(standing.mean);
  }
  const std::vector<std::string> known = distinct_texts(measure, means, kPerUnit);
  auto next = known.begin();
  std::vector<std::string> texts;
  for (const Standing& standing : standings) {
    if (!standing.is_known) {
      texts.emplace_back("-");
    } else if (standing.is_never) {
      texts.emplace_back("never");
    } else {
      texts.push_back((standing.is_lower_bound ? ">= " : "") + *next++);
    }
  }
  return texts;
}

std::string difference_text(const Measure& measure, const Standing& standing) {
  if (!standing.is_compared) return {};
  const WideThousandths difference = standing.difference;
  const std::array<ShownValue, 3> sizes = {0, difference < 0 ? -difference : difference, standing.half_width};
  const std::vector<std::string> texts = distinct_texts(measure, sizes, kPerUnit);
  const char* sign = difference > 0 ? "+" : "-";
  std::string text = fmt::format("{}{} +- {}", difference == 0 ? "" : sign, texts[1], texts[2]);
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
