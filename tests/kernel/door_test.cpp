// The kernel's door: threads whose next step comes from C++ that embeds memsim, beside programs of a scenario.
#include <gmock/gmock.h>

#include <memsim/base/qnx.hpp>
#include <memsim/vm/mem_obj_info.hpp>

#include <deque>
#include <functional>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A caller in ten lines: it sleeps `times` times a millisecond and says so.
class Ticker final : public Caller {
 public:
  explicit Ticker(int times) : left_(times) {}
  void next(const Turn& turn, Ask& ask) override {
    if (std::exchange(says_, !says_)) return ask.note("tick at " + std::to_string(turn.now.value()));
    left_-- > 0 ? ask.sleep(SimDuration(1'000'000)) : ask.finish();
  }
  void take(const Answer&) override {}
  [[nodiscard]] std::unique_ptr<Caller> clone() const override { return std::make_unique<Ticker>(*this); }

 private:
  int left_;
  bool says_ = false;
};

// Plays one scripted ask after the other and keeps the answers.
struct Heard {
  Value value = 0;
  Errno error = Errno::eok;
  std::vector<Value> more;
  std::vector<Segment> segments;
  std::string bytes;
};
struct Script {
  std::deque<std::function<void(Ask&, const std::vector<Heard>&)>> asks;
  std::vector<Heard> heard;
};

class Player final : public Caller {
 public:
  explicit Player(Script& script) : script_(script) {}
  void next(const Turn&, Ask& ask) override {
    if (script_.asks.empty()) return ask.finish();
    script_.asks.front()(ask, script_.heard);
    script_.asks.pop_front();
  }
  void take(const Answer& answer) override {
    Heard heard{answer.value,
                answer.error,
                {answer.more.begin(), answer.more.end()},
                {answer.segments.begin(), answer.segments.end()},
                {}};
    for (const std::byte byte : answer.bytes) heard.bytes.push_back(static_cast<char>(byte));
    script_.heard.push_back(std::move(heard));
  }
  // What it plays is not its own: there can be no second one.
  [[nodiscard]] std::unique_ptr<Caller> clone() const override { return nullptr; }

 private:
  Script& script_;
};

