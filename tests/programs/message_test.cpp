// Messages between programs of the host, and between them and programs of a scenario.
#include <gmock/gmock.h>

#include "programs/program_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ProgramMessages, HaveContentsBetweenPrograms) {
  const Outcome run = run_programs(R"(
  - {name: server, program: {run: ./acts, args: [serve]}}
  - {name: client, start: 1us, program: {run: ./acts, args: [client]}}
)");
  EXPECT_THAT(run->output, ElementsAre("server: type 101 value 21 text hello bytes 120 of 128, room 40, pid 3",
                                       "server: type 102 value 21 text hello bytes 116 of 116, room 40, pid 3",
                                       "client: served", "server: pulse 5 value 99", "server: pulse -33 value 3"));
}

TEST(ProgramMessages, HaveTheirContentsInTheRecordsByHash) {
  constexpr const char* kPair = R"(
  - {name: server, program: {run: ./acts, args: [serve]}}
  - {name: client, start: 1us, program: {run: ./acts, args: [client]}}
)";
  const Outcome run = run_programs(kPair);
  ASSERT_EQ(run->contents.size(), 3u);  // the refusal has none
  EXPECT_EQ(run->contents[0].record.length, Bytes(128));
  EXPECT_TRUE(run->contents[1].record.reply);
  EXPECT_EQ(run->contents[1].record.length, Bytes(20));
  EXPECT_NE(run->contents[0].record.hash, run->contents[2].record.hash);
  EXPECT_EQ(run_programs(kPair)->contents[0].record.hash, run->contents[0].record.hash);
}

TEST(ProgramMessages, AServerInCHasAClientInYaml) {
  const Outcome run = run_programs(R"(
  - {name: server, program: {run: ./acts, args: [serve]}}
  - name: client
    start: 1us
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, type: 0x101, value: 21, send_bytes: 64B, reply_bytes: 24B}
        as: answer
      - note: "status ${answer} value ${answer.value} bytes ${answer.bytes}"
      - MsgSend: {coid: $coid, type: 0x102, send_bytes: 8B}
        as: refused
      - note: "errno ${refused.errno}"
)");
  EXPECT_THAT(run->output,
              ElementsAre("server: type 101 value 21 text  bytes 64 of 64, room 24, pid 3",
                          "server: type 102 value 0 text  bytes 8 of 8, room 24, pid 3", "server: pulse -33 value 3"));
  EXPECT_THAT(run->note_texts(), ElementsAre("status 11 value 42 bytes 20", "errno 16"));
}

TEST(ProgramMessages, AServerInYamlHasAClientInC) {
  const Outcome run = run_programs(R"(
  - name: server
    program:
      - ChannelCreate: {}
      - MsgReceive: {chid: 1}
        as: msg
      - note: "type ${msg.type} value ${msg.value} bytes ${msg.bytes}"
      - MsgReply: {rcvid: $msg, status: 4, value: 5678, bytes: 16B}
  - {name: client, start: 1us, program: {run: ./acts, args: [yaml_client]}}
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("type 261 value 1234 bytes 120"));
  EXPECT_THAT(run->output, ElementsAre("client: reply 5678"));
}

TEST(ProgramMessages, LongerOnesThanTheLinkHoldsAreRefused) {
  EXPECT_THAT(play("long_message")->output, ElementsAre("actor: too long"));
}

}  // namespace
}  // namespace memsim::test
