// What happens to everybody else when a process, a channel or a thread goes away, or time runs out.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::string_view kBusyServer = R"(
  - name: server
    program:
      - ChannelCreate: {flags: FLAGS}
        as: chid
      - MsgReceive: {chid: $chid}
        as: first
      - sleep: 20ms
      - MsgReply: {rcvid: $first}
        as: reply
      - note: "reply ${reply.errno}"
      - MsgReceive: {chid: $chid, timeout: 5ms}
        as: next
      - note: "next ${next} ${next.errno} code ${next.code}"
)";

std::string busy_server(const std::string& flags) {
  std::string text(kBusyServer);
  text.replace(text.find("FLAGS"), 5, flags);
  return text;
}

TEST(Death, AKilledSendBlockedClientLeavesTheQueue) {
  const Outcome run = run_free(busy_server("[]") + R"(
  - name: holder
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
  - name: victim
    start: 2ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
  - name: killer
    start: 5ms
    program:
      - kill: victim
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("reply 0", "next -1 260 code 0"));
}

TEST(Death, AKilledReplyBlockedClientMakesTheReplyFail) {
  const Outcome run = run_free(busy_server("[]") + R"(
  - name: victim
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
  - name: killer
    start: 5ms
    program:
      - kill: victim
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("reply 3", "next -1 260 code 0"));
  ASSERT_EQ(run->exits.size(), 3u);
  EXPECT_EQ(run->exits[0].time, SimTime(5'000'000));
}

TEST(Death, OnAnUnblockChannelTheClientStaysUntilTheServerReplies) {
  const Outcome run = run_free(busy_server("_NTO_CHF_UNBLOCK") + R"(
  - name: victim
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
  - name: killer
    start: 5ms
    program:
      - kill: victim
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("reply 0", "next -1 260 code 0"));
  // The killer is gone at 5 ms, the victim when the server replies, the server last.
  ASSERT_EQ(run->exits.size(), 3u);
  EXPECT_EQ(run->exits[1].time, SimTime(21'000'000));
  EXPECT_EQ(run->exits[1].record.cause, ExitCause::killed);
}

TEST(Death, ADyingServerFailsSendBlockedAndReplyBlockedClients) {
  const Outcome run = run_free(busy_server("_NTO_CHF_UNBLOCK") + R"(
  - name: client
    count: 3
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
        as: answer
      - note: "${answer} ${answer.errno}"
      - MsgSend: {coid: $coid}
        as: after
      - note: "${after.errno}"
  - name: killer
    start: 5ms
    program:
      - kill: server
)");
  EXPECT_THAT(run->note_texts(), UnorderedElementsAre("-1 3", "-1 3", "-1 3", "9", "9", "9"));
}

TEST(Death, ADestroyedChannelUnblocksEverybodyAtIt) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - MsgReceive: {chid: $chid}
        as: held
      - sleep: 10ms
      - ChannelDestroy: $chid
      - MsgReply: {rcvid: $held}
        as: reply
      - note: "reply ${reply.errno}"
      - sleep: 1ms
    threads:
      - name: other
        program:
          - sleep: 5ms
          - ChannelCreate: {}
            as: own
          - MsgReceive: {chid: $own, timeout: 1ms}
            as: none
          - MsgReceive: {chid: 1, timeout: 20ms}
            as: msg
          - note: "receiver ${msg.errno}"
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
        as: answer
      - note: "client ${answer.errno}"
)");
  EXPECT_THAT(run->note_texts(), UnorderedElementsAre("reply 3", "receiver 3", "client 3"));
}

TEST(Death, TheLastConnectionsEndIsAPulseWhereTheChannelWantsIt) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {flags: _NTO_CHF_DISCONNECT}
        as: chid
      - repeat:
          times: 2
          do:
            - MsgReceive: {chid: $chid}
              as: pulse
            - note: "${pulse.code} of ${pulse.value} at ${now}"
  - name: detaches
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: one
      - ConnectAttach: {process: server}
        as: two
      - ConnectDetach: $one
      - sleep: 2ms
      - ConnectDetach: $two
      - sleep: 100ms
  - name: dies
    start: 10ms
    program:
      - ConnectAttach: {process: server}
        as: coid
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("-33 of 3 at 3000000", "-33 of 4 at 10000000"));
}

TEST(Death, AProcessMayKillItself) {
  const Outcome run = run_free(R"(
  - name: suicide
    program:
      - kill: suicide
      - note: never
)");
  EXPECT_THAT(run->note_texts(), IsEmpty());
  ASSERT_EQ(run->exits.size(), 1u);
  EXPECT_EQ(run->exits[0].record.cause, ExitCause::killed);
}

