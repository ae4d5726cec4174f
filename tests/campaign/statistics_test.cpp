// Held against worked examples that were published, and against simulation.
#include <memsim/campaign/statistics.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace memsim {
namespace {

Lifetime event(std::uint64_t time) { return {SimTime(time), true}; }
Lifetime censored(std::uint64_t time) { return {SimTime(time), false}; }

// Weeks of remission of 42 children with leukaemia (Freireich et al. 1963), the data of most textbooks on survival.
std::vector<Lifetime> treated() {
  return {event(6),     event(6),     event(6),     censored(6),  event(7),     censored(9),  event(10),
          censored(10), censored(11), event(13),    event(16),    censored(17), censored(19), censored(20),
          event(22),    event(23),    censored(25), censored(32), censored(32), censored(34), censored(35)};
}
std::vector<Lifetime> placebo() {
  std::vector<Lifetime> lifetimes;
  for (const int weeks : {1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23}) {
    lifetimes.push_back(event(static_cast<std::uint64_t>(weeks)));
  }
  return lifetimes;
}

TEST(Survival, GivesThePublishedCurveOfTheLeukaemiaData) {
  struct Row {
    std::uint64_t time;
    std::size_t at_risk;
    std::size_t events;
    double share;
    double error;
  };
  // As printed in Kleinbaum and Klein, "Survival Analysis", and by other programs.
  const std::vector<Row> published = {{6, 21, 3, .8571, .0764},  {7, 17, 1, .8067, .0869},  {10, 15, 1, .7529, .0963},
                                      {13, 12, 1, .6902, .1068}, {16, 11, 1, .6275, .1141}, {22, 7, 1, .5378, .1282},
                                      {23, 6, 1, .4482, .1346}};
  const std::vector<SurvivalPoint> curve = kaplan_meier(treated());
  ASSERT_EQ(curve.size(), published.size());
  for (std::size_t i = 0; i < curve.size(); ++i) {
    EXPECT_EQ(curve[i].time, SimTime(published[i].time));
    EXPECT_EQ(curve[i].at_risk, published[i].at_risk);
    EXPECT_EQ(curve[i].events, published[i].events);
    EXPECT_NEAR(curve[i].share, published[i].share, 5e-5);
    EXPECT_NEAR(curve[i].error, published[i].error, 5e-5);
  }
  EXPECT_EQ(median_survival(curve), SimTime(23));
  EXPECT_EQ(median_survival(kaplan_meier(placebo())), SimTime(8));
}

TEST(Survival, LogRankGivesThePublishedStatisticOfTheLeukaemiaData) {
  const std::vector<std::vector<Lifetime>> groups = {treated(), placebo()};
  const auto found = log_rank(groups);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->statistic, 16.793, 5e-4);
  EXPECT_EQ(found->degrees, 1U);
  EXPECT_NEAR(found->p_value, 4.17e-5, 1e-7);
}

TEST(Survival, WithoutCensoringIsTheShareOfThoseLeft) {
  const std::vector<SurvivalPoint> curve = kaplan_meier(placebo());
  EXPECT_NEAR(curve.front().share, 19.0 / 21, 1e-12);
  EXPECT_NEAR(curve[5].share, 8.0 / 21, 1e-12);  // behind week 8
  EXPECT_EQ(curve.back().share, 0);
  EXPECT_EQ(curve.back().error, 0);
}

TEST(Survival, KnowsNothingBehindTheLongestObservation) {
  const std::vector<SurvivalPoint> curve = kaplan_meier(treated());
  EXPECT_NEAR(survival_at(curve, SimTime(35), SimTime(35))->share, .4482, 5e-5);
  EXPECT_FALSE(survival_at(curve, SimTime(36), SimTime(35)));
  EXPECT_EQ(survival_at(curve, SimTime(5), SimTime(35))->share, 1);
  EXPECT_EQ(survival_at(kaplan_meier(placebo()), SimTime(99), SimTime(23))->share, 0);
}

TEST(Survival, OfRunsThatNeverFailHasNoPointAndNoTest) {
  const std::vector<std::vector<Lifetime>> groups = {{censored(5), censored(6)}, {censored(7)}};
  EXPECT_TRUE(kaplan_meier(groups[0]).empty());
  EXPECT_FALSE(log_rank(groups));
  EXPECT_FALSE(log_rank(std::vector<std::vector<Lifetime>>{placebo()}));
}

