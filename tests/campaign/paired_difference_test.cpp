#include <memsim/campaign/paired_difference.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace memsim {
namespace {

// The textbook's formula, in floating point.
double half_width_by_the_book(const std::vector<std::int64_t>& differences) {
  const auto n = static_cast<double>(differences.size());
  double mean = 0;
  for (const std::int64_t d : differences) mean += static_cast<double>(d) / n;
  double squares = 0;
  for (const std::int64_t d : differences) squares += std::pow(static_cast<double>(d) - mean, 2);
  const auto t = static_cast<double>(t_quantile_in_millionths(differences.size() - 1)) / 1000;
  return t * std::sqrt(squares / (n - 1) / n);
}

TEST(PairedDifference, OfKnownNumbersIsThatOfTheTextbook) {
  // Mean 3, standard deviation sqrt(2.5), t(4) = 2.776445: t * sqrt(2.5 / 5) = 1.963.
  const PairedDifference known = paired_difference(std::vector<std::int64_t>{1, 2, 3, 4, 5});
  EXPECT_EQ(known.mean, 3000);
  EXPECT_EQ(known.half_width, 1963);
  // A thousand times as much shows more digits: 2.776446 * sqrt(2.5e6 / 5) = 1963.2438.
  EXPECT_EQ(paired_difference(std::vector<std::int64_t>{1000, 2000, 3000, 4000, 5000}).half_width, 1'963'244);
}

TEST(PairedDifference, OfEqualDifferencesIsCertain) {
  const PairedDifference same = paired_difference(std::vector<std::int64_t>{-7, -7, -7});
  EXPECT_EQ(same.mean, -7000);
  EXPECT_EQ(same.half_width, 0);
}

TEST(PairedDifference, AgreesWithFloatingPointAtEverySize) {
  std::uint64_t state = 1;
  for (unsigned shift = 1; shift < 62; ++shift) {
    for (const std::size_t count : {2U, 3U, 10U, 31U, 100U}) {
      std::vector<std::int64_t> differences;
      for (std::size_t i = 0; i < count; ++i) {
        state = state * 6364136223846793005 + 1442695040888963407;
        const auto size = static_cast<std::int64_t>(state >> (64 - shift));
        differences.push_back((state & 1024) != 0 ? size : -size);
      }
      const double expected = half_width_by_the_book(differences);
      const auto found = static_cast<double>(paired_difference(differences).half_width);
      EXPECT_NEAR(found, expected, 1 + expected * 1e-9) << shift << " bits, " << count << " values";
    }
  }
}

TEST(PairedDifference, OfTheLargestNumbersIsExact) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const PairedDifference huge = paired_difference(std::vector<std::int64_t>{kMax, -kMax, kMax});
  EXPECT_EQ(huge.mean, WideThousandths{kMax} * 1000 / 3);
  const double by_the_book = half_width_by_the_book({kMax, -kMax, kMax});
  EXPECT_NEAR(static_cast<double>(huge.half_width), by_the_book, by_the_book * 1e-9);
  std::vector<std::int64_t> many(1 << 20, kMax);
  many.front() = -kMax;
  EXPECT_EQ(paired_difference(many).mean, WideThousandths{kMax} * 1000 - (WideThousandths{2000} << 43));
}

TEST(PairedDifference, MeansAreRoundedToTheNearestThousandth) {
  EXPECT_EQ(mean_in_thousandths(std::vector<std::int64_t>{1, 1, 2}), 1333);
  EXPECT_EQ(mean_in_thousandths(std::vector<std::int64_t>{1, 2, 2}), 1667);
  EXPECT_EQ(mean_in_thousandths(std::vector<std::int64_t>{-1, -2, -2}), -1667);
}

TEST(StudentsT, IsTheTablesAndNeverTooSmall) {
  EXPECT_EQ(t_quantile_in_millionths(1), 12'706'205);
  EXPECT_EQ(t_quantile_in_millionths(4), 2'776'446);
  EXPECT_EQ(t_quantile_in_millionths(9), 2'262'158);
  EXPECT_EQ(t_quantile_in_millionths(30), 2'042'273);
  EXPECT_EQ(t_quantile_in_millionths(35), 2'042'273);
  EXPECT_EQ(t_quantile_in_millionths(1'000'000), 1'962'340);
}

}  // namespace
}  // namespace memsim
