// What many runs say together: shares, medians and survival, each with how sure one may be.
//
// All of it is IEEE arithmetic with +, -, *, / and square roots, which every machine rounds alike, in a fixed order; so
// the same runs give the same digits. Only p-values go through a library's special functions (Boost.Math): they are for
// reading, to three digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/base/units.hpp>

namespace memsim {

// The two-sided normal quantile of 95 %, as the confidence of all intervals here.
inline constexpr double kNormal95 = 1.959963984540054;

struct Interval {
  double low = 0;
  double high = 0;
};

// Of a share: Wilson's score interval, which holds near 0 and 1 too (E. B. Wilson, "Probable inference, the law of
// succession, and statistical inference", 1927). Requires: 0 < trials, successes <= trials.
[[nodiscard]] Interval wilson_interval(std::uint64_t successes, std::uint64_t trials);

// The median of `values` and an interval between two of the values that holds the true median with at least 95 %
// confidence, whatever the distribution (by the binomial; C. R. Thompson, 1936). No interval from fewer than six
// values: not even the extremes would do. Reorders `values`. Requires: not empty.
struct MedianEstimate {
  std::uint64_t median = 0;  // the lower of the two middle ones
  std::optional<std::pair<std::uint64_t, std::uint64_t>> interval;
};
[[nodiscard]] MedianEstimate median_estimate(std::vector<std::uint64_t>& values);

// --- Survival: time to an event that some runs never see ---

// One run: when the event happened, or, if `happened` is false, until when it had not (the run ended there:
// "censored").
struct Lifetime {
  SimTime time;
  bool happened = false;
};

// The estimate of Kaplan and Meier ("Nonparametric estimation from incomplete observations", 1958) of the share that is
// without the event behind `time`, with Greenwood's standard error and the plain 95 % band, cut to [0, 1].
struct SurvivalPoint {
  SimTime time;
  std::size_t at_risk = 0;  // just before
  std::size_t events = 0;   // at this time
  double share = 1;
  double error = 0;
  Interval band{1, 1};
};

// A point for each time at which the event happened, ascending; the share is 1 before the first and stays between
// points. A run censored at the time of an event counts as at risk then, as is usual. O(n log n).
[[nodiscard]] std::vector<SurvivalPoint> kaplan_meier(std::vector<Lifetime> lifetimes);

// The share (and band) behind `time`, by the last point at or before it. Nothing where nobody was observed so long and
// the estimate has not reached zero: what comes after the last run is not known.
[[nodiscard]] std::optional<SurvivalPoint> survival_at(std::span<const SurvivalPoint> curve, SimTime time,
                                                       SimTime longest_observation);

// The first time behind which at most half are without the event; nothing where the curve stays above.
[[nodiscard]] std::optional<SimTime> median_survival(std::span<const SurvivalPoint> curve);

// Do the groups differ? The log-rank test (N. Mantel, 1966): the statistic, which follows chi-square with one degree of
// freedom fewer than groups where they do not, and the chance of one as large. Nothing where no event happened or only
// one group has runs.
struct LogRank {
  double statistic = 0;
  unsigned degrees = 0;
  double p_value = 1;
};
[[nodiscard]] std::optional<LogRank> log_rank(std::span<const std::vector<Lifetime>> groups);

// --- Designs ---

// `count` rows of a Latin hypercube over axes of so many levels each (McKay, Beckman and Conover, 1979): in each column
// every level comes equally often, up to one, in an order drawn from `random`. Row i has the level of axis j at
// [i * levels.size() + j]. Requires: every axis has a level.
[[nodiscard]] std::vector<std::size_t> latin_hypercube(std::size_t count, std::span<const std::size_t> levels,
                                                       RandomStream random);

}  // namespace memsim
