// Timers, events for clients, names of servers, and the pulses that tell of an end.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;

TEST(Timers, SendPulsesOnceOrAgainAndAgain) {
  const Outcome run = run_free(R"(
  - name: ticker
    program:
      - ChannelCreate: {}
      - ConnectAttach: {process: ticker}
        as: self
      - TimerCreate: {coid: $self, code: 1, value: 11}
        as: once
      - TimerCreate: {coid: $self, code: 2, value: 22}
        as: often
      - TimerSettime: {id: $once, time: 2500us}
      - TimerSettime: {id: $often, time: 1ms, interval: 1ms}
      - repeat:
          times: 4
          do:
            - MsgReceive: {chid: 1}
              as: pulse
            - note: "${pulse.code} ${pulse.value} at ${now / 1000}"
      - TimerSettime: {id: $often, time: 0}
        as: before
      - TimerSettime: {id: $often, time: 0}
        as: stopped
      - note: "left ${before.left} of ${before.interval}, then ${stopped.left} of ${stopped.interval}"
      - TimerSettime: {id: $once, flags: [TIMER_ABSTIME], time: 7ms}
      - MsgReceive: {chid: 1}
        as: pulse
      - note: "${pulse.code} at ${now / 1000}"
      - TimerSettime: {id: $once, flags: [TIMER_ABSTIME], time: 1ms}
      - MsgReceive: {chid: 1}
        as: pulse
      - note: "${pulse.code} at ${now / 1000}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("2 22 at 1000", "2 22 at 2000", "1 11 at 2500", "2 22 at 3000",
                                             "left 1000000 of 1000000, then 0 of 0", "1 at 7000", "1 at 7000"));
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(Timers, AreRefusedByTheirErrnosAndEndWithTheirProcess) {
  const Outcome run = run_free(R"(
  - name: ticker
    program:
      - ChannelCreate: {}
      - ConnectAttach: {process: ticker}
        as: self
      - TimerCreate: {coid: $self, priority: 0}
        as: priority
      - TimerSettime: {id: 0, time: 1ms}
        as: none
      - TimerCreate: {coid: $self}
        as: first
      - TimerCreate: {coid: $self}
        as: second
      - TimerDestroy: {id: $first}
      - TimerDestroy: {id: $first}
        as: twice
      - TimerCreate: {coid: $self}
        as: third
      - TimerSettime: {id: $third, time: 1ms, interval: 1ms}
      - repeat:
          times: 254
          do:
            - TimerCreate: {coid: $self}
      - TimerCreate: {coid: $self}
        as: many
      - note: "${priority.errno} ${none.errno} ${first} ${second} ${twice.errno} ${third} ${many.errno}"
      - sleep: 1500us
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("22 22 0 1 22 0 11"));
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(Events, ReachAClientAfterTheReplyAsLongAsItIsConnected) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
      - MsgReceive: {chid: 1}
        as: msg
      - MsgReply: {rcvid: $msg}
      - sleep: 1ms
      - MsgDeliverEvent: {rcvid: $msg, coid: $msg.value, code: 9, value: 99, priority: 30}
        as: told
      - MsgDeliverEvent: {rcvid: $msg, coid: 77}
        as: coid
      - MsgDeliverEvent: {rcvid: 5, coid: 0}
        as: rcvid
      - sleep: 2ms
      - MsgDeliverEvent: {rcvid: $msg, coid: $msg.value}
        as: left
      - sleep: 2ms
      - MsgDeliverEvent: {rcvid: $msg, coid: $msg.value}
        as: ended
      - note: "${told.errno} ${coid.errno} ${rcvid.errno} ${left.errno} ${ended.errno}"
  - name: client
    start: 1us
    program:
      - ChannelCreate: {}
      - ConnectAttach: {process: client}
        as: self
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, value: $self}
      - MsgReceive: {chid: 1}
        as: pulse
      - note: "${pulse.code} ${pulse.value} ${pulse.priority} from ${pulse.scoid == 0x60000000 + $pid}"
      - sleep: 1ms
      - ConnectDetach: $coid
      - sleep: 1500us
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("9 99 30 from 1", "0 9 3 3 3"));
}

