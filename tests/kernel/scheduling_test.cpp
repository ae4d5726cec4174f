// Who runs when.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::string with_cpus(int cpus, std::string_view processes) {
  std::string text(kFreeMachine);
  text.replace(text.find("machine:\n"), 9, "machine:\n  cpus: " + std::to_string(cpus) + "\n");
  return text + std::string(processes);
}

TEST(Scheduling, AHigherPriorityPreemptsAndTheRestIsRunAfterwards) {
  const Outcome run = run_free(R"(
  - name: low
    priority: 5
    program:
      - compute: 10ms
      - note: "${now}"
  - name: high
    priority: 6
    start: 4ms
    program:
      - compute: 3ms
      - note: "${now}"
)");
  EXPECT_THAT(run->named_notes(), ElementsAre("high: 7000000", "low: 13000000"));
}

TEST(Scheduling, FifoThreadsDoNotYieldToEquals) {
  const Outcome run = run_free(R"(
  - name: first
    scheduling: fifo
    program: [{compute: 10ms}, {note: "${now}"}]
  - name: second
    scheduling: fifo
    program: [{compute: 2ms}, {note: "${now}"}]
)");
  EXPECT_THAT(run->named_notes(), ElementsAre("first: 10000000", "second: 12000000"));
}

TEST(Scheduling, RoundRobinThreadsTakeTurnsOfOneSlice) {
  const Outcome run = run_free(R"(
  - name: first
    program: [{compute: 10ms}, {note: "${now}"}]
  - name: second
    program: [{compute: 6ms}, {note: "${now}"}]
)");
  // Slices of 4 ms: first 0-4, second 4-8, first 8-12, second 12-14 (done), first 14-16.
  EXPECT_THAT(run->named_notes(), ElementsAre("second: 14000000", "first: 16000000"));
}

TEST(Scheduling, ASliceRunsOnWhileNoEqualWaitsAndEndsAtTheNextBoundary) {
  const Outcome run = run_free(R"(
  - name: first
    program: [{compute: 12ms}, {note: "${now}"}]
  - name: second
    start: 5ms
    program: [{compute: 1ms}, {note: "${now}"}]
)");
  // second is ready at 5 ms, inside first's second slice, which ends at 8 ms.
  EXPECT_THAT(run->named_notes(), ElementsAre("second: 9000000", "first: 13000000"));
}

TEST(Scheduling, ShortBurstsUseUpASliceTogether) {
  const Outcome run = run_free(R"(
  - name: a
    program: [{repeat: {times: 5, index: i, do: [{compute: 1ms}, {note: "${i}"}]}}]
  - name: b
    program: [{repeat: {times: 5, index: i, do: [{compute: 1ms}, {note: "${i}"}]}}]
)");
  // The slice of 4 ms ends with the fourth burst, before its note.
  EXPECT_THAT(run->named_notes(),
              ElementsAre("a: 0", "a: 1", "a: 2", "b: 0", "b: 1", "b: 2", "a: 3", "a: 4", "b: 3", "b: 4"));
}

TEST(Scheduling, APreemptedThreadKeepsItsPlaceBeforeItsEquals) {
  const Outcome run = run_free(R"(
  - name: first
    scheduling: fifo
    program: [{compute: 4ms}, {note: "${now}"}]
  - name: second
    scheduling: fifo
    program: [{compute: 4ms}, {note: "${now}"}]
  - name: high
    priority: 20
    start: 1ms
    program: [{compute: 1ms}]
)");
  EXPECT_THAT(run->named_notes(), ElementsAre("first: 5000000", "second: 9000000"));
}

TEST(Scheduling, TwoProcessorsRunTheTwoHighestPriorities) {
  const Outcome run = run_text(with_cpus(2, R"(
  - name: a
    priority: 5
    program: [{compute: 10ms}, {note: "${now}"}]
  - name: b
    priority: 6
    program: [{compute: 10ms}, {note: "${now}"}]
  - name: c
    priority: 7
    start: 1ms
    program: [{compute: 2ms}, {note: "${now}"}]
)"));
  EXPECT_THAT(run->named_notes(), ElementsAre("c: 3000000", "b: 10000000", "a: 12000000"));
}

TEST(Scheduling, AnActionThatWakesAHigherPriorityIsFollowedByIt) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {flags: _NTO_CHF_FIXED_PRIORITY}
        as: chid
      - MsgReceive: {chid: $chid}
        as: msg
      - MsgReply: {rcvid: $msg}
      - note: server
  - name: client
    priority: 20
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
      - note: client
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("client", "server"));
}

TEST(Scheduling, APoolOfMemoryManagerThreadsServesSeveralClientsAtOnce) {
  const auto last_reply = [](int threads) {
    std::string text = with_cpus(2, R"(
  - name: client
    count: 2
    program:
      - _MEM_INFO: {fd: NOFD}
)");
    text.replace(text.find("memmgr_call: 0ns"), 16, "memmgr_call: 5ms");
    text.replace(text.find("machine:\n"), 9,
                 "machine:\n  memory_manager: {threads: " + std::to_string(threads) + "}\n");
    return run_text(text)->replied.back().time;
  };
  EXPECT_EQ(last_reply(1), SimTime(10'000'000));
  EXPECT_EQ(last_reply(2), SimTime(5'000'000));
}

TEST(Costs, ACallTakesTheSumOfItsPartsAndNotALittleLess) {
  std::string text(kFreeMachine);
  text.replace(text.find("msg_send: 0ns"), 13, "msg_send: 3us");
  text.replace(text.find("memmgr_call: 0ns"), 16, "memmgr_call: 5us");
  text.replace(text.find("msg_reply: 0ns"), 14, "msg_reply: 7us");
  const Outcome run = run_text(text + R"(
  - name: client
    program:
      - _MEM_INFO: {fd: NOFD}
      - note: "${now}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("15000"));
}

TEST(Costs, AWalkCostsMoreForMoreSegments) {
  const auto duration = [](int segments) {
    std::string text(kFreeMachine);
    text.replace(text.find("segment_walk: 0ns"), 17, "segment_walk: 1us");
    // Segments that touch in address but not in order: an overlay on alternating pages.
    return run_text(text + R"(
  - name: client
    program:
      - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - repeat:
          times: )" +
                    std::to_string(segments) + R"(
          index: i
          do:
            - lseek: {fd: $fd, offset: $i * 4KiB}
            - shm_ctl: {fd: $fd, flags: SHMCTL_PHYS, paddr: 0x40000000 + $i * 8KiB, size: 4KiB}
      - set: {start: $now}
      - _MEM_OBJ_INFO: {fd: $fd, reply_bytes: 1MiB}
        as: layout
      - note: "${layout} ${now - $start}"
)")
        ->note_texts()
        .at(0);
  };
  EXPECT_EQ(duration(1), "1 1000");
  EXPECT_EQ(duration(100), "100 100000");
}

}  // namespace
}  // namespace memsim::test
