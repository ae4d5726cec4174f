#include <memsim/view/measure/latency_histogram.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include <memsim/base/random.hpp>

namespace memsim {
namespace {

SimDuration ns(std::uint64_t count) { return SimDuration(count); }

TEST(LatencyHistogram, OneValueIsItsOwnMedianMinimumAndMaximum) {
  LatencyHistogram histogram;
  histogram.add(ns(1'234'567));
  EXPECT_EQ(histogram.quantile(500), ns(1'234'567));
  EXPECT_EQ(histogram.minimum(), ns(1'234'567));
  EXPECT_EQ(histogram.maximum(), ns(1'234'567));
}

TEST(LatencyHistogram, QuantilesAreNearestRankWhileExact) {
  LatencyHistogram histogram;
  for (std::uint64_t i = 100; i >= 1; --i) histogram.add(ns(i * 1000));
  EXPECT_EQ(histogram.quantile(0), ns(1000));
  EXPECT_EQ(histogram.quantile(500), ns(50'000));
  EXPECT_EQ(histogram.quantile(990), ns(99'000));
  EXPECT_EQ(histogram.quantile(991), ns(100'000));
  EXPECT_EQ(histogram.quantile(1000), ns(100'000));
}

TEST(LatencyHistogram, BeyondTheExactSamplesAQuantileIsNeverTooLowAndAtMostOneIn64TooHigh) {
  RandomStream random(42);
  LatencyHistogram histogram;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t magnitude = random.below(40);
    values.push_back(random.below(std::uint64_t{1} << magnitude));
    histogram.add(ns(values.back()));
  }
  std::sort(values.begin(), values.end());
  for (const std::uint32_t permille : {1u, 10u, 250u, 500u, 900u, 990u, 999u, 1000u}) {
    const std::uint64_t exact = values[(values.size() * permille + 999) / 1000 - 1];
    const std::uint64_t told = histogram.quantile(permille).count();
    EXPECT_GE(told, exact) << permille;
    EXPECT_LE(told, exact + exact / 64) << permille;
  }
  EXPECT_EQ(histogram.maximum(), ns(values.back()));
  EXPECT_EQ(histogram.minimum(), ns(values.front()));
  EXPECT_EQ(histogram.count(), values.size());
}

TEST(LatencyHistogram, AnswersDoNotDependOnTheOrderOfValues) {
  LatencyHistogram up;
  LatencyHistogram down;
  for (std::uint64_t i = 0; i < 1000; ++i) up.add(ns(i * i));
  for (std::uint64_t i = 1000; i-- > 0;) down.add(ns(i * i));
  for (const std::uint32_t permille : {10u, 500u, 990u}) EXPECT_EQ(up.quantile(permille), down.quantile(permille));
}

TEST(LatencyHistogram, TakesTheLargestValueThereIs) {
  LatencyHistogram histogram;
  for (std::size_t i = 0; i <= LatencyHistogram::kExactSamples; ++i) histogram.add(SimDuration::max());
  EXPECT_EQ(histogram.quantile(500), SimDuration::max());
  EXPECT_EQ(histogram.sum(), SimDuration::max());
}

}  // namespace
}  // namespace memsim