TEST(Death, TheMemoryManagerCannotBeKilledAndUnknownNamesAreRefused) {
  const Outcome run = run_free(R"(
  - name: killer
    program:
      - kill: {process: 1}
        as: procnto
      - kill: {process: 99}
        as: nobody
      - note: "${procnto.errno} ${nobody.errno}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("1 3"));
}

TEST(Death, AFleetDiesByItsOneName) {
  const Outcome run = run_free(R"(
  - name: worker
    count: 3
    program:
      - sleep: 1h
  - name: killer
    start: 1ms
    program:
      - kill: worker.1
      - sleep: 1ms
      - kill: worker
)");
  ASSERT_EQ(run->exits.size(), 4u);
  EXPECT_EQ(run->exits[0].record.pid, ProcessId(3));
  EXPECT_EQ(run->ended.reason, StopReason::finished);
}

TEST(Death, AFleetIsReachedByItsFirstInstanceThatIsAlive) {
  const Outcome run = run_free(R"(
  - name: server
    count: 3
    program: [{ChannelCreate: {}}, {sleep: 1h}]
  - name: client
    start: 1ms
    program:
      - repeat:
          times: 4
          index: i
          do:
            - ConnectAttach: {process: server}
              as: coid
            - MsgSendPulse: {coid: $coid, code: 1, value: 0}
              as: sent
            - note: "${coid.errno} ${sent.errno}"
            - kill: "server.${i}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("0 0", "0 0", "0 0", "3 9"));
}

TEST(Death, TheEndOfTheMainThreadEndsTheProcessAndItsOtherThreads) {
  const Outcome run = run_free(R"(
  - name: pair
    program:
      - sleep: 1ms
    threads:
      - name: other
        program:
          - sleep: 2ms
          - note: never
)");
  EXPECT_THAT(run->note_texts(), IsEmpty());
}

TEST(Death, MemoryOfADeadProcessIsFreeAgainExceptWhatANameHolds) {
  const Outcome run = run_free(R"(
  - name: victim
    program:
      - shm_open: {name: /kept, oflag: [O_RDWR, O_CREAT]}
        as: named
      - shm_ctl: {fd: $named, flags: SHMCTL_ANON, size: 1MiB}
      - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
        as: nameless
      - shm_ctl: {fd: $nameless, flags: SHMCTL_ANON, size: 2MiB}
      - mmap: {len: 4MiB, flags: [MAP_PRIVATE, MAP_ANON]}
      - _MEM_INFO: {fd: NOFD}
        as: before
      - note: "${before.free}"
  - name: witness
    start: 1ms
    program:
      - _MEM_INFO: {fd: NOFD}
        as: after
      - note: "${after.free}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre(std::to_string(9 << 20), std::to_string(15 << 20)));
}

TEST(Death, AProcessThatSendsToItselfDiesWhateverStateItsMessageIsIn) {
  for (const char* receiver : {"[{sleep: 1s}]", "[{MsgReceive: {chid: 1}}, {sleep: 1s}]"}) {
    const Outcome run = run_free(R"(
  - name: victim
    program:
      - ChannelCreate: {flags: _NTO_CHF_UNBLOCK}
      - ConnectAttach: {process: victim}
        as: coid
      - MsgSend: {coid: $coid}
    threads:
      - {name: receiver, program: )" +
                                 std::string(receiver) + R"(}
  - name: killer
    start: 1ms
    program: [{kill: victim}]
)");
    ASSERT_EQ(run->exits.size(), 2u);
    EXPECT_EQ(run->exits[0].time, SimTime(1'000'000));
    EXPECT_EQ(run->exits[0].record.cause, ExitCause::killed);
  }
}

// --- timeouts: each just before and just at its time

constexpr std::string_view kSlowServer = R"(
  - name: server
    program:
      - ChannelCreate: {flags: FLAGS}
        as: chid
      - sleep: RECEIVE
      - MsgReceive: {chid: $chid, timeout: 1s}
        as: msg
      - sleep: 10ms
      - MsgReply: {rcvid: $msg, status: 5}
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, timeout: TIMEOUT}
        as: answer
      - note: "${answer} ${answer.errno} at ${now}"
)";

std::vector<std::string> slow_server(const std::string& flags, const std::string& receive, const std::string& timeout) {
  std::string text(kSlowServer);
  text.replace(text.find("FLAGS"), 5, flags);
  text.replace(text.find("RECEIVE"), 7, receive);
  text.replace(text.find("TIMEOUT"), 7, timeout);
  return run_free(text)->note_texts();
}

TEST(Timeouts, EndASendThatNobodyReceives) {
  EXPECT_THAT(slow_server("[]", "50ms", "3ms"), ElementsAre("-1 260 at 4000000"));
}

TEST(Timeouts, EndAReplyWaitUnlessTheReplyComesFirst) {
  EXPECT_THAT(slow_server("[]", "1us", "9999us"), ElementsAre("-1 260 at 10999000"));
  EXPECT_THAT(slow_server("[]", "1us", "10001us"), ElementsAre("5 0 at 11000000"));
}

TEST(Timeouts, BecomeAnUnblockPulseWhereTheChannelWantsThat) {
  EXPECT_THAT(slow_server("_NTO_CHF_UNBLOCK", "1us", "3ms"), ElementsAre("5 0 at 11000000"));
}

TEST(Timeouts, OfZeroFailOnlyACallThatWouldBlock) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - MsgReceive: {chid: $chid, timeout: 0}
        as: empty
      - MsgSendPulse: {coid: 0}
      - ConnectAttach: {process: server}
        as: self
      - MsgSendPulse: {coid: $self, value: 9}
      - MsgReceive: {chid: $chid, timeout: 0}
        as: pulse
      - note: "${empty.errno} ${pulse.errno} ${pulse.value}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("260 0 9"));
}

TEST(Timeouts, OfZeroSendNothingEvenWhereAReceiverWaits) {
  for (const char* flags : {"[]", "_NTO_CHF_UNBLOCK"}) {
    const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {flags: )" +
                                 std::string(flags) + R"(}
      - MsgReceive: {chid: 1, timeout: 10ms}
        as: got
      - note: "server ${got} ${got.errno}"
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, timeout: 0}
        as: sent
      - note: "client ${sent} ${sent.errno} at ${now}"
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_INFO, timeout: 0}
        as: sent
      - note: "client ${sent} ${sent.errno} at ${now}"
      - MsgSend: {coid: 77, timeout: 0}
        as: sent
      - note: "client ${sent} ${sent.errno}"
)");
    EXPECT_THAT(run->note_texts(),
                ElementsAre("client -1 260 at 1000000", "client -1 260 at 1000000", "client -1 9", "server -1 260"));
  }
}

}  // namespace
}  // namespace memsim::test
