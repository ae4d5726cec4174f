// Message passing, as the scenarios' authors see it.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Messages, AWaitingReceiverTakesTheMessageAtOnceAndTheClientIsReplyBlocked) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - MsgReceive: {chid: $chid}
        as: msg
      - note: "type ${msg.type} value ${msg.value} bytes ${msg.bytes} from ${msg.pid}"
      - MsgReply: {rcvid: $msg, status: 7, value: 8}
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, type: 5, value: 6, send_bytes: 100B}
        as: answer
      - note: "status ${answer} value ${answer.value}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("type 5 value 6 bytes 100 from 3", "status 7 value 8"));
  ASSERT_EQ(run->sent.size(), 1u);
  EXPECT_EQ(run->sent[0].record.state, ThreadState::reply);
}

TEST(Messages, WithoutAReceiverTheClientIsSendBlocked) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - sleep: 5ms
      - MsgReceive: {chid: $chid}
        as: msg
      - MsgReply: {rcvid: $msg}
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
)");
  ASSERT_EQ(run->sent.size(), 1u);
  EXPECT_EQ(run->sent[0].record.state, ThreadState::send);
  ASSERT_EQ(run->replied.size(), 1u);
  EXPECT_EQ(run->replied[0].record.received, SimTime(5'000'000));
}

TEST(Messages, SendersAreReceivedByPriorityThenByArrival) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - sleep: 10ms
      - repeat:
          times: 4
          do:
            - MsgReceive: {chid: $chid}
              as: msg
            - note: "${msg.value}"
            - MsgReply: {rcvid: $msg}
  - name: low
    priority: 9
    count: 2
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, value: 10 + $index}
  - name: high
    priority: 12
    count: 2
    start: 2ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, value: 20 + $index}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("20", "21", "10", "11"));
}

TEST(Messages, TheServerTakesOverTheClientsPriorityUpAndDownUnlessTheChannelFixesIt) {
  const std::string_view scenario = R"(
  - name: server
    priority: 15
    program:
      - ChannelCreate: {flags: FLAGS}
        as: chid
      - repeat:
          times: 2
          do:
            - MsgReceive: {chid: $chid}
              as: msg
            - MsgReply: {rcvid: $msg}
  - name: low
    priority: 9
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
  - name: high
    priority: 30
    start: 2ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
)";
  const auto with = [&](const std::string& flags) {
    std::string text(scenario);
    text.replace(text.find("FLAGS"), 5, flags);
    const Outcome run = run_free(text);
    std::vector<int> priorities;
    for (const auto& received : run->received) priorities.push_back(received.record.priority);
    return priorities;
  };
  EXPECT_THAT(with("[]"), ElementsAre(9, 30));
  EXPECT_THAT(with("_NTO_CHF_FIXED_PRIORITY"), ElementsAre(15, 15));
}

TEST(Messages, AWaitingClientRaisesTheServerAndTheServersItWaitsFor) {
  // front serves low and waits for back, which computes at low's priority; middle would starve both. When high sends to
  // front, the raise travels through front to back.
  const Outcome run = run_free(R"(
  - name: back
    priority: 10
    program:
      - ChannelCreate: {}
        as: chid
      - repeat:
          times: 2
          do:
            - MsgReceive: {chid: $chid}
              as: msg
            - compute: 10ms
            - MsgReply: {rcvid: $msg}
  - name: front
    priority: 10
    program:
      - ChannelCreate: {}
        as: chid
      - ConnectAttach: {process: back}
        as: back
      - repeat:
          times: 2
          do:
            - MsgReceive: {chid: $chid}
              as: msg
            - MsgSend: {coid: $back}
            - MsgReply: {rcvid: $msg}
  - name: low
    priority: 5
    start: 1ms
    program:
      - ConnectAttach: {process: front}
        as: coid
      - MsgSend: {coid: $coid}
  - name: middle
    priority: 20
    start: 2ms
    program:
      - compute: 1s
  - name: high
    priority: 30
    start: 3ms
    program:
      - ConnectAttach: {process: front}
        as: coid
      - MsgSend: {coid: $coid}
      - note: "${now}"
)");
  // 1 ms of back's 10 were done when middle came; the other 9 run from 3 ms on, then 10 for high itself.
  EXPECT_THAT(run->note_texts(), ElementsAre("22000000"));
}

