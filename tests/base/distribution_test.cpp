#include <memsim/base/distribution.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace memsim {
namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr int kDraws = 1'000'000;

Distribution made(Parsed<Distribution> parsed) {
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error());
  return parsed ? *parsed : Distribution();
}

std::string error_of(const Parsed<Distribution>& parsed) { return parsed ? "none" : parsed.error(); }

std::vector<std::int64_t> draws_of(const Distribution& distribution, int count, std::uint64_t key = 1) {
  RandomStream stream(key);
  DrawState state;
  std::vector<std::int64_t> draws;
  draws.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) draws.push_back(distribution.draw(stream, state));
  return draws;
}

struct Moments {
  double mean = 0;
  double deviation = 0;
};

Moments moments_of(const std::vector<std::int64_t>& draws) {
  const auto count = static_cast<double>(draws.size());
  double sum = 0;
  for (const std::int64_t draw : draws) sum += static_cast<double>(draw);
  const double mean = sum / count;
  double squares = 0;
  for (const std::int64_t draw : draws) squares += std::pow(static_cast<double>(draw) - mean, 2);
  return {mean, std::sqrt(squares / count)};
}

double share_at_most(const std::vector<std::int64_t>& draws, std::int64_t limit) {
  const auto hits = std::count_if(draws.begin(), draws.end(), [&](std::int64_t draw) { return draw <= limit; });
  return static_cast<double>(hits) / static_cast<double>(draws.size());
}

// The shares below have standard deviations of at most 0.0005 at a million draws; the tolerance is four of them.
constexpr double kShareTolerance = 0.002;

TEST(ConstantDistribution, GivesItsValueAndTakesNoDraw) {
  RandomStream stream(1);
  const RandomStream before = stream;
  DrawState state;
  EXPECT_EQ(Distribution::constant(-7).draw(stream, state), -7);
  EXPECT_EQ(Distribution().draw(stream, state), 0);
  EXPECT_EQ(stream, before);
}

TEST(UniformDistribution, CoversItsRangeEvenly) {
  const std::vector<std::int64_t> draws = draws_of(made(Distribution::uniform(-2, 2)), kDraws);
  std::map<std::int64_t, int> hits;
  for (const std::int64_t draw : draws) ++hits[draw];
  ASSERT_EQ(hits.size(), 5u);
  EXPECT_EQ(hits.begin()->first, -2);
  for (const auto& [value, count] : hits) EXPECT_NEAR(count, kDraws / 5, 2000) << value;
}

