// Threads that wait for each other, as a scenario's author sees them.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Mutexes, LetOneInAtATimeInTheOrderOfPriorityAndThenOfCome) {
  const Outcome run = run_free(R"(
  - name: app
    program:
      - SyncMutexLock: {sync: 1}
      - sleep: 5ms
      - SyncMutexUnlock: {sync: 1}
      - note: "${tid} out at ${now / 1000}"
      - sleep: 10ms
    threads:
      - {name: low, priority: 5, program: waits}
      - {name: high, priority: 30, program: waits}
      - {name: equal, priority: 5, program: waits}
programs:
  waits:
    - sleep: 1ms
    - SyncMutexLock: {sync: 1}
    - note: "${tid} in at ${now / 1000}"
    - sleep: 1ms
    - SyncMutexUnlock: {sync: 1}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("3 in at 5000", "1 out at 5000", "2 in at 6000", "4 in at 7000"));
}

TEST(Mutexes, GiveTheirOwnerThePriorityOfWhoWaits) {
  const Outcome run = run_free(R"(
  - name: app
    priority: 40
    program: [{sleep: 100ms}]
    threads:
      - name: low
        priority: 5
        program:
          - SyncMutexLock: {sync: 1}
          - compute: 10ms
          - SyncMutexUnlock: {sync: 1}
          - note: "low unlocked at ${now / 1000}"
          - compute: 1ms
          - note: "low done at ${now / 1000}"
      - name: middle
        priority: 20
        program: [{sleep: 2ms}, {compute: 30ms}, {note: "middle done at ${now / 1000}"}]
      - name: high
        priority: 30
        program:
          - sleep: 1ms
          - SyncMutexLock: {sync: 1}
          - note: "high in at ${now / 1000}"
          - SyncMutexUnlock: {sync: 1}
)");
  // Without inheritance the middle one would hold up the high one until 40 ms.
  EXPECT_THAT(run->note_texts(),
              ElementsAre("high in at 10000", "middle done at 40000", "low unlocked at 40000", "low done at 41000"));
}

TEST(Mutexes, PassPrioritiesOnAlongChainsAndTakeThemBack) {
  const Outcome run = run_free(R"(
  - name: app
    priority: 40
    program: [{sleep: 100ms}]
    threads:
      - name: first
        priority: 5
        program:
          - SyncMutexLock: {sync: 1}
          - compute: 10ms
          - SyncMutexUnlock: {sync: 1}
      - name: second
        priority: 6
        program:
          - sleep: 1ms
          - SyncMutexLock: {sync: 2}
          - SyncMutexLock: {sync: 1}
          - compute: 2ms
          - SyncMutexUnlock: {sync: 1}
          - SyncMutexUnlock: {sync: 2}
          - note: "second out at ${now / 1000}"
      - name: middle
        priority: 20
        program: [{sleep: 3ms}, {compute: 30ms}, {note: "middle done at ${now / 1000}"}]
      - name: high
        priority: 30
        program:
          - sleep: 2ms
          - SyncMutexLock: {sync: 2, timeout: 20ms}
            as: got
          - note: "high ${got.errno} at ${now / 1000}"
          - SyncMutexUnlock: {sync: 2}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("high 0 at 12000", "middle done at 42000", "second out at 42000"));
}

TEST(Mutexes, ThatNobodyWaitsForAnyMoreLeaveTheirOwnerItsOwnPriority) {
  const Outcome run = run_free(R"(
  - name: app
    priority: 40
    program: [{sleep: 100ms}]
    threads:
      - name: low
        priority: 5
        program: [{SyncMutexLock: {sync: 1}}, {compute: 10ms}, {note: "low at ${now / 1000}"}]
      - name: middle
        priority: 20
        program: [{sleep: 2ms}, {compute: 4ms}, {note: "middle at ${now / 1000}"}]
      - name: high
        priority: 30
        program: [{sleep: 1ms}, {SyncMutexLock: {sync: 1, timeout: 2ms}, as: got}, {note: "high ${got.errno}"}]
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("high 260", "middle at 7000", "low at 14000"));
}