TEST(Messages, TheReceiverThatWaitedLeastIsTakenFirst) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - sleep: 1ms
      - MsgReceive: {chid: $chid}
        as: msg
      - note: main
      - MsgReply: {rcvid: $msg}
      - sleep: 10ms
    threads:
      - name: second
        program:
          - sleep: 2ms
          - MsgReceive: {chid: 1}
            as: msg
          - note: second
          - MsgReply: {rcvid: $msg}
  - name: client
    start: 3ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
      - MsgSend: {coid: $coid}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("second", "main"));
}

TEST(Messages, MsgErrorFailsTheClientWithThatErrno) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - MsgReceive: {chid: $chid}
        as: msg
      - MsgError: {rcvid: $msg, error: EACCES}
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
        as: answer
      - note: "${answer} ${answer.errno}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("-1 13"));
}

TEST(Messages, AReplyTicketIsGoodOnce) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - MsgReceive: {chid: $chid}
        as: first
      - MsgReply: {rcvid: $first}
      - MsgReply: {rcvid: $first}
        as: again
      - MsgReceive: {chid: $chid}
        as: second
      - MsgReply: {rcvid: $first}
        as: stale
      - MsgReply: {rcvid: $second}
        as: good
      - MsgReply: {rcvid: 123456789}
        as: invented
      - note: "${again.errno} ${stale.errno} ${good.errno} ${invented.errno}"
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - repeat:
          times: 2
          do:
            - MsgSend: {coid: $coid}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("3 3 0 3"));
}

TEST(Messages, TransfersEndWithTheClientsBuffers) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - MsgReceive: {chid: $chid, bytes: 10B}
        as: msg
      - MsgRead: {rcvid: $msg, bytes: 1KiB, offset: 60B}
        as: read
      - MsgWrite: {rcvid: $msg, bytes: 20B, offset: 4B}
        as: write
      - MsgRead: {rcvid: $msg, bytes: 1B, offset: 1KiB}
        as: beyond
      - note: "${msg.bytes} ${read} ${write} ${beyond}"
      - MsgReply: {rcvid: $msg, bytes: 1KiB}
      - MsgRead: {rcvid: $msg, bytes: 1B}
        as: late
      - note: "${late.errno}"
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, send_bytes: 100B, reply_bytes: 50B}
        as: answer
      - note: "${answer.bytes}"
)");
  EXPECT_THAT(run->note_texts(), testing::UnorderedElementsAre("10 40 20 0", "3", "50"));
}

TEST(Messages, ConnectionsThatLeadNowhereAreRefused) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - sleep: 5ms
      - ChannelDestroy: $chid
      - ChannelDestroy: $chid
        as: twice
      - note: "${twice.errno}"
      - sleep: 5ms
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server, chid: 9}
        as: no_channel
      - ConnectAttach: {process: 77}
        as: no_process
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: 55}
        as: no_connection
      - sleep: 6ms
      - MsgSend: {coid: $coid}
        as: gone
      - ConnectDetach: $coid
      - ConnectDetach: $coid
        as: twice
      - note: "${no_channel.errno} ${no_process.errno} ${no_connection.errno} ${gone.errno} ${twice.errno}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("22", "3 3 9 9 22"));
}

TEST(Messages, AnOversizedMessageIsRefused) {
  const Outcome run = run_free(R"(
  - name: client
    program:
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_INFO, send_bytes: SIZE_MAX}
        as: answer
      - note: "${answer.errno}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("79"));
}