TEST(ExponentialDistribution, HasItsMeanDeviationAndTail) {
  const std::vector<std::int64_t> draws = draws_of(made(Distribution::exponential(1'000'000)), kDraws);
  const Moments moments = moments_of(draws);
  EXPECT_NEAR(moments.mean, 1e6, 4e3);
  EXPECT_NEAR(moments.deviation, 1e6, 8e3);
  EXPECT_NEAR(share_at_most(draws, 693'147), 0.5, kShareTolerance);
  EXPECT_NEAR(share_at_most(draws, 100'000), 1 - std::exp(-0.1), kShareTolerance);
  EXPECT_NEAR(share_at_most(draws, 5'000'000), 1 - std::exp(-5), kShareTolerance);
  EXPECT_GE(*std::min_element(draws.begin(), draws.end()), 0);
}

// The header promises 0.05 % from a mean of 10 up.
TEST(ExponentialDistribution, LosesLittleToRoundingFromAMeanOfTenUp) {
  // The mean of round(X) is e^(-1/2m) / (1 - e^(-1/m)), by summing P(X >= k - 1/2).
  EXPECT_NEAR(std::exp(-0.05) / (1 - std::exp(-0.1)), 10, 10 * 0.0005);
  EXPECT_NEAR(moments_of(draws_of(made(Distribution::exponential(10)), kDraws)).mean, 10, 0.04);
}

TEST(ExponentialDistribution, SaturatesInsteadOfWrapping) {
  const Distribution distribution = made(Distribution::exponential(kLargest));
  EXPECT_EQ(distribution.upper_bound(), kLargest);
  for (const std::int64_t draw : draws_of(distribution, 1000)) ASSERT_GE(draw, 0);
}

TEST(GeometricDistribution, CountsTrialsUpToTheFirstSuccess) {
  const std::vector<std::int64_t> draws = draws_of(made(Distribution::geometric(1, 4)), kDraws);
  const Moments moments = moments_of(draws);
  EXPECT_NEAR(moments.mean, 4, 0.016);
  EXPECT_NEAR(moments.deviation, std::sqrt(12.0), 0.03);
  EXPECT_NEAR(share_at_most(draws, 1), 0.25, kShareTolerance);
  EXPECT_NEAR(share_at_most(draws, 2), 0.4375, kShareTolerance);
  EXPECT_EQ(*std::min_element(draws.begin(), draws.end()), 1);
}

TEST(GeometricDistribution, TakesAMeanAndCertainty) {
  EXPECT_EQ(draws_of(made(Distribution::geometric(3, 3)), 3), (std::vector<std::int64_t>{1, 1, 1}));
  EXPECT_EQ(draws_of(made(Distribution::geometric_with_mean(1)), 2), (std::vector<std::int64_t>{1, 1}));
  EXPECT_NEAR(moments_of(draws_of(made(Distribution::geometric_with_mean(50'000)), kDraws)).mean, 5e4, 200);
  EXPECT_NEAR(moments_of(draws_of(made(Distribution::geometric_with_mean(1'000'000'000)), kDraws)).mean, 1e9, 4e6);
}

TEST(LognormalDistribution, HasItsMedianMeanAndTails) {
  const std::vector<std::int64_t> draws =
      draws_of(made(Distribution::lognormal(1'000'000, Millionths(500'000))), kDraws);
  EXPECT_NEAR(moments_of(draws).mean, 1e6 * std::exp(0.125), 3e3);
  // The normal distribution at -3, -1, 0, 1, 2 and 3 standard deviations.
  const std::array<std::pair<double, double>, 6> shares{
      {{-3, 0.001350}, {-1, 0.158655}, {0, 0.5}, {1, 0.841345}, {2, 0.977250}, {3, 0.998650}}};
  for (const auto& [deviations, share] : shares) {
    const auto limit = static_cast<std::int64_t>(1e6 * std::exp(0.5 * deviations));
    const double tolerance = 4 * std::sqrt(share * (1 - share) / kDraws);
    EXPECT_NEAR(share_at_most(draws, limit), share, tolerance) << deviations;
  }
}

TEST(LognormalDistribution, IsConstantWithoutSpreadAndSaturatesWithMuch) {
  EXPECT_EQ(draws_of(made(Distribution::lognormal(77, Millionths(0))), 3), (std::vector<std::int64_t>{77, 77, 77}));
  const Distribution wide = made(Distribution::lognormal(kLargest / 2, Millionths(8'000'000)));
  EXPECT_EQ(wide.upper_bound(), kLargest);
  const std::vector<std::int64_t> draws = draws_of(wide, 1000);
  EXPECT_EQ(*std::max_element(draws.begin(), draws.end()), kLargest);
  EXPECT_GE(*std::min_element(draws.begin(), draws.end()), 0);
}

TEST(ZipfDistribution, FollowsItsLaw) {
  const std::vector<std::int64_t> draws = draws_of(made(Distribution::zipf(1000, Millionths(1'250'000))), kDraws);
  double sum = 0;
  for (int k = 1; k <= 1000; ++k) sum += std::pow(k, -1.25);
  double cumulated = 0;
  std::int64_t rank = 0;
  for (const std::int64_t limit : {1, 2, 3, 10, 100, 999}) {
    while (rank < limit) cumulated += std::pow(static_cast<double>(++rank), -1.25) / sum;
    EXPECT_NEAR(share_at_most(draws, limit), cumulated, kShareTolerance) << limit;
  }
  EXPECT_EQ(*std::min_element(draws.begin(), draws.end()), 1);
  EXPECT_EQ(*std::max_element(draws.begin(), draws.end()), 1000);
}

TEST(ZipfDistribution, IsUniformWithExponentZero) {
  const std::vector<std::int64_t> draws = draws_of(made(Distribution::zipf(4, Millionths(0))), kDraws);
  for (const std::int64_t rank : {1, 2, 3}) {
    EXPECT_NEAR(share_at_most(draws, rank), static_cast<double>(rank) / 4, kShareTolerance);
  }
}

TEST(ZipfDistribution, TakesAMillionRanks) {
  const Distribution distribution = made(Distribution::zipf(1'000'000, Millionths(1'000'000)));
  const std::vector<std::int64_t> draws = draws_of(distribution, kDraws);
  EXPECT_NEAR(share_at_most(draws, 1000), 7.485471 / 14.392727, kShareTolerance) << "harmonic numbers";
  EXPECT_EQ(distribution.upper_bound(), 1'000'000);
}

TEST(TableDistribution, HoldsItsWeights) {
  const Distribution distribution = made(Distribution::table({{-5, 1}, {8, 0}, {9, 6}, {1, 2}, {9, 1}}));
  std::map<std::int64_t, int> hits;
  for (const std::int64_t draw : draws_of(distribution, kDraws)) ++hits[draw];
  EXPECT_EQ(hits.size(), 3u) << "a weight of zero never comes up";
  EXPECT_NEAR(hits[-5], 100'000, 2000);
  EXPECT_NEAR(hits[9], 700'000, 2000);
  EXPECT_NEAR(hits[1], 200'000, 2000);
}

TEST(TableDistribution, TakesWeightsUpToTheLimitOfTheirSum) {
  const std::uint64_t half = (std::uint64_t{1} << 62) - 1;
  const std::vector<std::int64_t> draws = draws_of(made(Distribution::table({{0, half}, {1, half}})), kDraws);
  EXPECT_NEAR(share_at_most(draws, 0), 0.5, kShareTolerance);
  EXPECT_EQ(error_of(Distribution::table({{0, half}, {1, half}, {2, 2}})),
            "table: the sum of the weights must be below 2^63");
}

TEST(ListDistribution, DrawsEachValueEquallyOften) {
  const std::vector<std::int64_t> draws = draws_of(made(Distribution::list({10, 20, 20, 40})), kDraws);
  EXPECT_NEAR(share_at_most(draws, 10), 0.25, kShareTolerance);
  EXPECT_NEAR(share_at_most(draws, 20), 0.75, kShareTolerance);
}

TEST(ReplayDistribution, GoesThroughItsValuesForEachConsumerApart) {
  const Distribution distribution = made(Distribution::replay({3, 1, 2}));
  EXPECT_EQ(draws_of(distribution, 7), (std::vector<std::int64_t>{3, 1, 2, 3, 1, 2, 3}));
  RandomStream stream(1);
  const RandomStream before = stream;
  DrawState first;
  DrawState second;
  EXPECT_EQ(distribution.draw(stream, first), 3);
  EXPECT_EQ(distribution.draw(stream, first), 1);
  EXPECT_EQ(distribution.draw(stream, second), 3);
  EXPECT_EQ(stream, before);
}

TEST(ClampedDistribution, PullsDrawsIntoItsRange) {
  const Distribution distribution = made(made(Distribution::uniform(0, 100)).clamped(40, 60));
  const std::vector<std::int64_t> draws = draws_of(distribution, 10'000);
  EXPECT_EQ(*std::min_element(draws.begin(), draws.end()), 40);
  EXPECT_EQ(*std::max_element(draws.begin(), draws.end()), 60);
  EXPECT_NEAR(share_at_most(draws, 40), 41.0 / 101, 0.02);
  EXPECT_EQ(distribution.lower_bound(), 40);
  EXPECT_EQ(distribution.upper_bound(), 60);
  EXPECT_EQ(error_of(distribution.clamped(2, 1)), "the least value 2 is above the greatest 1");
}

TEST(Distribution, RefusesBadParameters) {
  EXPECT_EQ(error_of(Distribution::uniform(2, 1)), "uniform: the lower end 2 is above the upper end 1");
  EXPECT_EQ(error_of(Distribution::exponential(0)), "exponential: the mean must be at least 1, not 0");
  EXPECT_EQ(error_of(Distribution::geometric(0, 5)), "geometric: the probability 0/5 must be above 0 and at most 1");
  EXPECT_EQ(error_of(Distribution::geometric(6, 5)), "geometric: the probability 6/5 must be above 0 and at most 1");
  EXPECT_EQ(error_of(Distribution::geometric(0, 0)), "geometric: the probability 0/0 must be above 0 and at most 1");
  EXPECT_EQ(error_of(Distribution::geometric(1, 1'000'000'001)),
            "geometric: the probability 1/1000000001 must be at least 1 in 10^9");
  EXPECT_EQ(error_of(Distribution::geometric_with_mean(0)), "geometric: the mean must be from 1 to 10^9, not 0");
  EXPECT_EQ(error_of(Distribution::lognormal(0, Millionths(1))), "lognormal: the median must be at least 1, not 0");
  EXPECT_EQ(error_of(Distribution::lognormal(1, Millionths(8'000'001))),
            "lognormal: sigma must be at most 8, not 8.000001");
  EXPECT_EQ(error_of(Distribution::zipf(0, Millionths(1))),
            "zipf: the count of ranks must be from 1 to 1000000, not 0");
  EXPECT_EQ(error_of(Distribution::zipf(1, Millionths(10'000'001))),
            "zipf: the exponent must be at most 10, not 10.000001");
  EXPECT_EQ(error_of(Distribution::table({})), "table: at least one entry needs a weight above 0");
  EXPECT_EQ(error_of(Distribution::table({{4, 0}})), "table: at least one entry needs a weight above 0");
  EXPECT_EQ(error_of(Distribution::list({})), "list: expected at least one value");
  EXPECT_EQ(error_of(Distribution::replay({})), "replay: expected at least one value");
}

struct Golden {
  const char* name;
  Distribution distribution;
  std::uint64_t hash;  // FNV-1a over the little-endian bytes of the first thousand draws of RandomStream(1)
};

std::vector<Golden> goldens() {
  return {
      {"constant", Distribution::constant(-3), 0x21dee67525c485e5u},
      {"uniform", made(Distribution::uniform(-1000, 1'000'000)), 0xb6ef46dfd12f1542u},
      {"exponential", made(Distribution::exponential(1'000'000'000)), 0x302fbedbf4b52a83u},
      {"geometric", made(Distribution::geometric(3, 1000)), 0xe9844de5c71ed11au},
      {"lognormal", made(Distribution::lognormal(5'000'000, Millionths(1'250'000))), 0x39df0bca3eb234afu},
      {"zipf", made(Distribution::zipf(5000, Millionths(1'100'000))), 0xf35372546842a3c9u},
      {"table", made(Distribution::table({{4096, 50}, {8192, 30}, {65536, 15}, {4194304, 5}})), 0x1b4e26f976071eacu},
      {"list", made(Distribution::list({1, 2, 3, 5, 8})), 0x4e28998202f224a3u},
      {"replay", made(Distribution::replay({1, 2, 3, 5, 8})), 0x1726099f55ac69a5u},
  };
}

TEST(Distribution, GivesTheSameThousandDrawsForEver) {
  for (const Golden& golden : goldens()) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const std::int64_t draw : draws_of(golden.distribution, 1000)) {
      const auto bits = static_cast<std::uint64_t>(draw);
      for (unsigned shift = 0; shift < 64; shift += 8) hash = (hash ^ ((bits >> shift) & 0xff)) * 0x100000001b3u;
    }
    EXPECT_EQ(hash, golden.hash) << golden.name;
  }
}

TEST(Distribution, KeepsItsBounds) {
  for (const Golden& golden : goldens()) {
    for (const std::int64_t draw : draws_of(golden.distribution, 10'000, 99)) {
      ASSERT_GE(draw, golden.distribution.lower_bound()) << golden.name;
      ASSERT_LE(draw, golden.distribution.upper_bound()) << golden.name;
    }
  }
}

}  // namespace
}  // namespace memsim
