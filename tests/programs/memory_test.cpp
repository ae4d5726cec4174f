// Memory of programs of the host: contents, faults, and moving.
#include <gmock/gmock.h>

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

TEST(ProgramMemory, GoesAlongWhenItIsEvictedFromACmaArea) {
  // The filler has all but the area, which the program then borrows; the driver takes all of that, once there is room.
  const Outcome run = run_config(load_with_programs(R"(
memsim: 1
machine:
  regions: [{name: memory/ram/sysram, base: 16MiB, size: 16MiB, cma: {size: 4MiB}}]
processes:
  - name: filler
    program:
      - mmap: {len: 12MiB, flags: [MAP_PRIVATE, MAP_ANON]}
        as: hole
      - sleep: 5ms
      - munmap: {addr: $hole, len: 6MiB}
  - {name: actor, start: 1ms, program: {run: ./acts, args: [moved]}}
  - name: driver
    start: 7ms
    program:
      - mmap: {len: 4MiB, flags: [MAP_PRIVATE, MAP_ANON, MAP_PHYS]}
        as: taken
      - note: "errno ${taken.errno}"
      - sleep: 20ms
)"));
  EXPECT_EQ(run->moved_frames, FrameCount(4));
  EXPECT_THAT(run->note_texts(), ElementsAre("errno 0"));
  EXPECT_THAT(run->output, ElementsAre("actor: moved, and the same"));
}

TEST(ProgramMemory, IsZeroWhereItWasReservedAndIsAdded) {
  const Outcome run = run_config(load_with_programs(R"(
memsim: 1
machine:
  regions: [{name: memory/ram/sysram, base: 16MiB, size: 16MiB}]
  reservations: [{name: loader, base: 24MiB, size: 4MiB}]
processes:
  - {name: actor, program: {run: ./acts, args: [pmem]}}
)"));
  EXPECT_THAT(run->output, ElementsAre("actor: added"));
}

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
