#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include <memsim/engine/record_stream.hpp>
#include <memsim/view/follow/talk_book.hpp>

namespace memsim {
namespace {

constexpr ProcessId kDriver{2};
constexpr ProcessId kClient{3};
constexpr ThreadId kMain{1};
constexpr ThreadId kHandler{2};
constexpr std::array kSettings = {Setting{"machine.costs.interrupt", "1 us"}};

class Talks final : public View<Talks> {
 public:
  auto followers() { return std::tie(book); }
  TalkBook book;
};

class TalkBookTest : public ::testing::Test {
 protected:
  TalkBookTest() {
    stream.subscribe(talks);
    RunStarted head;
    head.settings = kSettings;
    stream.publish(head);
  }
  void pulse(std::uint64_t ns, ProcessId from, ProcessId to, std::int32_t code = 1) {
    stream.set_now(SimTime(ns));
    stream.publish(PulseSent{.pid = from, .server = to, .chid = {}, .code = code});
  }
  void call(std::uint64_t ns, ProcessId pid, ThreadId tid, Call what, Errno error = Errno::eok) {
    stream.set_now(SimTime(ns));
    stream.publish(CallCompleted{.pid = pid, .tid = tid, .call = what, .started = {}, .error = error});
  }
  void interrupt(std::uint64_t ns, std::string_view source, InterruptFate fate = InterruptFate::taken) {
    stream.set_now(SimTime(ns));
    stream.publish(InterruptRaised{.source = source, .vector = 7, .fate = fate});
  }
  void state(std::uint64_t ns, ThreadId tid, ThreadState state) {
    stream.set_now(SimTime(ns));
    stream.publish(ThreadStateChanged{.pid = kDriver, .tid = tid, .state = state, .cpu = {}});
  }
  // "from > to: what", each pair.
  std::vector<std::string> told() {
    stream.publish(RunEnded{});
    std::vector<std::string> out;
    for (const auto& [ends, talk] : talks.book.edges()) {
      std::string text = source_label(ends.first, ends.first.pid == kDriver ? "driver" : "client");
      text += ends.second == kDriver ? " > driver" : " > client";
      for (const std::string& what : beside_messages(talk)) text += ", " + what;
      out.push_back(text);
    }
    return out;
  }

  Talks talks;
  RecordStream stream;
};

using Told = std::vector<std::string>;

TEST_F(TalkBookTest, APulseIsOfTheProcessWhoseCallSentIt) {
  // As its receiver sees it, what MsgDeliverEvent() sends is of the client itself.
  pulse(5000, kClient, kClient);
  call(5000, kDriver, kMain, Call::msg_deliver_event);
  EXPECT_EQ(told(), Told{"driver > client, 1 pulse"});
}

TEST_F(TalkBookTest, APulseThatNoCallSentIsATimers) {
  pulse(5000, kDriver, kDriver);
  call(5001, kDriver, kMain, Call::msg_send_pulse);
  pulse(6000, kDriver, kDriver);
  call(6000, kClient, kMain, Call::msg_send_pulse, Errno::ebadf);
  EXPECT_EQ(told(), Told{"timers of driver > driver, 2 pulses"});
}

TEST_F(TalkBookTest, AnInterruptWakesOrSendsAPulseWhenItsCostHasPassed) {
  interrupt(1000, "nic");
  call(2000, kDriver, kHandler, Call::interrupt_wait);
  interrupt(5000, "uart");
  pulse(6000, kDriver, kDriver);
  pulse(6001, kDriver, kDriver);
  EXPECT_EQ(told(), (Told{"interrupt nic (vector 7) > driver, 1 interrupt to thread 2",
                          "interrupt uart (vector 7) > driver, 1 pulse", "timers of driver > driver, 1 pulse"}));
}

TEST_F(TalkBookTest, AnInterruptThatIsNotYetToldWakesNobody) {
  interrupt(1000, "nic");
  interrupt(1500, "uart");
  call(2000, kDriver, kHandler, Call::interrupt_wait);
  call(2100, kDriver, kHandler, Call::interrupt_wait, Errno::etimedout);
  EXPECT_EQ(told(), Told{"interrupt nic (vector 7) > driver, 1 interrupt to thread 2"});
}

TEST_F(TalkBookTest, AnInterruptThatWaitsForItsVectorIsNotTaken) {
  interrupt(1000, "nic", InterruptFate::pending);
  call(2000, kDriver, kHandler, Call::interrupt_wait);
  EXPECT_EQ(told(), Told{});
}

TEST_F(TalkBookTest, ThreadsThatWaitForEachOtherAreCountedWithTheirTime) {
  state(1000, kMain, ThreadState::mutex);
  state(3000, kMain, ThreadState::ready);
  state(4000, kMain, ThreadState::join);
  state(4000, kHandler, ThreadState::receive);
  stream.set_now(SimTime(9000));
  EXPECT_EQ(told(), Told{"driver > driver, 1 wait for a mutex, 2 us in all, 1 wait for a thread's end, 5 us in all"});
}

}  // namespace
}  // namespace memsim