void add_process(WorldConfig& config, const std::string& name, CallerFactory caller, SimTime start = {}) {
  ProcessConfig process;
  process.name = name;
  process.start_at = start;
  ThreadConfig& main = process.threads.emplace_back();
  main.name = "main";
  main.caller = std::move(caller);
  config.processes.push_back(std::move(process));
}
CallerFactory playing(Script& script) {
  return [&script](const Birth&) { return std::make_unique<Player>(script); };
}
std::vector<std::byte> bytes_of_text(std::string_view text) {
  std::vector<std::byte> bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

TEST(Door, ACallerOfTenLinesRunsLikeAnyThread) {
  WorldConfig config = load(std::string(kFreeMachine) + "  - {name: idle, program: []}\n");
  add_process(config, "ticker", [](const Birth&) { return std::make_unique<Ticker>(2); });
  const Outcome run = run_config(config);
  EXPECT_THAT(run->note_texts(), ElementsAre("tick at 1000000", "tick at 2000000"));
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(Door, AWorldWithACallerThatCanBeCopiedIsCopied) {
  WorldConfig config = load(std::string(kFreeMachine) + "  - {name: idle, program: []}\n");
  add_process(config, "ticker", [](const Birth&) { return std::make_unique<Ticker>(5); });
  World original = make_world(config);
  ASSERT_TRUE(original.run_until(SimTime(2'500'000)));
  ASSERT_TRUE(original.can_be_copied());
  World copy = original;
  EXPECT_EQ(finish(copy).fingerprint, finish(original).fingerprint);
}

TEST(Door, AWorldSaysThatACallerCannotBeCopied) {
  WorldConfig config = load(std::string(kFreeMachine) + "  - {name: idle, program: []}\n");
  Script script;
  script.asks = {[](Ask& ask, auto&) { ask.sleep(SimDuration(1000)); }};
  add_process(config, "player", playing(script));
  World world = make_world(config);
  EXPECT_TRUE(world.can_be_copied());
  world.run_until(SimTime(500));
  EXPECT_FALSE(world.can_be_copied());
  world.run();
  EXPECT_TRUE(world.can_be_copied());
}

TEST(Door, TheSegmentsOfAnObjectReachACallerWhicheverWayItAsks) {
  WorldConfig config = load(std::string(kFreeMachine) + "  - {name: idle, program: []}\n");
  Script script;
  script.asks = {
      [](Ask& ask, auto&) {
        ask.call(Call::shm_open, {0, 0x102}, "/frame");
      },
      [](Ask& ask, auto& heard) {
        ask.call(Call::shm_ctl, {heard[0].value, qnx::kCtlAnon, 0, 5 * 4096});
      },
      [](Ask& ask, auto& heard) {
        ask.call(Call::mem_obj_info, {heard[0].value, 0, -1, 24, 240});
      },
      [](Ask& ask, auto& heard) {
        ask.call(Call::msg_send, {kMemmgrCoid.value(), qnx::kMemObjInfoType, 0, 24, 240, -1, heard[0].value});
      },
      [](Ask& ask, auto& heard) {
        // As a C program does it: 24 bytes, whatever the arguments beside them say.
        ask.call(Call::msg_send, {kMemmgrCoid.value(), qnx::kMemObjInfoType, 0, 24, 240});
        ask.bytes.resize(qnx::kMemObjInfoRequestBytes);
        encode({.fd = ConnectionId(static_cast<std::int32_t>(heard[0].value)), .offset = {}, .length = Bytes::max()},
               std::span<std::byte, qnx::kMemObjInfoRequestBytes>(ask.bytes));
      },
  };
  add_process(config, "player", playing(script));
  run_config(config);
  ASSERT_EQ(script.heard.size(), 5u);
  const Heard& called = script.heard[2];
  ASSERT_GT(called.value, 0);
  EXPECT_EQ(static_cast<Value>(called.segments.size()), called.value);
  EXPECT_EQ(called.segments.back().end(), Bytes(5 * 4096));
  for (const std::size_t by_hand : {3u, 4u}) {
    EXPECT_EQ(script.heard[by_hand].value, called.value);
    EXPECT_EQ(script.heard[by_hand].segments, called.segments);
    EXPECT_EQ(script.heard[by_hand].more.at(1), called.value * 24);
  }
}

TEST(Door, ACallerIsTheClientOfAProgram) {
  WorldConfig config = load(std::string(kFreeMachine) + R"(
  - name: server
    program:
      - ChannelCreate: {}
      - MsgReceive: {chid: 1}
        as: msg
      - note: "type ${msg.type} value ${msg.value} bytes ${msg.bytes}"
      - MsgReply: {rcvid: $msg, status: 7, value: 8, bytes: 16B}
)");
  Script script;
  script.asks = {
      [](Ask& ask, auto&) {
        ask.call(Call::connect_attach, {0, 1}, "server");
      },
      [](Ask& ask, auto& heard) {
        ask.call(Call::msg_send, {heard[0].value, 5, 6, 100, 50});
      },
  };
  add_process(config, "client", playing(script), SimTime(1000));
  const Outcome run = run_config(config);
  EXPECT_THAT(run->note_texts(), ElementsAre("type 5 value 6 bytes 100"));
  ASSERT_EQ(script.heard.size(), 2u);
  EXPECT_EQ(script.heard[1].value, 7);
  EXPECT_THAT(script.heard[1].more, ElementsAre(8, 16, 0, 0, 0, 0, 0));
}

TEST(Door, ACallerIsTheServerOfAProgram) {
  WorldConfig config = load(std::string(kFreeMachine) + R"(
  - name: client
    start: 1us
    program:
      - ConnectAttach: {process: 2}
        as: coid
      - MsgSend: {coid: $coid, type: 5, value: 6, send_bytes: 100B}
        as: answer
      - note: "status ${answer} value ${answer.value} bytes ${answer.bytes}"
)");
  Script script;
  script.asks = {
      [](Ask& ask, auto&) { ask.call(Call::channel_create, {}); },
      [](Ask& ask, auto& heard) { ask.call(Call::msg_receive, {heard[0].value}); },
      [](Ask& ask, auto& heard) {
        ask.call(Call::msg_reply, {heard[1].value, 3, 4, heard[1].more[1]});
      },
  };
  add_process(config, "server", playing(script));
  const Outcome run = run_config(config);
  EXPECT_THAT(run->note_texts(), ElementsAre("status 3 value 6 bytes 4"));
  EXPECT_THAT(script.heard.at(1).more, ElementsAre(5, 6, 100, 3, 0, 1, 100, 24, 10, 0, 0x60000003));
}

TEST(Door, MessagesBetweenCallersHaveContents) {
  WorldConfig config = load(std::string(kFreeMachine) + "  - {name: idle, program: []}\n");
  Script server;
  server.asks = {
      [](Ask& ask, auto&) { ask.call(Call::channel_create, {}); },
      [](Ask& ask, auto&) {
        ask.call(Call::msg_receive, {1, 4});
      },
      [](Ask& ask, auto& heard) {
        ask.call(Call::msg_read, {heard[1].value, 100, 6});
      },
      [](Ask& ask, auto& heard) {
        ask.call(Call::msg_reply, {heard[1].value, 0, 9});
        ask.bytes = bytes_of_text("nine more");
      },
  };
  Script client;
  client.asks = {
      [](Ask& ask, auto&) {
        ask.call(Call::connect_attach, {0, 1}, "server");
      },
      [](Ask& ask, auto& heard) {
        ask.call(Call::msg_send, {heard[0].value, 5, 0, 11, 4});
        ask.bytes = bytes_of_text("hello world");
      },
  };
  add_process(config, "server", playing(server));
  add_process(config, "client", playing(client), SimTime(1000));
  run_config(config);
  EXPECT_EQ(server.heard.at(1).bytes, "hell");  // as much as the receiver has room for
  EXPECT_EQ(server.heard.at(2).bytes, "world");
  EXPECT_EQ(client.heard.at(1).bytes, "nine");
}

TEST(Door, AFailedCallTellsItsCallerAndNobodyElse) {
  WorldConfig config = load(std::string(kFreeMachine) + "  - {name: idle, program: []}\n");
  Script script;
  script.asks = {[](Ask& ask, auto&) {
                   ask.call(Call::shm_open, {0, 0}, "/none");
                 },
                 [](Ask& ask, auto& heard) { ask.note(errno_name(heard[0].error)); }};
  add_process(config, "player", playing(script));
  EXPECT_THAT(run_config(config)->note_texts(), ElementsAre("ENOENT"));
}

TEST(Door, ACallerCanBeKilledWhateverItWaitsFor) {
  for (const Call last : {Call::msg_receive, Call::msg_send}) {
    WorldConfig config = load(std::string(kFreeMachine) + R"(
  - name: killer
    program: [{sleep: 1ms}, {kill: {process: 3}}]
)");
    Script script;
    script.asks = {
        [](Ask& ask, auto&) { ask.call(Call::channel_create, {}); },
        [](Ask& ask, auto&) {
          ask.call(Call::connect_attach, {0, 1}, "victim");
        },
        [last](Ask& ask, auto& heard) { ask.call(last, {last == Call::msg_send ? heard[1].value : heard[0].value}); }};
    add_process(config, "victim", playing(script));
    const Outcome run = run_config(config);
    // A channel ends before the threads of its process: who received there hears of that.
    EXPECT_EQ(script.heard.size(), last == Call::msg_receive ? 3u : 2u);
    EXPECT_EQ(run->exits.size(), 2u);
  }
}

TEST(Door, InstancesOfAFleetEachHaveACallerAndARandomStream) {
  WorldConfig config = load(std::string(kFreeMachine) + "  - {name: idle, program: []}\n");
  std::vector<std::uint64_t> draws;
  add_process(config, "fleet", [&draws](const Birth& birth) {
    EXPECT_EQ(birth.instance, draws.size());
    draws.push_back(RandomStream(birth.random).next_u64());
    return std::make_unique<Ticker>(0);
  });
  config.processes.back().count = 3;
  config.processes.back().fleet = true;
  run_config(config);
  ASSERT_EQ(draws.size(), 3u);
  EXPECT_NE(draws[0], draws[1]);
  EXPECT_NE(draws[1], draws[2]);
}

}  // namespace
}  // namespace memsim::test
