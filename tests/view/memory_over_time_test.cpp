#include <memsim/view/measure/memory_over_time.hpp>

#include <gtest/gtest.h>

namespace memsim {
namespace {

std::vector<std::uint64_t> free_of(const MemoryOverTime& memory, std::uint64_t end, std::size_t count) {
  std::vector<std::uint64_t> out;
  for (const auto& column : memory.columns(SimTime(end), count)) out.push_back(column.free.count());
  return out;
}

TEST(MemoryOverTime, AColumnShowsTheLeastInItAndWhatHeldBeforeWhereItHasNoSample) {
  MemoryOverTime memory;
  memory.add(SimTime(0), FrameCount(100), FrameCount(100));
  memory.add(SimTime(25), FrameCount(10), FrameCount(5));
  memory.add(SimTime(26), FrameCount(90), FrameCount(80));
  EXPECT_EQ(free_of(memory, 99, 4), (std::vector<std::uint64_t>{100, 10, 90, 90}));
}

TEST(MemoryOverTime, NoDipIsLostHoweverLongTheRun) {
  MemoryOverTime memory;
  constexpr std::uint64_t kDay = 86'400'000'000'000;
  for (std::uint64_t i = 0; i <= 100'000; ++i) {
    const std::uint64_t free = i == 77'777 ? 1 : 1000;
    memory.add(SimTime(kDay / 100'000 * i), FrameCount(free), FrameCount(free));
  }
  const std::vector<std::uint64_t> columns = free_of(memory, kDay, 64);
  ASSERT_EQ(columns.size(), 64u);
  EXPECT_EQ(std::count(columns.begin(), columns.end(), 1u), 1);
  EXPECT_EQ(columns[49], 1u);
}

TEST(MemoryOverTime, HasNoColumnsWithoutASample) { EXPECT_TRUE(MemoryOverTime().columns(SimTime(5), 10).empty()); }

}  // namespace
}  // namespace memsim