TEST(Messages, TheMemoryManagerRefusesUnknownAndTruncatedMessages) {
  const Outcome run = run_free(R"(
  - name: client
    program:
      - MsgSend: {coid: MEMMGR_COID, type: 0x6f}
        as: unknown
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_OBJ_INFO, send_bytes: 1B}
        as: headless
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_OBJ_INFO, send_bytes: 23B}
        as: short
      - note: "${unknown.errno} ${headless.errno} ${short.errno}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("89 22 22"));
}

TEST(Messages, ReceivingOnNoChannelLeavesTheLastOneAndItsBoost) {
  // The client of priority 20 waits while the server computes; only the first half of that is at its priority.
  const Outcome run = run_free(R"(
  - name: server
    priority: 5
    program:
      - ChannelCreate: {}
      - MsgReceive: {chid: 1, timeout: 1ms}
      - compute: 10ms
      - MsgReceive: {chid: -1}
        as: left
      - note: "left ${left} ${left.errno}"
      - compute: 10ms
      - note: "computed at ${now}"
      - MsgReceive: {chid: 1}
        as: msg
      - MsgReply: {rcvid: $msg}
  - name: client
    priority: 20
    start: 2ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid}
      - note: "replied at ${now}"
  - name: rival
    priority: 10
    start: 3ms
    program:
      - compute: 100ms
      - note: "rival at ${now}"
)");
  EXPECT_THAT(run->note_texts(),
              ElementsAre("rival at 111000000", "left -1 3", "computed at 121000000", "replied at 121000000"));
}

TEST(Messages, WhatTheMemoryManagerTellsByHandIsWhatItsCallsTell) {
  const Outcome run = run_free(R"(
  - name: p
    program:
      - _MEM_INFO: {fd: NOFD}
        as: called
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_INFO}
        as: sent
      - note: "${sent} ${sent.errno} ${sent.bytes} ${$sent.free - $called.free} ${sent.end}"
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_INFO, reply_bytes: 0}
        as: sent
      - note: "${sent} ${sent.errno} ${sent.bytes} ${$sent.free - $called.free}"
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_INFO, send_bytes: 7B}
        as: short
      - note: "${short} ${short.errno}"
      - shm_open: {name: /o, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 3pages}
      - _MEM_OBJ_INFO: {fd: $fd, offset: 1page, reply_bytes: 240B}
        as: asked
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_OBJ_INFO, fd: $fd, offset: 1page, reply_bytes: 240B}
        as: by_hand
      - note: "${$by_hand - $asked} ${$by_hand.first_paddr - $asked.first_paddr}"
      - note: "${by_hand.end} ${$by_hand.in_range - $asked.in_range}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("0 0 16 0 0", "0 0 0 0", "-1 22", "0 0", "12288 0"));
}

TEST(Messages, ReservedMemoryIsAddedByACallOrByHand) {
  const Outcome run = run_text(R"(
memsim: 1
machine:
  regions: [{name: ram, base: 16MiB, size: 16MiB}]
  reservations: [{name: late, base: 20MiB, size: 8MiB}]
processes:
  - name: poor
    abilities: none
    program:
      - _MEM_PMEM_ADD: {addr: 20MiB, len: 4MiB}
        as: refused
      - note: "${refused.errno}"
  - name: adder
    start: 1ms
    program:
      - _MEM_INFO: {fd: NOFD}
        as: before
      - _MEM_PMEM_ADD: {addr: 20MiB, len: 4MiB}
        as: called
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_PMEM_ADD, offset: 24MiB, length: 4MiB}
        as: sent
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_PMEM_ADD, offset: 24MiB, length: 4MiB}
        as: again
      - _MEM_INFO: {fd: NOFD}
        as: after
      - note: "${called} ${sent} ${again.errno} ${($after.free - $before.free) / 1MiB}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("1", "0 0 22 8"));
  EXPECT_THAT(run->faults, testing::IsEmpty());
}

}  // namespace
}  // namespace memsim::test
