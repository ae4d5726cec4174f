// Mutexes, condition variables and semaphores in memory that processes share, and priorities that change.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Maps one page that all processes share, as $at; not at the same address where `pages` differ.
std::string mapped(int pages) {
  return "      - mmap: {len: " + std::to_string(pages) + "pages, flags: [MAP_PRIVATE, MAP_ANON]}\n" + R"(
      - shm_open: {name: /shared, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 1page}
      - mmap: {len: 1page, flags: MAP_SHARED, fd: $fd}
        as: at
)";
}
std::string sharer(std::string_view name, int priority, int pages, std::string_view steps) {
  return "  - name: " + std::string(name) + "\n    priority: " + std::to_string(priority) + "\n    program:\n" +
         mapped(pages) + std::string(steps);
}

TEST(SharedMutexes, PassPrioritiesFromProcessToProcess) {
  const Outcome run = run_free(sharer("low", 5, 1, R"(
      - SyncMutexLock: {sync: "$at + 64", shared: 1}
      - compute: 10ms
      - SyncMutexUnlock: {sync: "$at + 64", shared: 1}
      - compute: 10ms
      - note: "low done at ${now / 1000000}"
)") + sharer("high", 30, 7, R"(
      - sleep: 2ms
      - SyncMutexLock: {sync: "$at + 64", shared: 1}
      - note: "high in at ${now / 1000000}"
      - SyncMutexUnlock: {sync: "$at + 64", shared: 1}
)") + R"(
  - {name: middle, priority: 20, program: [{sleep: 3ms}, {compute: 30ms}, {note: "middle done at ${now / 1000000}"}]}
)");
  // Without inheritance the middle one would hold up the high one until 43 ms.
  EXPECT_THAT(run->note_texts(), ElementsAre("high in at 10", "middle done at 40", "low done at 50"));
}

TEST(SharedMutexes, AreNotThoseOfTheSameAddressOfEachProcess) {
  const Outcome run = run_free(sharer("one", 10, 1, R"(
      - SyncMutexLock: {sync: $at, shared: 1}
      - sleep: 5ms
)") + sharer("two", 10, 1, R"(
      - sleep: 1ms
      - SyncMutexLock: {sync: $at}
        as: own
      - SyncMutexLock: {sync: "$at + 8", shared: 1, timeout: 0ns}
        as: neighbour
      - SyncMutexLock: {sync: $at, shared: 1, timeout: 0ns}
        as: shared
      - SyncMutexUnlock: {sync: $at, shared: 1}
        as: not_owned
      - SyncMutexLock: {sync: 16, shared: 1}
        as: nowhere
      - SyncMutexLock: {sync: $at, shared: 3}
        as: no_such
      - note: "${own.errno} ${neighbour.errno} ${shared.errno} ${not_owned.errno} ${nowhere.errno} ${no_such.errno}"
)"));
  EXPECT_THAT(run->note_texts(),
              ElementsAre("0 0 260 1 14 22", "ended as the owner of a mutex in shared memory, which stays locked",
                          "ended as the owner of a mutex in shared memory, which stays locked"));
}

TEST(SharedMutexes, ThatAreRobustPassToWhoeverIsNextWhenTheirOwnerEnds) {
  const Outcome run = run_free(sharer("owner", 10, 1, R"(
      - SyncMutexLock: {sync: $at, shared: 2}
      - SyncMutexLock: {sync: "$at + 8", shared: 2}
      - sleep: 5ms
)") + sharer("heir", 30, 2, R"(
      - sleep: 1ms
      - SyncMutexLock: {sync: $at, shared: 2}
        as: waited
      - note: "${waited.errno} at ${now / 1000000}"
      - SyncMutexLock: {sync: "$at + 8", shared: 2, timeout: 0ns}
        as: found
      - SyncMutexLock: {sync: "$at + 8", shared: 2}
        as: again
      - SyncMutexUnlock: {sync: "$at + 8", shared: 2}
      - SyncMutexLock: {sync: "$at + 8", shared: 2}
        as: sound
      - note: "${found.errno} ${again.errno} ${sound.errno}"
)"));
  EXPECT_THAT(run->note_texts(), ElementsAre("58 at 5", "58 45 0"));
}

TEST(SharedMutexes, TheirDeadlocksAcrossProcessesAreSeen) {
  const auto steps = [](int first, int second) {
    return "      - SyncMutexLock: {sync: \"$at + " + std::to_string(first) + "\", shared: 1}\n      - sleep: 1ms\n" +
           "      - SyncMutexLock: {sync: \"$at + " + std::to_string(second) + "\", shared: 1}\n";
  };
  const Outcome run = run_free(sharer("one", 10, 1, steps(0, 8)) + sharer("two", 10, 2, steps(8, 0)));
  EXPECT_EQ(run->deadlocks.size(), 1u);
}

TEST(SharedConditions, AndSemaphoresWakeThreadsOfOtherProcesses) {
  const Outcome run = run_free(sharer("waits", 10, 1, R"(
      - SyncTypeCreate: {sync: "$at + 16", shared: 1}
      - SyncMutexLock: {sync: $at, shared: 1}
      - SyncCondvarWait: {sync: "$at + 8", mutex: $at, shared: 1}
      - note: "signalled at ${now / 1000000}"
      - SyncMutexUnlock: {sync: $at, shared: 1}
      - SyncSemWait: {sync: "$at + 16", shared: 1}
      - note: "posted at ${now / 1000000}"
)") + sharer("wakes", 10, 2, R"(
      - sleep: 2ms
      - SyncMutexLock: {sync: $at, shared: 1}
      - SyncCondvarSignal: {sync: "$at + 8", shared: 1}
      - sleep: 1ms
      - SyncMutexUnlock: {sync: $at, shared: 1}
      - sleep: 2ms
      - SyncDestroy: {sync: "$at + 16", shared: 1}
        as: busy
      - SyncSemPost: {sync: "$at + 16", shared: 1}
      - sleep: 1ms
      - SyncDestroy: {sync: "$at + 16", shared: 1}
        as: free
      - note: "${busy.errno} ${free.errno}"
)"));
  EXPECT_THAT(run->note_texts(), ElementsAre("signalled at 3", "posted at 5", "16 0"));
}

TEST(SharedConditions, LeaveTheirWaitersWhenAProcessEnds) {
  const Outcome run = run_free(sharer("killed", 10, 1, R"(
      - SyncMutexLock: {sync: $at, shared: 1}
      - SyncCondvarWait: {sync: "$at + 8", mutex: $at, shared: 1}
)") + sharer("wakes", 10, 2, R"(
      - sleep: 2ms
      - kill: {process: killed}
      - SyncMutexLock: {sync: $at, shared: 1}
      - SyncCondvarSignal: {sync: "$at + 8", shared: 1}
        as: nobody
      - SyncMutexUnlock: {sync: $at, shared: 1}
      - note: "${nobody.errno}"
)"));
  EXPECT_THAT(run->note_texts(), ElementsAre("0"));
  EXPECT_THAT(run->deadlocks, IsEmpty());
}

TEST(Priorities, ThatAThreadIsGivenCountAtOnce) {
  const Outcome run = run_free(R"(
  - name: app
    priority: 40
    program:
      - SchedSet: {tid: 2, priority: 30}
      - sleep: 1ms
      - SchedSet: {tid: 3, priority: 25, policy: 0}
      - SchedGet: {tid: 3}
        as: third
      - SchedGet: {}
        as: own
      - note: "${third} ${third.priority} ${own} ${own.priority}"
      - SchedSet: {tid: 9, priority: 1}
        as: nobody
      - SchedSet: {priority: 256}
        as: too_high
      - note: "${nobody.errno} ${too_high.errno}"
      - sleep: 100ms
    threads:
      - {name: raised, priority: 5, program: [{compute: 10ms}, {note: "raised at ${now / 1000000}"}]}
      - {name: other, priority: 10, program: [{compute: 10ms}, {note: "other at ${now / 1000000}"}]}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("0 25 1 40", "3 22", "raised at 10", "other at 20"));
}

TEST(Priorities, ThatAreInheritedOutlastAChangeOfOnesOwn) {
  const Outcome run = run_free(R"(
  - name: app
    priority: 40
    program:
      - sleep: 2ms
      - SchedSet: {tid: 2, priority: 3}
      - SchedGet: {tid: 2}
        as: low
      - note: "${low.priority} ${low.current}"
      - sleep: 100ms
    threads:
      - {name: low, priority: 5, program: [{SyncMutexLock: 1}, {compute: 10ms}, {SyncMutexUnlock: 1}]}
      - {name: high, priority: 30, program: [{sleep: 1ms}, {SyncMutexLock: 1}, {note: "in at ${now / 1000000}"}]}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("3 30", "in at 10"));
}

TEST(Priorities, AThreadGivesWayToItsEqualsAlone) {
  const Outcome run = run_free(R"(
  - name: app
    priority: 10
    program: [{SchedYield: {}}, {note: main}, {sleep: 1ms}]
    threads:
      - {name: equal, priority: 10, program: [{note: equal}]}
      - {name: lower, priority: 9, program: [{note: lower}]}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("equal", "main", "lower"));
}

}  // namespace
}  // namespace memsim::test
