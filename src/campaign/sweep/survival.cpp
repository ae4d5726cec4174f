#include <memsim/campaign/sweep/survival.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

constexpr std::string_view kFirstFailure = "/first_failure_ns";
constexpr std::string_view kFirstRefusal = "allocations/first_contiguous_failure_ns";

std::vector<Lifetime> lifetimes_of(const SweepResults& sweep, const SweptRuns& runs, const SweptMeasure& measure,
                                   std::size_t variation) {
  std::vector<Lifetime> lifetimes;
  for (std::size_t i = variation * sweep.seeds(); i < (variation + 1) * sweep.seeds(); ++i) {
    const std::int64_t value = measure.values[i].value_or(kNeverMeasured);
    const bool happened = value != kNeverMeasured;
    lifetimes.push_back({happened ? SimTime(static_cast<std::uint64_t>(value)) : runs.end_times[i], happened});
  }
  return lifetimes;
}

SimTime longest(const SweepResults& sweep, const SweptRuns& runs, std::size_t variation) {
  const auto begin = runs.end_times.begin() + static_cast<std::ptrdiff_t>(variation * sweep.seeds());
  return *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(sweep.seeds()));
}

Survival survival_of(std::vector<Lifetime> lifetimes, SimTime time, SimTime longest_observation) {
  Survival survival;
  survival.runs = lifetimes.size();
  const auto observed = static_cast<std::uint64_t>(std::count_if(
      lifetimes.begin(), lifetimes.end(), [&](const Lifetime& life) { return life.happened || life.time >= time; }));
  survival.refused = static_cast<std::uint64_t>(
      std::count_if(lifetimes.begin(), lifetimes.end(), [](const Lifetime& life) { return life.happened; }));
  survival.curve = kaplan_meier(std::move(lifetimes));
  survival.at_time = survival_at(survival.curve, time, longest_observation);
  survival.median = median_survival(survival.curve);
  const bool is_extreme = survival.at_time && (survival.at_time->share <= 0 || survival.at_time->share >= 1);
  if (is_extreme && observed > 0) {
    survival.at_time->band = wilson_interval(survival.at_time->share <= 0 ? 0 : observed, observed);
  }
  return survival;
}

// The name between "probe/" or "call/" and the end of a measure.
std::string_view name_in(std::string_view measure) {
  const std::size_t slash = measure.find('/') + 1;
  return measure.substr(slash, measure.size() - slash - kFirstFailure.size());
}

// "48 h", as people say it of days, too.
std::string moment_text(SimTime time) {
  constexpr std::uint64_t kHour = UINT64_C(3'600'000'000'000);
  constexpr std::uint64_t kHoursMax = 100;
  const std::uint64_t hours = time.value() / kHour;
  const bool is_whole = time.value() % kHour == 0 && 0 < hours && hours <= kHoursMax;
  return is_whole ? fmt::format("{} h", hours) : format_duration_human(SimDuration(time.value()));
}

}  // namespace

std::vector<std::string> survival_measures() {
  return {"probe/*/first_failure_ns", std::string(kFirstRefusal), "call/*/first_failure_ns"};
}

std::vector<SurvivalOfProbe> survival_of(const SweepResults& sweep, const SweptRuns& runs, std::optional<SimTime> at) {
  SimTime time = at.value_or(never());
  for (std::size_t i = 0; i < sweep.variations().size() && !at; ++i) time = std::min(time, longest(sweep, runs, i));
  std::vector<SurvivalOfProbe> all;
  for (const SweptMeasure& measure : runs.measures) {
    const bool is_requests = measure.kind.name == kFirstRefusal;
    if (!is_requests && !measure.kind.name.ends_with(kFirstFailure)) continue;
    const bool is_probe = measure.kind.name.starts_with("probe/");
    const bool ever_failed = std::any_of(measure.values.begin(), measure.values.end(),
                                         [](const auto& value) { return value && *value != kNeverMeasured; });
    if (!is_probe && !ever_failed) continue;
    const std::string name(is_requests ? std::string_view() : name_in(measure.kind.name));
    SurvivalOfProbe& probe = all.emplace_back();
    probe.what = is_requests ? "contiguous requests"
                             : fmt::format("{} {}", is_probe ? "probe" : "call", escaped_for_terminal(name));
    if (is_probe) {
      const auto& asked = sweep.design().scenario.probes;
      if (const auto known = asked.find(name); known != asked.end()) probe.asked = known->second;
    }
    probe.time = time;
    std::vector<std::vector<Lifetime>> groups;
    for (std::size_t i = 0; i < sweep.variations().size(); ++i) {
      groups.push_back(lifetimes_of(sweep, runs, measure, i));
      probe.variations.push_back(survival_of(groups.back(), time, longest(sweep, runs, i)));
    }
    probe.log_rank = log_rank(groups);
  }
  return all;
}

std::string probability_text(double probability) {
  if (probability <= 0) return "0";
  if (probability >= 1) return "1";
  for (const int digits : {2, 3, 4}) {
    const std::string text = fmt::format("{:.{}f}", probability, digits);
    if (!text.starts_with('1') && text.find_first_not_of("0.") != std::string::npos) return text.substr(1);
  }
  return probability < .5 ? "<.0001" : ">.9999";
}

std::string survival_sentence(const SurvivalOfProbe& probe, std::size_t variation) {
  const std::optional<SurvivalPoint>& at = probe.variations[variation].at_time;
  if (!at) return {};
  return fmt::format("After {} {} is granted with probability {} ({} to {})", moment_text(probe.time),
                     probe.asked.empty() ? probe.what : probe.asked, probability_text(at->share),
                     probability_text(at->band.low), probability_text(at->band.high));
}

}  // namespace memsim
