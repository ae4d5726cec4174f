// Interrupts, as a driver's author sees them.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A machine where nothing costs time, with sources of interrupts.
Outcome run_with(std::string_view interrupts, std::string_view processes, std::string_view cost = "") {
  std::string machine = "machine:\n";
  std::string text(kFreeMachine);
  const std::size_t at = text.find(machine);
  EXPECT_NE(at, std::string::npos);
  text.insert(at + machine.size(), std::string("  interrupts: [") + std::string(interrupts) + "]\n");
  const std::size_t free = text.find("interrupt: 0ns");
  EXPECT_NE(free, std::string::npos);
  if (!cost.empty()) text.replace(free, std::string_view("interrupt: 0ns").size(), cost);
  return run_text(text + std::string(processes));
}

std::vector<std::string> fates(const Outcome& run) {
  std::vector<std::string> words;
  for (const auto& raised : run->interrupts) {
    words.push_back(std::to_string(raised.time.value() / 1000) + " " + std::string(name_of(raised.record.fate)));
  }
  return words;
}

TEST(Interrupts, WakeAThreadThatWaitsAndStayMaskedUntilItSaysOtherwise) {
  const Outcome run = run_with("{name: nic, vector: 7, every: 1ms, count: 5}", R"(
  - name: driver
    program:
      - InterruptAttachEvent: {vector: 7}
        as: id
      - repeat:
          times: 2
          do:
            - InterruptWait: {}
            - note: "at ${now / 1000}"
            - sleep: 2500us
            - InterruptUnmask: {vector: 7, id: $id}
              as: left
            - note: "left ${left}"
      - InterruptWait: {timeout: 10ms}
        as: last
      - note: "${last.errno} at ${now / 1000}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("at 1000", "left 0", "at 3500", "left 0", "0 at 6000"));
  EXPECT_THAT(fates(run), ElementsAre("1000 taken", "2000 pending", "3000 lost", "3500 taken", "4000 pending",
                                      "5000 lost", "6000 taken"));
}

TEST(Interrupts, ThatComeBeforeTheWaitEndItAtOnce) {
  const Outcome run = run_with("{name: nic, vector: 7, every: 1ms, first: 500us, count: 1}", R"(
  - name: driver
    program:
      - InterruptAttachThread: {vector: 7}
      - sleep: 2ms
      - InterruptWait: {timeout: 0}
        as: first
      - InterruptWait: {timeout: 0}
        as: second
      - InterruptWait: {timeout: 3ms}
        as: third
      - note: "${first.errno} ${second.errno} ${third.errno} ${now / 1000}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("0 260 260 5000"));
}

TEST(Interrupts, SendPulsesAtThePriorityThatWasAskedFor) {
  const Outcome run = run_with("{name: nic, vector: 7, every: 1ms, count: 2}", R"(
  - name: driver
    program:
      - ChannelCreate: {}
        as: chid
      - ConnectAttach: {process: driver, chid: $chid}
        as: self
      - InterruptAttachEvent: {vector: 7, coid: $self, code: 5, value: 55, priority: 21}
      - repeat:
          times: 2
          do:
            - MsgReceivePulse: {chid: $chid}
              as: pulse
            - note: "${pulse} ${pulse.code} ${pulse.value} ${pulse.priority} at ${now / 1000}"
            - InterruptUnmask: {vector: 7}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("0 5 55 21 at 1000", "0 5 55 21 at 2000"));
}

TEST(Interrupts, OfSeveralAtOneInstantTheHighestComesFirst) {
  const Outcome run = run_with(
      "{name: low, vector: 1, every: 1ms, count: 1}, {name: high, vector: 2, every: 1ms, count: 1, priority: 9}", R"(
  - name: driver
    program:
      - ChannelCreate: {}
      - ConnectAttach: {process: driver}
        as: self
      - InterruptAttachEvent: {vector: 1, coid: $self, value: 1}
      - InterruptAttachEvent: {vector: 2, coid: $self, value: 2}
      - repeat:
          times: 2
          do:
            - MsgReceive: {chid: 1}
              as: pulse
            - note: "${pulse.value}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("2", "1"));
}

TEST(Interrupts, HoldUpWhatRunsOnTheFirstProcessor) {
  const Outcome run = run_with("{name: nic, vector: 7, every: 1ms, count: 3}", R"(
  - name: busy
    priority: 20
    program:
      - compute: 10ms
      - note: "busy until ${now / 1000}"
  - name: driver
    priority: 30
    program:
      - InterruptAttachThread: {vector: 7}
      - repeat:
          times: 3
          do:
            - InterruptWait: {}
            - note: "${now / 1000}"
            - InterruptUnmask: {vector: 7}
)",
                               "interrupt: 100us");
  EXPECT_THAT(run->note_texts(), ElementsAre("1100", "2100", "3100", "busy until 10300"));
}

TEST(Interrupts, AreUnnoticedWhereNobodyIsAttached) {
  const Outcome run = run_with("{name: nic, vector: 7, every: 1us}", R"(
  - name: driver
    program:
      - InterruptAttachThread: {vector: 7}
        as: id
      - InterruptWait: {}
      - InterruptDetach: {id: $id}
        as: gone
      - InterruptDetach: {id: $id}
        as: twice
      - note: "${gone.errno} ${twice.errno}"
      - sleep: 1s
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("0 22"));
  EXPECT_THAT(fates(run), ElementsAre("1 taken"));
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(Interrupts, OfAThreadThatEndsAreItsNoMore) {
  const Outcome run = run_with("{name: nic, vector: 7, every: 1ms}", R"(
  - name: mortal
    program:
      - InterruptAttachThread: {vector: 7}
      - sleep: 3500us
  - name: heir
    start: 2500us
    program:
      - InterruptAttachThread: {vector: 7}
      - InterruptWait: {}
      - note: "${now / 1000}"
)");
  // The first holds the mask from 1 ms until it ends; what came meanwhile is taken then.
  EXPECT_THAT(run->note_texts(), ElementsAre("3500"));
}

TEST(Interrupts, AreRefusedByTheirErrnos) {
  const Outcome run = run_with("{name: nic, vector: 7, every: 1ms}", R"(
  - name: driver
    program:
      - InterruptAttachThread: {vector: 8}
        as: vector
      - InterruptAttachEvent: {vector: 7, coid: 3, code: 128}
        as: code
      - InterruptUnmask: {vector: 7}
        as: unmask
      - InterruptMask: {vector: 7, id: 5}
        as: id
      - InterruptMask: {vector: 7}
        as: once
      - InterruptMask: {vector: 7}
        as: twice
      - note: "${vector.errno} ${code.errno} ${unmask.errno} ${id.errno} ${once} ${twice}"
  - name: stranger
    abilities: none
    program:
      - InterruptAttachThread: {vector: 7}
        as: attach
      - InterruptMask: {vector: 7}
        as: mask
      - InterruptDetach: {id: 1}
        as: detach
      - note: "${attach.errno} ${mask.errno} ${detach.errno}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("22 22 22 22 1 2", "1 1 1"));
  EXPECT_THAT(run->interrupts, IsEmpty());
}

}  // namespace
}  // namespace memsim::test
