#include "campaign/measures/distinct_texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include <memsim/base/random.hpp>

namespace memsim {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(MeasureUnit unit, std::vector<ShownValue> values, std::int64_t per_unit = 1) {
  Measure measure;
  measure.unit = unit;
  return distinct_texts(measure, values, per_unit);
}

TEST(DistinctTexts, AreThoseForPeopleWhereTheyTellTheValuesApart) {
  EXPECT_THAT(texts(MeasureUnit::bytes, {2 << 20, 3 << 19}), ElementsAre("2 MiB", "1.5 MiB"));
  EXPECT_THAT(texts(MeasureUnit::nanoseconds, {63'000'000'000, 1'500}), ElementsAre("1 min 3 s", "1.5 us"));
  EXPECT_THAT(texts(MeasureUnit::share, {484, -1000}), ElementsAre("48.4 %", "-100.0 %"));
  EXPECT_THAT(texts(MeasureUnit::count, {7, 7}), ElementsAre("7", "7"));
  EXPECT_THAT(texts(MeasureUnit::count, {12'000, 12'340}, 1000), ElementsAre("12", "12.3"));
}

TEST(DistinctTexts, TakeAsManyDigitsAsItNeedsInOneUnit) {
  EXPECT_THAT(texts(MeasureUnit::bytes, {2'097'152, 2'097'408}), ElementsAre("2.0000 MiB", "2.0002 MiB"));
  EXPECT_THAT(texts(MeasureUnit::nanoseconds, {1'234'567, 1'234'568}), ElementsAre("1.234567 ms", "1.234568 ms"));
  EXPECT_THAT(texts(MeasureUnit::nanoseconds, {3'605'000'000'000, 3'607'000'000'000}), ElementsAre("3605 s", "3607 s"));
  EXPECT_THAT(texts(MeasureUnit::share, {484'100, 484'200, 100'000}, 1000),
              ElementsAre("48.41 %", "48.42 %", "10.00 %"));
  EXPECT_THAT(texts(MeasureUnit::count, {12'310, 12'340}, 1000), ElementsAre("12.31", "12.34"));
}

TEST(DistinctTexts, OfWhatIsNotZeroIsNotThatOfZero) {
  EXPECT_THAT(texts(MeasureUnit::share, {0, -4}, 1000), ElementsAre("0.0000 %", "-0.0004 %"));
  EXPECT_THAT(texts(MeasureUnit::nanoseconds, {0, 400}, 1000), ElementsAre("0.0 ns", "0.4 ns"));
}

TEST(DistinctTexts, KeepNeverAsItIs) {
  EXPECT_THAT(texts(MeasureUnit::nanoseconds, {kNeverMeasured, 100'000'000'001, 100'000'000'002}),
              ElementsAre("never", "100.000000001 s", "100.000000002 s"));
}

TEST(DistinctTexts, NeverAgreeWhereTheValuesDoNot) {
  constexpr std::int64_t kLargest = kNeverMeasured - 1;
  RandomStream random(5);
  for (const MeasureUnit unit :
       {MeasureUnit::count, MeasureUnit::frames, MeasureUnit::bytes, MeasureUnit::share, MeasureUnit::nanoseconds}) {
    for (const std::int64_t per_unit : {1, 1000}) {
      for (unsigned bits = 1; bits < 63; ++bits) {
        const auto value = static_cast<std::int64_t>(random.next_u64() >> (64 - bits));
        for (const std::int64_t other : {value + 1, value + 1000, kLargest - value}) {
          if (value == other) continue;
          const std::vector<std::string> found = texts(unit, {value, other}, per_unit);
          EXPECT_NE(found[0], found[1]) << value << " and " << other;
        }
      }
    }
  }
}

}  // namespace
}  // namespace memsim