TEST(Mutexes, AreRefusedByTheirErrnos) {
  const Outcome run = run_free(R"(
  - name: app
    program:
      - SyncMutexUnlock: {sync: 1}
        as: unowned
      - SyncMutexLock: {sync: 1}
      - SyncMutexLock: {sync: 1}
        as: twice
      - SyncTypeCreate: {sync: 1}
        as: in_use
      - SyncDestroy: {sync: 1}
        as: destroy
      - SyncSemPost: {sync: 1}
        as: post
      - SyncTypeCreate: {sync: 2, count: 1}
      - SyncMutexLock: {sync: 2}
        as: lock
      - SyncCondvarWait: {sync: 3, mutex: 4}
        as: wait
      - note: "${unowned.errno} ${twice.errno} ${in_use.errno} ${destroy.errno}"
      - note: "${post.errno} ${lock.errno} ${wait.errno}"
    threads:
      - {name: other, program: [{sleep: 1ms}]}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("1 45 16 16", "22 22 1"));
}

TEST(Mutexes, InACircleAreADeadlock) {
  const Outcome run = run_free(R"(
  - name: app
    priority: 40
    program: [{sleep: 100ms}]
    threads:
      - {name: one, program: [{SyncMutexLock: 1}, {sleep: 1ms}, {SyncMutexLock: 2}]}
      - {name: two, program: [{SyncMutexLock: 2}, {sleep: 1ms}, {SyncMutexLock: 1}]}
)");
  ASSERT_EQ(run->deadlocks.size(), 1u);
  EXPECT_THAT(run->deadlocks.front(),
              ElementsAre(ThreadRef{ProcessId(2), ThreadId(2)}, ThreadRef{ProcessId(2), ThreadId(3)}));
}

TEST(ConditionVariables, WakeWhoWaitsWithTheMutexLocked) {
  const Outcome run = run_free(R"(
  - name: app
    program:
      - sleep: 2ms
      - SyncMutexLock: 1
      - SyncCondvarSignal: {sync: 2}
      - sleep: 1ms
      - SyncMutexUnlock: 1
      - sleep: 2ms
      - SyncCondvarSignal: {sync: 2, all: 1}
      - SyncCondvarSignal: {sync: 9}
        as: nobody
      - note: "${nobody.errno}"
      - sleep: 10ms
    threads:
      - {name: low, priority: 5, program: waits}
      - {name: high, priority: 30, program: waits}
      - {name: middle, priority: 20, program: waits}
      - name: late
        program:
          - SyncMutexLock: 3
          - SyncCondvarWait: {sync: 4, mutex: 3, timeout: 1ms}
            as: got
          - SyncMutexUnlock: 3
            as: unlocked
          - note: "late ${got.errno} ${unlocked.errno} at ${now / 1000}"
programs:
  waits:
    - SyncMutexLock: 1
    - SyncCondvarWait: {sync: 2, mutex: 1}
    - note: "${tid} at ${now / 1000}"
    - SyncMutexUnlock: 1
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("late 260 0 at 1000", "3 at 3000", "4 at 5000", "0", "2 at 5000"));
}

TEST(Semaphores, CountAndMakeWait) {
  const Outcome run = run_free(R"(
  - name: app
    program:
      - SyncTypeCreate: {sync: 7, count: 2}
      - SyncSemWait: {sync: 7}
      - SyncSemWait: {sync: 7, timeout: 0}
        as: second
      - SyncSemWait: {sync: 7, timeout: 0}
        as: third
      - SyncSemWait: {sync: 7, timeout: 1ms}
        as: fourth
      - SyncSemWait: {sync: 7}
        as: fifth
      - note: "${second.errno} ${third.errno} ${fourth.errno} ${fifth.errno} at ${now / 1000}"
      - SyncDestroy: {sync: 7}
      - SyncSemPost: {sync: 7}
        as: gone
      - note: "${gone.errno}"
    threads:
      - {name: poster, program: [{sleep: 4ms}, {SyncSemPost: 7}, {sleep: 1ms}]}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("0 260 260 0 at 4000", "22"));
}

