// What is a deadlock and what is not: nobody in one can ever go on.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Two processes that send to each other 1 ms after the start. `flags`: of a's channel; `timeout`: of a's message, none
// where it is empty.
std::string circle(const std::string& timeout = "", const std::string& flags = "[]") {
  std::string text = R"(
  - name: a
    program:
      - ChannelCreate: {}
      - sleep: 1ms
      - ConnectAttach: {process: b}
        as: coid
      - MsgSend: {coid: $coidTIMEOUT}
        as: sent
      - note: "a ${sent.errno} at ${now}"
      - MsgReceive: {chid: 1, timeout: 1s}
        as: got
      - MsgReply: {rcvid: $got, status: 4}
  - name: b
    program:
      - ChannelCreate: {flags: FLAGS}
      - sleep: 1ms
      - ConnectAttach: {process: a}
        as: coid
      - MsgSend: {coid: $coid}
        as: sent
      - note: "b ${sent} ${sent.errno}"
)";
  text.replace(text.find("TIMEOUT"), 7, timeout.empty() ? "" : ", timeout: " + timeout);
  text.replace(text.find("FLAGS"), 5, flags);
  return text;
}

TEST(Deadlock, TwoThatSendToEachOtherForEver) {
  const Outcome run = run_free(circle());
  ASSERT_EQ(run->deadlocks.size(), 1u);
  EXPECT_EQ(run.reason, StopReason::deadlock);
}

TEST(Deadlock, IsNoneWhereATimeoutWillBreakTheCircle) {
  const Outcome run = run_free(circle("50ms"));
  EXPECT_THAT(run->note_texts(), ElementsAre("a 260 at 51000000", "b 4 0"));
  EXPECT_THAT(run->deadlocks, IsEmpty());
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(Deadlock, ATimeoutThatTheChannelTurnsIntoAPulseBreaksOnlyACircleThatWasNotReceived) {
  // Nobody has received a's message yet, so its timeout takes it back in spite of the flag.
  EXPECT_THAT(run_free(circle("50ms", "_NTO_CHF_UNBLOCK"))->deadlocks, IsEmpty());
  // Here b has received it before it sends: the pulse finds nobody.
  const Outcome run = run_free(R"(
  - name: a
    program:
      - ChannelCreate: {}
      - sleep: 1ms
      - ConnectAttach: {process: b}
        as: coid
      - MsgSend: {coid: $coid, timeout: 50ms}
  - name: b
    program:
      - ChannelCreate: {flags: _NTO_CHF_UNBLOCK}
      - MsgReceive: {chid: 1}
      - ConnectAttach: {process: a}
        as: coid
      - MsgSend: {coid: $coid}
)");
  EXPECT_EQ(run->deadlocks.size(), 1u);
  EXPECT_EQ(run.reason, StopReason::deadlock);
}

TEST(Deadlock, ThatAKillBrokeWasOneButIsNotWhyTheRunEnds) {
  const Outcome run = run_free(circle() + R"(
  - name: watchdog
    start: 50ms
    program: [{kill: {process: a}}]
)");
  EXPECT_EQ(run->deadlocks.size(), 1u);
  EXPECT_EQ(run.reason, StopReason::finished);
}

// A server whose receiving thread hands the ticket to a worker and sends to the client's process meanwhile.
std::string worker(const std::string& workers_turn) {
  return R"(
  - name: server
    program:
      - ChannelCreate: {}
      - ChannelCreate: {}
      - ConnectAttach: {process: server, chid: 2}
        as: self
      - MsgReceive: {chid: 1}
        as: msg
      - MsgSendPulse: {coid: $self, value: $msg}
      - ConnectAttach: {process: client}
        as: back
      - MsgSend: {coid: $back}
    threads:
      - name: worker
        program:
          - sleep: 1us
          - MsgReceive: {chid: 2}
            as: order
)" + workers_turn +
         R"(
  - name: client
    program:
      - ChannelCreate: {}
      - sleep: 1ms
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
        as: answer
      - note: "status ${answer}"
      - MsgReceive: {chid: 1}
        as: msg
      - MsgReply: {rcvid: $msg}
)";
}

TEST(Deadlock, IsNoneWhereAnotherThreadOfTheServerWillReply) {
  const Outcome run = run_free(worker(R"(
          - sleep: 5ms
          - MsgReply: {rcvid: $order.value, status: 3}
)"));
  EXPECT_THAT(run->note_texts(), ElementsAre("status 3"));
  EXPECT_THAT(run->deadlocks, IsEmpty());
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(Deadlock, BeginsWhenTheThreadThatCouldHaveRepliedEnds) {
  const Outcome run = run_free(worker(R"(
          - sleep: 5ms
)"));
  ASSERT_EQ(run->deadlocks.size(), 1u);
  EXPECT_EQ(run.reason, StopReason::deadlock);
}

TEST(Deadlock, BeginsWhenNothingIsLeftThatCouldWakeTheThreadThatCouldHaveReplied) {
  const Outcome run = run_free(worker(R"(
          - MsgReceive: {chid: 2}
)") + R"(
  - name: last
    program: [{sleep: 1s}]
)");
  ASSERT_EQ(run->deadlocks.size(), 1u);
  EXPECT_EQ(run.reason, StopReason::deadlock);
}

TEST(Deadlock, IsNoneWhereAPulseWakesTheThreadThatReplies) {
  const Outcome run = run_free(worker(R"(
          - MsgReceive: {chid: 2}
          - MsgReply: {rcvid: $order.value, status: 6}
)") + R"(
  - name: last
    program:
      - sleep: 1s
      - ConnectAttach: {process: server, chid: 2}
        as: coid
      - MsgSendPulse: {coid: $coid}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("status 6"));
  EXPECT_THAT(run->deadlocks, IsEmpty());
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(Deadlock, OfAThreadWithItsOwnProcessIsNoneWhileASiblingCanReceive) {
  const std::string self = R"(
  - name: p
    program:
      - ChannelCreate: {}
      - ConnectAttach: {process: p}
        as: coid
      - MsgSend: {coid: $coid}
        as: answer
      - note: "status ${answer}"
)";
  EXPECT_EQ(run_free(self).reason, StopReason::deadlock);
  const Outcome run = run_free(self + R"(
    threads:
      - name: other
        program:
          - sleep: 1ms
          - MsgReceive: {chid: 1}
            as: msg
          - MsgReply: {rcvid: $msg, status: 2}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("status 2"));
  EXPECT_THAT(run->deadlocks, IsEmpty());
}

}  // namespace
}  // namespace memsim::test
