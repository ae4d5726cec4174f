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

std::string engine(const std::string& limits) {
  return "  - {name: engine, start: 1ms, device: {dma: {" + limits +
         "}}}\n"
         "  - {name: gather, start: 2ms, program: {run: ./gather, args: [3]}}\n";
}

TEST(ShippedPrograms, TheEngineGathersWhatTheDescriptorsSay) {
  const Outcome run = run_programs(std::string(kShredder) + engine("alignment: 4KiB, setup: 5us, per_kib: 1us"));
  EXPECT_THAT(run->output,
              ElementsAre("gather: not there yet while the engine works",
                          "gather: pulse 77: 25 descriptors to read, 25 to write, all the same",
                          "gather: a wrong descriptor: Invalid argument", "gather: and back: all the same"));
  EXPECT_THAT(run->named_notes(), ElementsAre(testing::MatchesRegex("engine: dma: source descriptor 0 at 0x.*, 4096 "
                                                                    "bytes, begins off the alignment")));
}

TEST(ShippedPrograms, ThroughAnIommuOneDescriptorIsEnough) {
  const Outcome run =
      run_programs(std::string(kShredder) +
                   "  - {name: engine, start: 1ms, device: {dma: {descriptors: 1, iommu: {page_sizes: "
                   "[4KiB, 64KiB]}}}}\n"
                   "  - {name: gather, start: 2ms, program: {run: ./gather, args: [3, 100000, iommu]}}\n");
  EXPECT_THAT(run->output,
              ElementsAre("gather: not there yet while the engine works",
                          "gather: pulse 77: 1 descriptors to read, 1 to write, all the same",
                          "gather: a wrong descriptor: Invalid argument", "gather: and back: all the same"));
  EXPECT_THAT(run->named_notes(),
              ElementsAre("engine: dma: source descriptor 0 at 0x200186a0, 100000 bytes, is not mapped throughout"));
}

TEST(ShippedPrograms, TheEngineRefusesWhatItsLimitsForbid) {
  const auto refusal = [](const std::string& limits) {
    const Outcome run = run_programs(std::string(kShredder) + engine(limits));
    return run->notes.empty() ? std::string() : run->notes.front().text;
  };
  EXPECT_THAT(refusal("descriptors: 24"), testing::EndsWith("25 source descriptors; the engine takes 24"));
  EXPECT_THAT(refusal("max_length: 4000B"), testing::EndsWith("4096 bytes, is longer than max_length"));
  EXPECT_THAT(refusal("address_bits: 20"), testing::EndsWith("lies out of reach"));
  EXPECT_THAT(refusal("boundary: 2KiB"), testing::EndsWith("crosses the boundary"));
}

TEST(ShippedPrograms, PageByPageIsTheSameAsByOneMessageAndTakesLonger) {
  const Outcome run =
      run_programs(std::string(kShredder) + "  - {name: offsets, start: 10ms, program: {run: ./offsets}}\n");
  EXPECT_THAT(run->output,
              ElementsAre("offsets: 100 segments, the same both ways", StartsWith("offsets: page by page")));
}

}  // namespace
}  // namespace memsim::test
