// The moments of the kernel's housekeeping.
#include <memsim/replay/decay_clock.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memsim {
namespace {

using ::testing::ElementsAre;

std::vector<std::uint64_t> turns(DecayClock& clock, std::size_t count) {
  std::vector<std::uint64_t> milliseconds;
  for (std::size_t i = 0; i < count; ++i) {
    milliseconds.push_back(clock.next().value() / 1'000'000);
    static_cast<void>(clock.pass());
  }
  return milliseconds;
}
constexpr SimTime ms(std::uint64_t value) { return SimTime(value * 1'000'000); }

TEST(DecayClock, FallsOnWholeSecondsWhereNothingIsShown) {
  DecayClock clock;
  EXPECT_EQ(clock.next(), never());
  clock.meet(CpuId(0), ms(1500));
  EXPECT_THAT(turns(clock, 3), ElementsAre(2000, 3000, 4000));
}

TEST(DecayClock, TakesShownMomentsAndKeepsThePhaseOfMost) {
  DecayClock clock({{ms(2110), ms(4100), ms(5350)}});
  clock.meet(CpuId(0), ms(0));
  EXPECT_THAT(turns(clock, 6), ElementsAre(110, 1110, 2110, 3110, 4100, 5350)) << "the last one came late";
  EXPECT_EQ(clock.next(), ms(6110)) << "which moves none behind it";
}

TEST(DecayClock, EachProcessorHasItsOwn) {
  DecayClock clock({{}, {ms(500)}});
  clock.meet(CpuId(1), ms(0));
  EXPECT_EQ(clock.next(), ms(500));
  EXPECT_EQ(clock.pass(), CpuId(1));
  EXPECT_EQ(clock.next(), ms(1000));
  EXPECT_EQ(clock.pass(), CpuId(0));
}

}  // namespace
}  // namespace memsim
