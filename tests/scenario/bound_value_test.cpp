#include "scenario/expect/bound_value.hpp"

#include <gtest/gtest.h>

namespace memsim::loader {
namespace {

constexpr PageSize kPage;

TEST(BoundValue, SharesAreDecimalsPercentOrPermille) {
  EXPECT_EQ(parse_share("0.484").value(), 484);
  EXPECT_EQ(parse_share("48.4%").value(), 484);
  EXPECT_EQ(parse_share("48.4 %").value(), 484);
  EXPECT_EQ(parse_share("484permille").value(), 484);
  EXPECT_EQ(parse_share("484 permille").value(), 484);
  EXPECT_EQ(parse_share("1").value(), 1000);
  EXPECT_EQ(parse_share("-1").value(), -1000);
  EXPECT_EQ(parse_share("-0.5").value(), -500);
  EXPECT_EQ(parse_share("0").value(), 0);
}

TEST(BoundValue, RefusesSharesOutOfRangeOrFinerThanThousandths) {
  for (const char* text : {"400", "1.001", "-2", "0.0005", "0.05%", "1.5permille", "", "%", "-", "0.5 percent", "+0.5",
                           "0,5", "1e-1", "--1", "0.5  %"}) {
    EXPECT_FALSE(parse_share(text)) << text;
  }
}

TEST(BoundValue, FramesAreNumbersOrWholePages) {
  EXPECT_EQ(parse_bound("1024", MeasureUnit::frames, kPage).value(), 1024);
  EXPECT_EQ(parse_bound("4MiB", MeasureUnit::frames, kPage).value(), 1024);
  EXPECT_EQ(parse_bound("3pages", MeasureUnit::frames, kPage).value(), 3);
  EXPECT_FALSE(parse_bound("5000B", MeasureUnit::frames, kPage));
}

TEST(BoundValue, EachUnitWantsItsOwn) {
  EXPECT_EQ(parse_bound("12", MeasureUnit::count, kPage).value(), 12);
  EXPECT_EQ(parse_bound("64KiB", MeasureUnit::bytes, kPage).value(), 65536);
  EXPECT_EQ(parse_bound("10ms", MeasureUnit::nanoseconds, kPage).value(), 10'000'000);
  EXPECT_FALSE(parse_bound("12ms", MeasureUnit::count, kPage));
  EXPECT_FALSE(parse_bound("-1", MeasureUnit::count, kPage));
  EXPECT_FALSE(parse_bound("64", MeasureUnit::bytes, kPage));
  EXPECT_FALSE(parse_bound("64", MeasureUnit::nanoseconds, kPage));
}

TEST(BoundValue, RefusesWhatDoesNotFit63Bits) {
  EXPECT_EQ(parse_bound("9223372036854775807", MeasureUnit::count, kPage).value(), INT64_MAX);
  EXPECT_FALSE(parse_bound("9223372036854775808", MeasureUnit::count, kPage));
  EXPECT_FALSE(parse_bound("SIZE_MAX", MeasureUnit::bytes, kPage));
}

}  // namespace
}  // namespace memsim::loader
