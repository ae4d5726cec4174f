// Which changes make a program see what its simulated process has mapped.
#include "programs/memory/page_table.hpp"

#include <gmock/gmock.h>

namespace memsim::programs {
namespace {

using link::Change;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Bytes kPageBytes{4096};

std::string text(const Change& change) {
  const char* kinds[] = {"unmap", "reserve", "show"};
  return std::string(kinds[change.kind]) + ' ' + std::to_string(change.start / 4096) + '+' +
         std::to_string(change.bytes / 4096) + '@' + std::to_string(change.paddr / 4096);
}
std::vector<std::string> follow(PageTable& table, const ShownMemory& shown) {
  std::vector<std::string> texts;
  for (const Change& change : table.follow(shown)) texts.push_back(text(change));
  return texts;
}
ShownRange range(std::uint64_t page, std::uint64_t count) { return {VirtAddr(page * 4096), kPageBytes * count}; }
ShownRun run(std::uint64_t page, std::uint64_t count, std::uint64_t frame) {
  return {VirtAddr(page * 4096), kPageBytes * count, PhysAddr(frame * 4096), 0x300};
}

TEST(PageTable, ShowsWhatIsThereAndReservesTheRest) {
  PageTable table;
  EXPECT_THAT(follow(table, {{range(10, 5), range(20, 1)}, {run(11, 2, 100)}}),
              ElementsAre("reserve 10+1@0", "show 11+2@100", "reserve 13+2@0", "reserve 20+1@0"));
}

TEST(PageTable, ChangesOnlyWhatChanged) {
  PageTable table;
  static_cast<void>(table.follow({{range(10, 5), range(20, 1)}, {run(11, 2, 100)}}));
  EXPECT_THAT(follow(table, {{range(10, 5), range(20, 1)}, {run(11, 2, 100)}}), IsEmpty());
  EXPECT_THAT(follow(table, {{range(10, 5)}, {run(11, 2, 200)}}),
              ElementsAre("unmap 11+2@100", "unmap 20+1@0", "show 11+2@200"));
}

TEST(PageTable, KnowsThePhysicalPageOfAnAddress) {
  PageTable table;
  static_cast<void>(table.follow({{range(10, 5)}, {run(11, 2, 100)}}));
  EXPECT_EQ(table.page_at(VirtAddr(12 * 4096 + 5), kPageBytes), PhysAddr(101 * 4096));
  EXPECT_EQ(table.page_at(VirtAddr(10 * 4096), kPageBytes), std::nullopt);
}

}  // namespace
}  // namespace memsim::programs
