#include <memsim/campaign/sweep/sensitivity.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace memsim {
namespace {

struct Sum {
  std::uint64_t count = 0;
  double sum = 0;
  void add(double value) {
    ++count;
    sum += value;
  }
  [[nodiscard]] double mean() const { return sum / static_cast<double>(count); }
};

struct RunValue {
  std::size_t variation = 0;
  double value = 0;
};

std::vector<RunValue> values_of(const SweepResults& sweep, const SweptRuns& runs, const SweptMeasure& measure) {
  std::vector<RunValue> values;
  for (std::size_t i = 0; i < measure.values.size(); ++i) {
    if (!measure.values[i]) continue;
    const bool came = *measure.values[i] != kNeverMeasured;
    values.push_back({i / static_cast<std::size_t>(sweep.seeds()),
                      came ? static_cast<double>(*measure.values[i]) : static_cast<double>(runs.end_times[i].value())});
  }
  return values;
}

std::string value_on(const Variation& variation, const std::string& axis) {
  const auto level = std::find_if(variation.levels.begin(), variation.levels.end(),
                                  [&](const Level& candidate) { return candidate.axis == axis; });
  return level == variation.levels.end() ? std::string() : level->value;
}

// The sum of the squares of the groups' means around the whole's, weighted by their sizes.
template <class Groups>
double between(const Groups& groups, double mean) {
  double squares = 0;
  for (const auto& [key, group] : groups) {
    const double distance = group.mean() - mean;
    squares += static_cast<double>(group.count) * distance * distance;
  }
  return squares;
}

AxisEffect effect_of(const SweepResults& sweep, const std::string& axis, const std::vector<RunValue>& values,
                     double mean, double total) {
  AxisEffect effect;
  effect.axis = axis;
  std::vector<std::size_t> level_of;  // by variation
  std::map<std::string, std::size_t> known;
  for (const Variation& variation : sweep.variations()) {
    const std::string value = value_on(variation, axis);
    const auto [entry, is_new] = known.emplace(value, effect.levels.size());
    if (is_new) effect.levels.push_back({value, 0, 0});
    level_of.push_back(entry->second);
  }
  std::map<std::size_t, Sum> sums;
  for (const RunValue& value : values) sums[level_of[value.variation]].add(value.value);
  for (const auto& [level, sum] : sums) {
    effect.levels[level].runs = sum.count;
    effect.levels[level].mean = sum.mean();
  }
  effect.share = between(sums, mean) / total;
  effect.by_chance = static_cast<double>(sums.size() - 1) / static_cast<double>(values.size() - 1);
  return effect;
}

}  // namespace

std::vector<Sensitivity> sensitivity_of(const SweepResults& sweep, const SweptRuns& runs) {
  std::vector<Sensitivity> all;
  const std::vector<std::string> axes = axes_of(sweep.design());
  for (const SweptMeasure& measure : runs.measures) {
    const std::vector<RunValue> values = values_of(sweep, runs, measure);
    Sum whole;
    std::map<std::size_t, Sum> by_variation;
    for (const RunValue& value : values) {
      whole.add(value.value);
      by_variation[value.variation].add(value.value);
    }
    if (whole.count < 2) continue;
    double total = 0;
    for (const RunValue& value : values) total += (value.value - whole.mean()) * (value.value - whole.mean());
    if (total <= 0) continue;
    Sensitivity sensitivity{
        measure.kind, whole.count, {}, std::max(0.0, 1 - between(by_variation, whole.mean()) / total)};
    for (const std::string& axis : axes) {
      sensitivity.axes.push_back(effect_of(sweep, axis, values, whole.mean(), total));
    }
    std::stable_sort(sensitivity.axes.begin(), sensitivity.axes.end(),
                     [](const AxisEffect& a, const AxisEffect& b) { return a.share > b.share; });
    all.push_back(std::move(sensitivity));
  }
  return all;
}

}  // namespace memsim
