// Locks of C programs beyond mutexes, priorities that change, and what two programs share.
#include <gmock/gmock.h>

#include "programs/program_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string locker(std::string_view name, std::string_view act, std::string_view more = "") {
  return "  - {name: " + std::string(name) + ", program: {run: ./locks, args: [" + std::string(act) + "]}" +
         std::string(more) + "}\n";
}
void expect_of_locks(std::string_view act, std::string_view words) {
  const Outcome run = run_programs(locker("actor", act));
  EXPECT_THAT(run->output, ElementsAre("actor: " + std::string(words))) << act;
  EXPECT_THAT(run->faults, IsEmpty()) << act;
  EXPECT_THAT(run->notes, IsEmpty()) << act;
}

TEST(ProgramLocks, OfReadersAndWritersLetReadersInTogetherAndWritersAlone) { expect_of_locks("rwlock", "3 at once"); }

TEST(ProgramLocks, AtABarrierAllWaitForTheLast) { expect_of_locks("barrier", "3 rounds"); }

TEST(ProgramLocks, ThatSpinWaitInSimulatedTime) { expect_of_locks("spin", "30 turns"); }

TEST(ProgramPriorities, ChangeWhoIsNext) {
  const Outcome run = run_programs(locker("actor", "priority"));
  EXPECT_THAT(run->output, ElementsAre("actor: high", "actor: low"));
  EXPECT_THAT(run->note_texts(), ElementsAre("refused: ThreadCtl() is not simulated"));
}

TEST(ProgramPriorities, AThreadGivesWayToItsEquals) {
  EXPECT_THAT(run_programs(locker("actor", "yield"))->output, ElementsAre("actor: other", "actor: yielded"));
}

TEST(SharedLocks, HoldBetweenProgramsThatMapTheirMemoryAnywhere) {
  const Outcome run = run_programs(locker("first", "first") + locker("second", "second"));
  EXPECT_THAT(run->output, ElementsAre("second: in at 5 ms", "first: my turn at 6 ms", "first: an item at 7 ms",
                                       "second: orphaned at 8 ms"));
  EXPECT_THAT(run->note_texts(), ElementsAre("ended as the owner of a mutex in shared memory, which stays locked"));
  EXPECT_THAT(run->faults, IsEmpty());
}

TEST(SharedLocks, ThatAreRobustAreLostWhenNobodySaysThatTheyAreSound) {
  const Outcome run = run_programs(locker("one", "lost") + locker("other", "lost", ", start: 1ms"));
  EXPECT_THAT(run->output, ElementsAre("other: lost"));
}

TEST(SharedLocks, InMemoryOfOneProgramAreItsOwn) {
  const Outcome run = run_programs(locker("one", "own") + locker("other", "own"));
  EXPECT_THAT(run->output, UnorderedElementsAre("one: its own", "other: its own"));
}

}  // namespace
}  // namespace memsim::test
