// Pulses, as the scenarios' authors see them.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;

TEST(Pulses, ArriveByPriorityAmongMessagesAndNeverBlock) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
        as: chid
      - sleep: 10ms
      - repeat:
          times: 3
          do:
            - MsgReceive: {chid: $chid}
              as: msg
            - note: "${msg} ${msg.code} ${msg.value}"
            - if:
                condition: $msg != 0
                then: [{MsgReply: {rcvid: $msg}}]
  - name: sender
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSendPulse: {coid: $coid, code: 3, value: 33, priority: 5}
      - MsgSendPulse: {coid: $coid, code: 4, value: 44, priority: 50}
      - MsgSendPulse: {coid: $coid, code: 128}
        as: system_code
      - MsgSendPulse: {coid: $coid, priority: 0}
        as: priority
      - note: "${system_code.errno} ${priority.errno}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("22 22", "0 4 44", "0 3 33"));
}

TEST(Pulses, ThatFindNoRoomAreLostAndFailTheReceiver) {
  for (const char* bytes : {"15B", "16B"}) {
    const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {}
      - ConnectAttach: {process: server}
        as: self
      - MsgSendPulse: {coid: $self, value: 11}
      - MsgReceive: {chid: 1, bytes: )" +
                                 std::string(bytes) + R"(}
        as: queued
      - note: "${queued} ${queued.errno} ${queued.value}"
      - MsgReceive: {chid: 1, bytes: )" +
                                 bytes + R"(}
        as: waited
      - note: "${waited} ${waited.errno} ${waited.value}"
      - MsgReceive: {chid: 1, timeout: 1ms}
        as: rest
      - note: "${rest.errno}"
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSendPulse: {coid: $coid, value: 12}
)");
    const bool fits = std::string(bytes) == "16B";
    EXPECT_THAT(run->note_texts(), ElementsAre(fits ? "0 0 11" : "-1 14 0", fits ? "0 0 12" : "-1 14 0", "260"));
  }
}

TEST(Pulses, ThatAskToLetAClientGoVanishWithTheReply) {
  const Outcome run = run_free(R"(
  - name: server
    program:
      - ChannelCreate: {flags: _NTO_CHF_UNBLOCK}
      - MsgReceive: {chid: 1}
        as: msg
      - sleep: 10ms
      - MsgReply: {rcvid: $msg, status: 5}
      - MsgReceive: {chid: 1, timeout: 1ms}
        as: rest
      - note: "${rest} ${rest.errno}"
  - name: client
    start: 1ms
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, timeout: 3ms}
        as: answer
      - note: "${answer}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("5", "-1 260"));
}

}  // namespace
}  // namespace memsim::test