TEST(Threads, AreCreatedFromTheirProcessAndJoined) {
  const Outcome run = run_free(R"(
  - name: app
    program:
      - ThreadCreate: {thread: worker}
        as: first
      - ThreadCreate: {thread: worker}
        as: second
      - ThreadCreate: {thread: nobody}
        as: nobody
      - ThreadJoin: {tid: $first}
        as: joined
      - note: "${first} ${second} ${nobody.errno} ${joined.errno} at ${now / 1000}"
      - sleep: 5ms
      - ThreadJoin: {tid: $second}
        as: ended
      - ThreadJoin: {tid: $second}
        as: twice
      - ThreadJoin: {tid: $tid}
        as: itself
      - ThreadCreate: {thread: worker}
        as: third
      - ThreadJoin: {tid: $third, timeout: 500us}
        as: impatient
      - note: "${ended.errno} ${twice.errno} ${itself.errno} ${third} ${impatient.errno}"
    threads:
      - {name: worker, start: never, priority: 20, program: [{sleep: 2ms}, {note: "worker ${tid}"}]}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("worker 2", "2 3 2 0 at 2000", "worker 3", "0 3 45 4 260"));
}

TEST(Threads, ThatAreDetachedAreJoinedByNobody) {
  const Outcome run = run_free(R"(
  - name: app
    program:
      - ThreadCreate: {thread: worker}
        as: one
      - ThreadDetach: {tid: $one}
        as: detached
      - ThreadDetach: {tid: $one}
        as: twice
      - ThreadJoin: {tid: $one}
        as: joined
      - ThreadCreate: {thread: worker}
        as: two
      - sleep: 5ms
      - ThreadDetach: {tid: $two}
        as: ended
      - ThreadJoin: {tid: $two}
        as: gone
      - ThreadDetach: {tid: $one}
        as: none
      - ThreadCreate: {thread: worker}
        as: three
      - sleep: 1ms
      - ThreadDetach: {tid: $three}
        as: busy
      - note: "${detached.errno} ${twice.errno} ${joined.errno} ${ended.errno} ${gone.errno}"
      - note: "${none.errno} ${busy.errno}"
    threads:
      - {name: worker, start: never, program: [{sleep: 2ms}]}
      - {name: joiner, program: [{sleep: 5500us}, {ThreadJoin: {tid: 5}}]}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("0 22 22 0 3", "3 16"));
}

TEST(Threads, ThatEndWithAMutexLeaveItLocked) {
  const Outcome run = run_free(R"(
  - name: app
    program:
      - ThreadCreate: {thread: worker}
        as: worker
      - sleep: 1ms
      - SyncMutexLock: {sync: 1, timeout: 5ms}
        as: locked
      - note: "${locked.errno}"
    threads:
      - {name: worker, start: never, program: [{SyncMutexLock: 1}]}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("260"));
}

TEST(Threads, ThatWaitForEachOtherEndWithTheirProcess) {
  const Outcome run = run_free(R"(
  - name: app
    program: [{SyncMutexLock: 1}, {SyncTypeCreate: {sync: 5}}, {sleep: 5ms}]
    threads:
      - {name: mutex, program: [{sleep: 1ms}, {SyncMutexLock: 1}]}
      - {name: semaphore, program: [{sleep: 1ms}, {SyncSemWait: 5}]}
      - {name: condvar, program: [{SyncMutexLock: 8}, {SyncCondvarWait: {sync: 9, mutex: 8}}]}
      - {name: join, program: [{ThreadJoin: 2}]}
)");
  EXPECT_EQ(run.reason, StopReason::finished);
  EXPECT_THAT(run->exits, testing::SizeIs(1));
  EXPECT_THAT(run->deadlocks, IsEmpty());
}

}  // namespace
}  // namespace memsim::test
