// What expectations of calls and events hold, and what they do not, judged over records published by hand and over
// whole runs. Those of memory: expected_memory_test.cpp.
#include <array>

#include "campaign/judged.hpp"
#include "support/scenario_run.hpp"

namespace memsim {
namespace {

using campaign_test::expectations_of;
using campaign_test::Judged;

TEST(ExpectedCalls, AreCountedByCallProcessAndErrno) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    run.call(Call::close).call(Call::close, Errno::ebadf).call(Call::close, Errno::ebadf, 0, 3).call(Call::dup);
    return run.verdict();
  };
  EXPECT_TRUE(judged("{calls: close, equals: 3}").holds);
  EXPECT_TRUE(judged("{calls: any, equals: 4}").holds);
  EXPECT_TRUE(judged("{calls: close, errno: EBADF, equals: 2}").holds);
  EXPECT_TRUE(judged("{calls: close, errno: EBADF, process: client.1, equals: 1}").holds);
  EXPECT_TRUE(judged("{calls: close, errno: any, process: client, equals: 2}").holds);
  EXPECT_TRUE(judged("{calls: any, errno: none, equals: 2}").holds);
  EXPECT_TRUE(judged("{calls: mmap, equals: 0}").holds);
  EXPECT_EQ(judged("{calls: close, max: 1}").decided->record, 7u);  // the second: the first that is too many
}

TEST(ExpectedCall, GivesTheSameEachTimeOrAListInOrder) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    run.call(Call::dup, Errno::eok, 5).call(Call::dup, Errno::ebadf).call(Call::dup, Errno::eok, 6);
    return run.verdict();
  };
  EXPECT_TRUE(judged("{call: dup, gives: [5, EBADF, success]}").holds);
  EXPECT_EQ(judged("{call: dup, gives: [5, EBADF, 7]}").found, "value 6 from call 3");
  EXPECT_EQ(judged("{call: dup, gives: [5, EBADF]}").found, "value 6 from call 3");
  EXPECT_EQ(judged("{call: dup, gives: [5, EBADF, 6, 7]}").found, "only 3 calls");
  EXPECT_EQ(judged("{call: dup, gives: success}").found, "EBADF from call 2");
  EXPECT_EQ(judged("{call: close, gives: success}").found, "no such call");
  EXPECT_TRUE(judged("{call: close, gives: []}").holds);
}

TEST(ExpectedLatency, IsChosenByCallTypePriorityAndProcess) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    run.at(10'000).message(Call::mmap, 100).message(Call::mmap, 300, 20).message(Call::mmap, 200, 10, 3);
    run.at(20'000).message(Call::msg_send, 9000);
    return run.verdict();
  };
  EXPECT_TRUE(judged("{latency: mmap, min: 100ns, max: 300ns}").holds);
  EXPECT_FALSE(judged("{latency: mmap, max: 299ns}").holds);
  EXPECT_TRUE(judged("{latency: mmap, of: median, equals: 200ns}").holds);
  EXPECT_TRUE(judged("{latency: mmap, of: mean, equals: 200ns}").holds);
  EXPECT_TRUE(judged("{latency: mmap, of: p99, equals: 300ns}").holds);
  EXPECT_TRUE(judged("{latency: mmap, of: maximum, equals: 300ns}").holds);
  EXPECT_TRUE(judged("{latency: mmap, of: minimum, equals: 100ns}").holds);
  EXPECT_TRUE(judged("{latency: mmap, priority: 20, equals: 300ns}").holds);
  EXPECT_TRUE(judged("{latency: mmap, process: client.1, equals: 200ns}").holds);
  EXPECT_TRUE(judged("{latency: MsgSend, type: 0x100, equals: 9us}").holds);
  EXPECT_EQ(judged("{latency: MsgSend, type: _MEM_OBJ_INFO, max: 1s}").found, "no such message");
  EXPECT_TRUE(judged("{latency: any, between: [start, 10us], max: 300ns}").holds);
}

