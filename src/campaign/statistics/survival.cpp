#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include <memsim/campaign/statistics.hpp>

namespace memsim {
namespace {

void sort_by_time(std::vector<Lifetime>& lifetimes) {
  std::sort(lifetimes.begin(), lifetimes.end(), [](const Lifetime& a, const Lifetime& b) { return a.time < b.time; });
}

// The lifetimes of the groups walked together, event time by event time.
class Risks {
 public:
  explicit Risks(std::span<const std::vector<Lifetime>> groups) : groups_(groups.begin(), groups.end()) {
    for (std::vector<Lifetime>& group : groups_) {
      sort_by_time(group);
      for (const Lifetime& lifetime : group) {
        if (lifetime.happened) times_.push_back(lifetime.time);
      }
    }
    std::sort(times_.begin(), times_.end());
    times_.erase(std::unique(times_.begin(), times_.end()), times_.end());
    passed_.resize(groups_.size());
  }

  [[nodiscard]] const std::vector<SimTime>& event_times() const { return times_; }

  struct AtTime {
    double at_risk = 0;
    double events = 0;
  };
  // Of one group at `time`. Requires: times ascend from call to call.
  AtTime look(std::size_t group, SimTime time) {
    const std::vector<Lifetime>& lifetimes = groups_[group];
    std::size_t& passed = passed_[group];
    while (passed < lifetimes.size() && lifetimes[passed].time < time) ++passed;
    AtTime at{.at_risk = static_cast<double>(lifetimes.size() - passed), .events = 0};
    for (std::size_t i = passed; i < lifetimes.size() && lifetimes[i].time == time; ++i) {
      if (lifetimes[i].happened) ++at.events;
    }
    return at;
  }

 private:
  std::vector<std::vector<Lifetime>> groups_;
  std::vector<std::size_t> passed_;
  std::vector<SimTime> times_;
};

// Observed less expected events by group, and their covariances.
struct Scores {
  std::vector<double> difference;
  std::vector<std::vector<double>> covariance;
};

Scores scores_of(std::span<const std::vector<Lifetime>> groups) {
  const std::size_t count = groups.size();
  Scores scores{std::vector<double>(count), std::vector(count, std::vector<double>(count))};
  Risks risks(groups);
  for (const SimTime time : risks.event_times()) {
    std::vector<Risks::AtTime> at(count);
    double at_risk = 0;
    double events = 0;
    for (std::size_t i = 0; i < count; ++i) {
      at[i] = risks.look(i, time);
      at_risk += at[i].at_risk;
      events += at[i].events;
    }
    for (std::size_t i = 0; i < count; ++i) scores.difference[i] += at[i].events - events * at[i].at_risk / at_risk;
    if (at_risk <= 1) continue;
    const double spread = events * (at_risk - events) / (at_risk - 1);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        const double share = at[i].at_risk / at_risk;
        scores.covariance[i][j] += spread * share * ((i == j ? 1 : 0) - at[j].at_risk / at_risk);
      }
    }
  }
  return scores;
}

// d' V^-1 d over the first `count` groups (the last follows from them), by Gauss with pivots. Groups that were never at
// risk beside others say nothing and are left out: their pivot is zero.
struct Quadratic {
  double value = 0;
  unsigned rank = 0;
};
Quadratic quadratic_form(std::vector<std::vector<double>> matrix, const std::vector<double>& d, std::size_t count) {
  constexpr double kNothing = 1e-12;
  std::vector<double> right(d.begin(), d.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<bool> used(count);
  Quadratic result;
  for (std::size_t turn = 0; turn < count; ++turn) {
    std::size_t pivot = count;
    for (std::size_t i = 0; i < count; ++i) {
      if (!used[i] && (pivot == count || matrix[i][i] > matrix[pivot][pivot])) pivot = i;
    }
    if (matrix[pivot][pivot] <= kNothing) break;
    used[pivot] = true;
    ++result.rank;
    result.value += right[pivot] * right[pivot] / matrix[pivot][pivot];
    for (std::size_t i = 0; i < count; ++i) {
      if (used[i]) continue;
      const double factor = matrix[i][pivot] / matrix[pivot][pivot];
      for (std::size_t j = 0; j < count; ++j) matrix[i][j] -= factor * matrix[pivot][j];
      right[i] -= factor * right[pivot];
    }
  }
  return result;
}

}  // namespace

std::vector<SurvivalPoint> kaplan_meier(std::vector<Lifetime> lifetimes) {
  sort_by_time(lifetimes);
  std::vector<SurvivalPoint> curve;
  double share = 1;
  double hazard = 0;  // Greenwood's sum
  for (std::size_t i = 0; i < lifetimes.size();) {
    const SimTime time = lifetimes[i].time;
    const std::size_t at_risk = lifetimes.size() - i;
    std::size_t events = 0;
    for (; i < lifetimes.size() && lifetimes[i].time == time; ++i) events += lifetimes[i].happened ? 1U : 0U;
    if (events == 0) continue;
    const auto n = static_cast<double>(at_risk);
    const auto d = static_cast<double>(events);
    share *= (n - d) / n;
    if (events < at_risk) hazard += d / (n * (n - d));
    const double error = share * std::sqrt(hazard);
    curve.push_back({time,
                     at_risk,
                     events,
                     share,
                     error,
                     {std::max(0.0, share - kNormal95 * error), std::min(1.0, share + kNormal95 * error)}});
  }
  return curve;
}

std::optional<SurvivalPoint> survival_at(std::span<const SurvivalPoint> curve, SimTime time,
                                         SimTime longest_observation) {
  const auto next = std::upper_bound(curve.begin(), curve.end(), time,
                                     [](SimTime value, const SurvivalPoint& point) { return value < point.time; });
  const SurvivalPoint point = next == curve.begin() ? SurvivalPoint{} : *std::prev(next);
  if (time > longest_observation && point.share > 0) return std::nullopt;
  return point;
}

std::optional<SimTime> median_survival(std::span<const SurvivalPoint> curve) {
  for (const SurvivalPoint& point : curve) {
    if (point.share <= .5) return point.time;
  }
  return std::nullopt;
}

std::optional<LogRank> log_rank(std::span<const std::vector<Lifetime>> groups) {
  if (groups.size() < 2) return std::nullopt;
  const Scores scores = scores_of(groups);
  const Quadratic form = quadratic_form(scores.covariance, scores.difference, groups.size() - 1);
  if (form.rank == 0) return std::nullopt;
  // P(chi-square > x) with k degrees of freedom is the regularised upper incomplete gamma function at k/2, x/2.
  const double p = boost::math::gamma_q(static_cast<double>(form.rank) / 2, form.value / 2);
  return LogRank{.statistic = form.value, .degrees = form.rank, .p_value = p};
}

}  // namespace memsim