TEST(Pulses, AloneAreReceivedByMsgReceivePulseAndByItLast) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
      - MsgReceivePulse: {chid: 1}
        as: pulse
      - note: "pulse ${pulse.value}"
      - MsgReceivePulse: {chid: 1, timeout: 1ms}
        as: none
      - MsgReceive: {chid: 1}
        as: msg
      - note: "${none.errno} then message ${msg.value}"
      - MsgReply: {rcvid: $msg}
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, value: 4}
  - name: prodder
    start: 2ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSendPulse: {coid: $coid, value: 5}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("pulse 5", "260 then message 4"));
}

TEST(Pulses, GoToThoseThatWaitForAnythingFirst) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
      - sleep: 1ms
      - MsgReceive: {chid: 1}
        as: got
      - note: "any ${got.value}"
      - sleep: 10ms
    threads:
      - name: pulses
        program:
          - sleep: 2ms
          - MsgReceivePulse: {chid: 1}
            as: got
          - note: "pulses ${got.value}"
  - name: prodder
    start: 3ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSendPulse: {coid: $coid, value: 1}
      - MsgSendPulse: {coid: $coid, value: 2}
)");
  EXPECT_THAT(run->note_texts(), testing::UnorderedElementsAre("any 1", "pulses 2"));
}

TEST(Names, LeadClientsToTheChannelUntilItsServerEnds) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - name_attach: {name: camera}
        as: chid
      - name_attach: {name: camera}
        as: twice
      - name_attach: {name: /camera}
        as: slash
      - name_attach: {name: ""}
        as: empty
      - name_detach: {chid: 9}
        as: other
      - note: "${twice.errno} ${slash.errno} ${empty.errno} ${other.errno}"
      - MsgReceive: {chid: $chid}
        as: msg
      - MsgReply: {rcvid: $msg, status: 6}
      - MsgReceive: {chid: $chid}
        as: pulse
      - note: "pulse ${pulse.code} scoid ${pulse.scoid == $msg.scoid}"
      - ConnectDetach: {coid: $pulse.scoid}
        as: detached
      - note: "detached ${detached.errno}"
      - name_detach: {chid: $chid}
      - name_attach: {name: camera}
        as: again
      - note: "again ${again}"
      - sleep: 1ms
  - name: client
    start: 1us
    program:
      - name_open: {name: camera}
        as: coid
      - MsgSend: {coid: $coid}
        as: answer
      - note: "answer ${answer}"
      - name_close: {coid: $coid}
      - name_open: {name: nobody}
        as: nobody
      - sleep: 10ms
      - name_open: {name: camera}
        as: ended
      - note: "${nobody.errno} ${ended.errno}"
)");
  EXPECT_THAT(run->note_texts(),
              ElementsAre("17 22 22 22", "answer 6", "pulse -33 scoid 1", "detached 0", "again 2", "2 2"));
}

TEST(Pulses, TellOfAThreadsDeathAndOfALostConnection) {
  const Outcome run = run_free(R"(
  - name: watcher
    start: 1us
    program:
      - ChannelCreate: {flags: [_NTO_CHF_THREAD_DEATH, _NTO_CHF_COID_DISCONNECT]}
      - ChannelCreate: {flags: _NTO_CHF_THREAD_DEATH}
        as: second
      - ChannelCreate: {flags: _NTO_CHF_COID_DISCONNECT}
        as: third
      - note: "${second.errno} ${third.errno}"
      - ConnectAttach: {process: mortal}
        as: coid
      - repeat:
          times: 2
          do:
            - MsgReceive: {chid: 1}
              as: pulse
            - note: "${pulse.code} ${pulse.value - ($pulse.code == -35) * $coid} at ${now / 1000}"
    threads:
      - name: worker
        program: [{sleep: 1999us}]
  - name: mortal
    program: [ChannelCreate, {sleep: 1ms}]
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("16 16", "-35 0 at 1000", "-34 2 at 2000"));
}

TEST(Messages, TellTheirReceiverWhoSentThemAndHow) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
      - MsgReceive: {chid: 1}
        as: msg
      - note: "${msg.priority} ${msg.coid} ${msg.scoid == 0x60000000 + $msg.pid}"
      - MsgReply: {rcvid: $msg}
  - name: client
    start: 1us
    priority: 33
    program:
      - ConnectAttach: {process: server, index: 12}
        as: coid
      - MsgSend: {coid: $coid}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("33 12 1"));
}

}  // namespace
}  // namespace memsim::test
