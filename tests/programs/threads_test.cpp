// Threads of C and C++ programs: simulated threads, of which one runs at a time.
#include <gmock/gmock.h>

#include "programs/program_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string process(std::string_view act, std::string_view more = "") {
  return "  - {name: actor, program: {run: ./threads, args: [" + std::string(act) + "]}" + std::string(more) + "}\n";
}
Outcome play_threads(std::string_view act) { return run_programs(process(act)); }

void expect_said(std::string_view act, std::string_view words) {
  const Outcome run = play_threads(act);
  EXPECT_THAT(run->output, ElementsAre("actor: " + std::string(words))) << act;
  EXPECT_THAT(run->faults, IsEmpty()) << act;
  EXPECT_EQ(run.reason, StopReason::finished) << act;
}

TEST(ProgramThreads, AreCreatedJoinedAndDetachedAndTellWhatTheyReturned) {
  expect_said("join", "joined");
  expect_said("detach", "detached");
  expect_said("native", "native");
  EXPECT_THAT(play_threads("join")->notes, IsEmpty());
}

TEST(ProgramThreads, AsManyAsTheLinkHasSlotsAtOnceAndAnyNumberInTurn) { expect_said("many", "many"); }

TEST(ProgramThreads, EndByPthreadExitTooAndTheProcessWithTheLast) {
  EXPECT_THAT(play_threads("exit_thread")->output,
              ElementsAre("actor: cleaned up", "actor: destroyed the key's", "actor: exited"));
  const Outcome run = play_threads("main_exits");
  EXPECT_THAT(run->output, ElementsAre("actor: the last", "actor: the end"));
  EXPECT_EQ(run->exits.at(0).record.cause, ExitCause::finished);
  expect_said("leave", "left");
}

TEST(ProgramThreads, OneThatCrashesOrExitsEndsTheProcess) {
  EXPECT_THAT(play_threads("crash")->faults, ElementsAre(HasSubstr("died of signal 11")));
  EXPECT_THAT(play_threads("status")->note_texts(), ElementsAre("exit status 5"));
}

TEST(ProgramThreads, WaitForEachOtherInSimulatedTime) {
  expect_said("ping", "100 rounds");
  expect_said("broadcast", "10 passed");
  expect_said("mutex", "mutexes");
  expect_said("held", "held");
  expect_said("semaphore", "semaphores");
  expect_said("once", "once");
}

TEST(ProgramThreads, ShareChannelsAndMemory) {
  expect_said("messages", "sent");
  expect_said("memory", "shared");
}

TEST(ProgramThreads, OfCppAreTheSame) {
  const Outcome run = run_programs("  - {name: cpp, program: {run: ./threads_in_cpp}}\n");
  EXPECT_THAT(run->output, ElementsAre("cpp: count 5, made 2, waited in vain"));
  EXPECT_THAT(run->notes, IsEmpty());
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(ProgramThreads, ARunIsRepeatedExactlyDownToTheAddressesOfTheHeap) {
  const auto run = [] {
    return run_programs(process("heap", ", count: 3") +
                        "  - {name: other, program: {run: ./threads, args: [memory]}}\n");
  };
  const Outcome first = run();
  EXPECT_EQ(first->output.size(), 4u);
  for (int i = 0; i < 3; ++i) {
    const Outcome again = run();
    EXPECT_EQ(first.fingerprint, again.fingerprint);
    EXPECT_EQ(first->output, again->output);
  }
}

TEST(ProgramThreads, AreKilledWithTheirProcess) {
  const Outcome run = run_programs(process("leave") + "  - {name: ping, program: {run: ./threads, args: [ping]}}\n" +
                                   "  - {name: killer, program: [sleep: 50us, kill: {process: ping}]}\n");
  EXPECT_EQ(run->exits.size(), 3u);
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(ShippedPrograms, AMutexIsNotHeldUpByAThreadOfMiddlingPriority) {
  const Outcome run = run_config(
      load_with_programs("memsim: 1\nmachine:\n  regions: [{name: memory/ram/sysram, base: 1MiB, size: 1MiB}]\n"
                         "processes:\n  - {name: two, program: {run: ./two_threads}}\n"));
  EXPECT_THAT(run->output, ElementsAre("two: middle: done at 4501 us", "two: low: done at 4502 us",
                                       "two: high: waited 500 us for the mutex"));
}

}  // namespace
}  // namespace memsim::test
