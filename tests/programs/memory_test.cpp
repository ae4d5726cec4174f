// Memory of programs of the host: contents, faults, moving, and the replies that a program of the scenario would get.
#include <gmock/gmock.h>

#include <memsim/engine/view.hpp>

#include "programs/program_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ProgramMemory, AllThatShowsAFrameShowsTheSameContents) {
  EXPECT_THAT(play("contents")->output, ElementsAre("actor: the same"));
}

TEST(ProgramMemory, IsZeroWhenItIsHandedOutAgain) {
  EXPECT_THAT(play("zero_again")->output, ElementsAre("actor: zero"));
}

TEST(ProgramMemory, LazyMemoryIsFaultedInByReference) {
  const Outcome run = play("lazy");
  EXPECT_THAT(run->output, ElementsAre("actor: three pages"));
  EXPECT_EQ(std::count_if(run->replied.begin(), run->replied.end(),
                          [](const auto& reply) { return reply.record.call == Call::touch; }),
            3);
}

TEST(ProgramMemory, APrivateMappingIsACopy) {
  EXPECT_THAT(play("private_copy")->output, ElementsAre("actor: its own"));
}

TEST(ProgramMemory, WhatAMappingForbidsIsAFault) {
  EXPECT_THAT(play("read_only")->faults, ElementsAre(HasSubstr("signal 11")));
  const Outcome unmapped = play("unmapped");
  EXPECT_THAT(unmapped->output, ElementsAre("actor: gone"));
  EXPECT_THAT(unmapped->faults, ElementsAre(HasSubstr("signal 11")));
}

TEST(ProgramMemory, TypedMemoryIsLikeAnyOther) { EXPECT_THAT(play("typed")->output, ElementsAre("actor: typed")); }

TEST(ProgramMemory, FailuresAreTheHostsErrnos) {
  const Outcome run = play("errno");
  EXPECT_THAT(run->output, ElementsAre("actor: errnos"));
}

TEST(ProgramMemory, WhatAProcessLeavesIsGivenBackButNamedObjectsStay) {
  const Outcome run = play("leak");
  EXPECT_THAT(run->faults, IsEmpty());
  EXPECT_EQ(run->destroyed.size(), 1u);  // the mapping's; /leak has its name
}

TEST(ProgramMemory, GoesAlongWhenFramesMove) {
  // The program's four pages lie between holes, and only moving them makes room for 12 MiB in one piece.
  const Outcome run = run_config(load_with_programs(R"(
memsim: 1
machine:
  regions: [{name: memory/ram/sysram, base: 16MiB, size: 16MiB}]
  contiguous_failure: defragment
processes:
  - name: filler
    program:
      - mmap: {len: 6MiB, flags: [MAP_PRIVATE, MAP_ANON]}
        as: hole
      - sleep: 5ms
      - munmap: {addr: $hole, len: 6MiB}
  - {name: actor, start: 1ms, program: {run: ./acts, args: [moved]}}
  - name: taker
    start: 7ms
    program:
      - mmap: {len: 12MiB, flags: [MAP_PRIVATE, MAP_ANON, MAP_PHYS]}
        as: taken
      - note: "errno ${taken.errno}"
      - sleep: 20ms
)"));
  EXPECT_GT(run->moved_frames, FrameCount());
  EXPECT_THAT(run->note_texts(), ElementsAre("errno 0"));
  EXPECT_THAT(run->output, ElementsAre("actor: moved, and the same"));
}

constexpr std::string_view kWalkInYaml = R"(
  - name: walk
    program:
      - shm_open: {name: /frame, oflag: [O_RDWR, O_CREAT], mode: 0o600}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 13pages}
      - set: {end: 0}
      - while:
          condition: $end < 13 * PAGE_SIZE
          do:
            - MsgSend: {coid: MEMMGR_COID, type: _MEM_OBJ_INFO, fd: $fd, offset: $end, reply_bytes: ROOM}
              as: layout
            - set: {end: $layout.end}
      - close: $fd
      - shm_unlink: /frame
)";

// What became of memory and what was answered, and when.
class AllocatorLayer final : public View<AllocatorLayer> {
 public:
  template <class Record>
  requires(Record::kLayer == Layer::allocator || Record::kLayer == Layer::replies) void on(RunPoint at,
                                                                                           const Record& record) {
    fingerprint_.add(at.time, record);
  }
  [[nodiscard]] std::uint64_t value() const { return fingerprint_.value(); }

 private:
  Fingerprint fingerprint_;
};

std::uint64_t allocations_of(const WorldConfig& config) {
  AllocatorLayer layer;
  World world = make_world(config);
  world.records().subscribe(layer);
  world.run();
  return layer.value();
}

// A walk over an object, with room for so many segments, in C and in YAML.
class LayoutWalk : public testing::TestWithParam<int> {};

TEST_P(LayoutWalk, GetsTheRepliesAndAllocationsOfItsTwin) {
  std::string yaml(kWalkInYaml);
  yaml.replace(yaml.find("ROOM"), 4, std::to_string(24 * GetParam()) + "B");
  const std::string program =
      "  - {name: walk, program: {run: ./walk, args: [53248, " + std::to_string(GetParam()) + "]}}\n";
  const Outcome twin = run_free(yaml);
  const Outcome walk = run_programs(program);
  EXPECT_THAT(walk->output, testing::Contains("walk: That is all of it."));
  ASSERT_EQ(walk->replies.size(), twin->replies.size());
  for (std::size_t i = 0; i < twin->replies.size(); ++i) {
    EXPECT_EQ(walk->replies[i].segments, twin->replies[i].segments);
    EXPECT_EQ(walk->replies[i].record.capacity, twin->replies[i].record.capacity);
  }
  EXPECT_EQ(allocations_of(load_with_programs(std::string(kFreeMachine) + program)),
            allocations_of(load(std::string(kFreeMachine) + yaml)));
}

INSTANTIATE_TEST_SUITE_P(Rooms, LayoutWalk, testing::Values(1, 3, 8));

TEST(ProgramMemory, IsProtectedAsItIsToldTo) {
  const Outcome run = play("protect");
  EXPECT_THAT(run->output, ElementsAre("actor: guarded"));
  EXPECT_EQ(run->exits.at(0).record.cause, ExitCause::fault);
}

TEST(ProgramMemory, IsLentByHandleAndTakenBack) {
  const Outcome run = run_programs(R"(
  - {name: lender, priority: 20, program: {run: ./acts, args: [lender]}}
  - {name: borrower, start: 1us, program: {run: ./acts, args: [borrower]}}
)");
  EXPECT_THAT(run->output, ElementsAre("lender: taken back", "borrower: gone"));
  EXPECT_EQ(run->exits.at(1).record.cause, ExitCause::fault);
}

}  // namespace
}  // namespace memsim::test