TEST(ExpectedCountOf, AddsUpWhatItNames) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    static constexpr std::array kExtents = {Extent{FrameNumber(256), FrameCount(2)}};
    run.publish(FramesAllocated{.object = ObjectId(1),
                                .pid = ProcessId(2),
                                .contiguous = true,
                                .extents = kExtents,
                                .splits = WorkCount(3),
                                .merges = WorkCount(1),
                                .steps = WorkCount(5)});
    run.publish(FramesAllocated{.object = ObjectId(1),
                                .pid = ProcessId(3),
                                .extents = kExtents,
                                .splits = WorkCount(1),
                                .steps = WorkCount(2)});
    run.publish(FramesReleased{.object = ObjectId(1), .merges = WorkCount(4), .extents = kExtents});
    AllocationFailed failed;
    failed.frames = FrameCount(9);
    failed.contiguous = true;
    run.publish(failed);
    run.at(2000).publish(ProcessExited{ProcessId(2), ExitCause::killed});
    run.publish(RunEnded{StopReason::finished, 17, 0});
    return run.verdict();
  };
  EXPECT_TRUE(judged("{count: allocations, equals: 2}").holds);
  EXPECT_TRUE(judged("{count: contiguous_allocations, equals: 1}").holds);
  EXPECT_TRUE(judged("{count: splits, equals: 4}").holds);
  EXPECT_TRUE(judged("{count: splits, process: client.1, equals: 1}").holds);
  EXPECT_TRUE(judged("{count: merges, equals: 5}").holds);
  EXPECT_TRUE(judged("{count: steps, equals: 7}").holds);
  EXPECT_TRUE(judged("{count: failed_allocations, equals: 1}").holds);
  EXPECT_TRUE(judged("{count: failed_contiguous_allocations, equals: 1}").holds);
  EXPECT_TRUE(judged("{count: processes_started, equals: 3}").holds);
  EXPECT_TRUE(judged("{count: processes_killed, process: client, between: [1us, 2us], equals: 1}").holds);
  EXPECT_TRUE(judged("{count: processes_faulted, equals: 0}").holds);
  EXPECT_TRUE(judged("{count: events, equals: 17}").holds);
}

TEST(ExpectedEnd, IsAReasonAndATime) {
  const auto holds = [](std::string_view entry) {
    return Judged(entry).at(5000).publish(RunEnded{StopReason::finished, 1, 0}).holds();
  };
  EXPECT_TRUE(holds("{end: finished}"));
  EXPECT_TRUE(holds("{end: any, equals: 5us}"));
  EXPECT_FALSE(holds("{end: finished, max: 4us}"));
  EXPECT_FALSE(holds("{end: deadlock}"));
}

TEST(ExpectedDeadlock, IsNoneOrACircleWithNamedMembers) {
  static constexpr std::array kMembers = {ThreadRef{ProcessId(2), ThreadId(1)}, ThreadRef{ProcessId(3), ThreadId(1)}};
  const auto judged = [](std::string_view entry, bool is_locked) {
    Judged run(entry);
    if (is_locked) run.publish(DeadlockFound{kMembers});
    return run.verdict();
  };
  EXPECT_TRUE(judged("{deadlock: none}", false).holds);
  EXPECT_EQ(judged("{deadlock: none}", true).found, "client.0 -> client.1");
  EXPECT_TRUE(judged("{deadlock: [client.1, client.0]}", true).holds);  // a circle begins anywhere
  EXPECT_FALSE(judged("{deadlock: [client.1, server]}", true).holds);
  EXPECT_EQ(judged("{deadlock: [client.1, client.0]}", false).found, "none");
}

TEST(ExpectedNote, IsSaidAtLeastOnceUnlessBoundsSayOtherwise) {
  const auto holds = [](std::string_view entry) {
    return Judged(entry).note("all is well").note("all is well", 3).holds();
  };
  EXPECT_TRUE(holds("{note: all is well}"));
  EXPECT_FALSE(holds("{note: all is}"));
  EXPECT_TRUE(holds("{note_with: is we}"));
  EXPECT_TRUE(holds("{note: all is well, process: client.1, equals: 1}"));
  EXPECT_TRUE(holds("{note: never said, equals: 0}"));
}

TEST(Expectations, OfAProcessThatNeverStartedDoNotHold) {
  EXPECT_EQ(Judged("{calls: close, process: server, max: 9}").message(),
            "calls of close by server: at most 9; found that server never started");
  EXPECT_TRUE(Judged("{count: processes_started, process: server, equals: 0}").holds());
}

TEST(Expectations, FailAtTheirPlaceInTheScenario) {
  const auto expectations = expectations_of("  - {deadlock: none}\n  - {end: finished}\n");
  const ExpectationView view(expectations);
  const auto failed = failed_expectations(expectations, view.verdicts());
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(exit_code(failed), ExitCode::expectation_failed);
  EXPECT_EQ(render(failed, Colour::off),
            "x.yaml:13:5: expectation failed: end of the run: finished; found no end\n"
            "   - {end: finished}\n"
            "     ^\n");
}

TEST(Expectations, OfAnEmptyListWantNoRecord) {
  EXPECT_TRUE(ExpectationView({}).wanted().empty());
  EXPECT_TRUE(ExpectationView({}).verdicts().empty());
}

TEST(Expectations, DoNotChangeTheRun) {
  const std::string text = std::string(test::kFreeMachine) + "  - {name: a, program: [exit]}\n";
  const auto fingerprint = [](const std::string& scenario) {
    const WorldConfig config = test::load(scenario);
    return test::run_config(config).fingerprint;
  };
  EXPECT_EQ(fingerprint(text), fingerprint(text + "expect:\n  - {end: finished}\n  - {final_state: empty}\n"));
}

}  // namespace
}  // namespace memsim
