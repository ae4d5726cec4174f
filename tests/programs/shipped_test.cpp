// The programs that memsim comes with, on memory as it is after a while: in single pages.
#include <gmock/gmock.h>

#include "programs/program_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

// Takes all of the memory, and gives back every second of the first 1600 pages.
constexpr const char* kShredder = R"(
  - name: shredder
    program:
      - mmap: {len: 4096pages, flags: [MAP_PRIVATE, MAP_ANON]}
        as: all
      - set: {i: 0}
      - while:
          condition: $i < 800
          do:
            - munmap: {addr: $all + $i * 2 * PAGE_SIZE, len: 1page}
            - set: {i: $i + 1}
      - sleep: 1s
)";

TEST(ShippedPrograms, TheRingDriverGivesEachClientBackWhatTheEngineMadeOfItsBuffers) {
  const Outcome run = run_programs(std::string(kShredder) + R"(
  - {name: driver, start: 1ms, program: {run: ./ring_driver, args: [3]}}
  - {name: client, count: 3, start: 2ms, start_gap: 100us, program: {run: ./ring_client, args: [3, 10, 30000]}}
)");
  EXPECT_THAT(run->output, testing::UnorderedElementsAre("client.0: 10 of 10 buffers came back right",
                                                         "client.1: 10 of 10 buffers came back right",
                                                         "client.2: 10 of 10 buffers came back right",
                                                         "driver: 30 buffers processed"));
  EXPECT_THAT(run->faults, IsEmpty());
  ASSERT_FALSE(run->replies.empty());
  EXPECT_EQ(run->replies.front().segments.size(), 8u);  // a page each
}

TEST(ShippedPrograms, PageByPageIsTheSameAsByOneMessageAndTakesLonger) {
  const Outcome run =
      run_programs(std::string(kShredder) + "  - {name: offsets, start: 10ms, program: {run: ./offsets}}\n");
  EXPECT_THAT(run->output,
              ElementsAre("offsets: 100 segments, the same both ways", StartsWith("offsets: page by page")));
}

}  // namespace
}  // namespace memsim::test