TEST(Survival, LogRankOfThreeGroupsDoesNotDependOnTheirOrder) {
  std::vector<std::vector<Lifetime>> groups = {treated(), placebo(), {event(3), event(9), censored(12), event(14)}};
  const auto first = log_rank(groups);
  std::swap(groups[0], groups[2]);
  const auto second = log_rank(groups);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->degrees, 2U);
  EXPECT_NEAR(first->statistic, second->statistic, 1e-9);
}

// Groups drawn alike differ "significantly" in one comparison of twenty, and the band holds the truth in about 95 of
// 100.
TEST(Survival, TestAndBandHoldWhatTheyPromiseInSimulation) {
  RandomStream random = RandomStream::derive(1, {"survival"});
  constexpr int kTrials = 2000;
  int rejected = 0;
  int covered = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<std::vector<Lifetime>> groups(2);
    for (std::vector<Lifetime>& group : groups) {
      for (int i = 0; i < 60; ++i) {
        const std::uint64_t life = random.below(1000);
        const std::uint64_t watched = 400 + random.below(1000);
        group.push_back({SimTime(std::min(life, watched)), life <= watched});
      }
    }
    if (log_rank(groups)->p_value < .05) ++rejected;
    const auto at = survival_at(kaplan_meier(groups[0]), SimTime(499), SimTime(1400));
    if (at->band.low <= .5 && .5 <= at->band.high) ++covered;
  }
  EXPECT_NEAR(static_cast<double>(rejected) / kTrials, .05, .015);
  EXPECT_NEAR(static_cast<double>(covered) / kTrials, .95, .02);
}

TEST(Wilson, GivesThePublishedIntervals) {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
  struct Row {
    std::uint64_t successes, trials;
    double low, high;
  };
  for (const Row& row : {Row{81, 263, .2553, .3662}, Row{15, 148, .0624, .1605}, Row{0, 20, 0, .1611},
                         Row{1, 29, .0061, .1718}, Row{20, 20, 1 - .1611, 1}}) {
    const Interval interval = wilson_interval(row.successes, row.trials);
    EXPECT_NEAR(interval.low, row.low, 5e-5) << row.successes;
    EXPECT_NEAR(interval.high, row.high, 5e-5) << row.successes;
  }
}

TEST(Median, LiesBetweenTheRanksOfThePublishedTables) {
  // 95 % ranks as in the tables of the sign test: n = 6 the extremes, 10 the second, 20 the sixth, 100 the 40th.
  for (const auto& [n, rank] :
       std::map<std::uint64_t, std::uint64_t>{{6, 1}, {9, 2}, {10, 2}, {20, 6}, {25, 8}, {100, 40}}) {
    std::vector<std::uint64_t> values;
    for (std::uint64_t i = n; i > 0; --i) values.push_back(i);
    const MedianEstimate estimate = median_estimate(values);
    EXPECT_EQ(estimate.median, (n + 1) / 2) << n;
    ASSERT_TRUE(estimate.interval) << n;
    EXPECT_EQ(estimate.interval->first, rank) << n;
    EXPECT_EQ(estimate.interval->second, n + 1 - rank) << n;
  }
}

TEST(Median, OfFiveValuesHasNoInterval) {
  std::vector<std::uint64_t> values = {5, 1, 4, 2, 3};
  EXPECT_EQ(median_estimate(values).median, 3U);
  EXPECT_FALSE(median_estimate(values).interval);
}

TEST(LatinHypercube, TakesEveryLevelEquallyOften) {
  const std::vector<std::size_t> levels = {4, 10, 3};
  constexpr std::size_t kRows = 40;
  const std::vector<std::size_t> design = latin_hypercube(kRows, levels, RandomStream::derive(7, {"design"}));
  for (std::size_t axis = 0; axis < levels.size(); ++axis) {
    std::map<std::size_t, std::size_t> seen;
    for (std::size_t row = 0; row < kRows; ++row) ++seen[design[row * levels.size() + axis]];
    EXPECT_EQ(seen.size(), levels[axis]);
    for (const auto& [level, count] : seen) {
      EXPECT_GE(count, kRows / levels[axis]) << level;
      EXPECT_LE(count, kRows / levels[axis] + 1) << level;
    }
  }
}

TEST(LatinHypercube, IsTheSameForTheSameStream) {
  const std::vector<std::size_t> levels = {5, 5};
  const RandomStream random = RandomStream::derive(7, {"design"});
  EXPECT_EQ(latin_hypercube(20, levels, random), latin_hypercube(20, levels, random));
  EXPECT_NE(latin_hypercube(20, levels, random), latin_hypercube(20, levels, RandomStream::derive(8, {"design"})));
}

}  // namespace
}  // namespace memsim
