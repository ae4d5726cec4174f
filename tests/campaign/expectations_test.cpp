// What each kind of expectation holds, and what it does not, judged over records published by hand and over whole runs.
#include <memsim/campaign/expectations.hpp>

#include <gtest/gtest.h>

#include <array>

#include "support/scenario_run.hpp"

namespace memsim {
namespace {

// A scenario with the processes, probes and regions that the expectations below name. It is read, not run.
constexpr std::string_view kScenario = R"(
memsim: 1
machine:
  regions:
    - {name: ram, base: 1MiB, size: 32KiB}
    - {name: high, base: 2MiB, size: 32KiB}
record: {segment_lengths: true, probes: [{name: two_pages, size: 8KiB}]}
processes:
  - {name: client, count: 2, program: [exit]}
  - {name: server, program: [exit]}
expect:
)";

std::vector<Expectation> expectations_of(std::string_view entries) {
  auto scenario = parse_scenario(std::string(kScenario) + std::string(entries), "x.yaml");
  if (!scenario) {
    ADD_FAILURE() << render(scenario.error(), Colour::off);
    return {};
  }
  return std::move(scenario->expect);
}

// One expectation, judged over a run published by hand.
class Judged {
 public:
  explicit Judged(std::string_view entry)
      : expectations_(expectations_of("  - " + std::string(entry) + '\n')), view_(expectations_) {
    stream.subscribe(view_);
    stream.publish(RunStarted{1, Bytes(4096), 1, "buddy"});
    stream.publish(RegionAdded{RegionId(0), "ram", PhysAddr(0x100000), FrameCount(8)});
    stream.publish(RegionAdded{RegionId(1), "high", PhysAddr(0x200000), FrameCount(8)});
    stream.publish(ProcessStarted{ProcessId(1), ProcessId(0), "procnto"});
    stream.publish(ProcessStarted{ProcessId(2), ProcessId(1), "client.0"});
    stream.publish(ProcessStarted{ProcessId(3), ProcessId(1), "client.1"});
  }

  Judged& at(std::uint64_t ns) {
    stream.set_now(SimTime(ns));
    return *this;
  }
  Judged& sample(std::uint64_t free, RegionId region = RegionId(0), SamplePoint point = SamplePoint::periodic) {
    const std::array<std::uint64_t, 4> blocks = {free % 2, free / 2 % 2, free / 4 % 2, free / 8};
    RegionSample record;
    record.point = point;
    record.region = region;
    record.total = FrameCount(8);
    record.free = FrameCount(free);
    record.largest_free_run = FrameCount(free / 2);
    record.free_run_count = free == 0 ? 0 : 2;
    record.free_blocks = blocks;
    record.free_runs_by_log2 = blocks;
    stream.publish(record);
    return *this;
  }
  Judged& call(Call which, Errno error = Errno::eok, std::int64_t result = 0, std::uint32_t pid = 2) {
    CallCompleted record;
    record.pid = ProcessId(pid);
    record.call = which;
    record.error = error;
    record.result = error == Errno::eok ? result : -1;
    stream.publish(record);
    return *this;
  }
  // Sent `latency` ago.
  Judged& message(Call which, std::uint64_t latency, std::uint8_t priority = 10, std::uint32_t pid = 2) {
    MessageReplied record;
    record.pid = ProcessId(pid);
    record.call = which;
    record.type = 0x100;
    record.priority = priority;
    record.sent = SimTime(stream.now().value() - latency);
    stream.publish(record);
    return *this;
  }
  Judged& reply(std::span<const Segment> segments, std::uint32_t pid = 2, std::uint32_t object = 1) {
    SegmentReply record;
    record.pid = ProcessId(pid);
    record.object = ObjectId(object);
    record.segments = segments;
    stream.publish(record);
    return *this;
  }
  Judged& object(std::uint32_t id, std::string_view name) {
    stream.publish(ObjectCreated{ObjectId(id), ProcessId(2), name});
    return *this;
  }
  Judged& populated(std::uint32_t id, std::uint64_t segments) {
    stream.publish(ObjectPopulated{ObjectId(id), Backing::ram, Bytes(4096), FrameCount(1), segments});
    return *this;
  }
  Judged& note(std::string_view text, std::uint32_t pid = 2) {
    stream.publish(Note{ProcessId(pid), ThreadId(1), text});
    return *this;
  }
  Judged& probe(bool would_succeed) {
    stream.publish(ProbeResult{SamplePoint::periodic, "two_pages", would_succeed});
    return *this;
  }
  template <class Record>
  Judged& publish(const Record& record) {
    stream.publish(record);
    return *this;
  }

  [[nodiscard]] Verdict verdict() const { return view_.verdicts().at(0); }
  [[nodiscard]] bool holds() const { return verdict().holds; }
  [[nodiscard]] std::string found() const { return verdict().found; }
  [[nodiscard]] std::string message() const {
    const auto failed = failed_expectations(expectations_, view_.verdicts());
    return failed.empty() ? "" : failed[0].message;
  }

 private:
  std::vector<Expectation> expectations_;
  ExpectationView view_;

 public:
  RecordStream stream;
};

constexpr std::array kTwo = {Segment{Bytes(0), PhysAddr(0x100000), Bytes(4096)},
                             Segment{Bytes(4096), PhysAddr(0x104000), Bytes(8192)}};

TEST(ExpectedMeasure, MustHoldInEachSampleUnlessSaidOtherwise) {
  EXPECT_TRUE(Judged("{measure: free_frames, region: ram, min: 4}").sample(8).sample(4).holds());
  Judged broken("{measure: free_frames, region: ram, min: 5}");
  broken.sample(8).at(3000).sample(4).sample(3);
  EXPECT_EQ(
      broken.message(),
      "free_frames of ram in each sample: at least 5; found 4, the first of 2 of 3 samples that break it, at 3 us "
      "(record 7)");
}

TEST(ExpectedMeasure, AtChoosesOneSample) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    run.sample(8).at(1000).sample(6).at(2000).sample(4);
    return run.verdict();
  };
  EXPECT_TRUE(judged("{measure: free_frames, region: ram, at: start, equals: 8}").holds);
  EXPECT_TRUE(judged("{measure: free_frames, region: ram, at: end, equals: 4}").holds);
  EXPECT_TRUE(judged("{measure: free_frames, region: ram, at: 1999ns, equals: 6}").holds);
  EXPECT_TRUE(judged("{measure: free_frames, region: ram, at: 2us, equals: 16KiB}").holds);
  EXPECT_FALSE(judged("{measure: free_frames, region: ram, at: end, equals: 6}").holds);
}

TEST(ExpectedMeasure, OfChoosesMinimumMeanAndMaximum) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    run.sample(8).at(1000).sample(2).at(3000).sample(8);
    return run.verdict();
  };
  EXPECT_TRUE(judged("{measure: free_frames, region: ram, of: minimum, equals: 2}").holds);
  EXPECT_TRUE(judged("{measure: free_frames, region: ram, of: maximum, equals: 8}").holds);
  EXPECT_TRUE(judged("{measure: free_frames, region: ram, of: mean, equals: 4}").holds);  // (8 + 2 * 2) / 3
  EXPECT_TRUE(judged("{measure: free_frames, region: ram, of: mean_milli, equals: 4000}").holds);
  EXPECT_EQ(judged("{measure: free_frames, region: ram, of: minimum, min: 3}").decided->time, SimTime(1000));
}

TEST(ExpectedMeasure, TellsSmallMeansInThousandths) {
  Judged run("{measure: free_frames, region: ram, of: mean_milli, min: 2, max: 1666}");
  run.sample(2).at(2000).sample(1).at(3000).sample(0);
  EXPECT_EQ(run.message(), "mean in thousandths of free_frames of ram: 2 to 1666; found 1667");
}

TEST(ExpectedMeasure, BetweenTakesTheSamplesOfTheWindowBothEndsIncluded) {
  const auto holds = [](std::string_view entry) {
    return Judged(entry).sample(1).at(1000).sample(5).at(2000).sample(6).at(3000).sample(1).holds();
  };
  EXPECT_TRUE(holds("{measure: free_frames, region: ram, between: [1us, 2us], min: 5}"));
  EXPECT_FALSE(holds("{measure: free_frames, region: ram, between: [1us, 3us], min: 5}"));
  EXPECT_FALSE(holds("{measure: free_frames, region: ram, between: [start, 2us], min: 5}"));
  EXPECT_FALSE(holds("{measure: free_frames, region: ram, between: [2us, end], min: 5}"));
}

TEST(ExpectedMeasure, LooksAtItsOwnRegionAndOrder) {
  EXPECT_TRUE(Judged("{measure: free_frames, region: high, equals: 3}").sample(8).sample(3, RegionId(1)).holds());
  EXPECT_TRUE(Judged("{measure: free_blocks, order: 1, region: ram, equals: 1}").sample(2).holds());
  EXPECT_TRUE(Judged("{measure: unusable_index_permille, order: 2, region: ram, equals: 0.2}").sample(5).holds());
  EXPECT_TRUE(Judged("{measure: unusable_index_permille, order: 2, region: ram, max: 20%}").sample(5).holds());
  EXPECT_FALSE(Judged("{measure: unusable_index_permille, order: 2, region: ram, max: 199permille}").sample(5).holds());
  EXPECT_TRUE(Judged("{measure: fragmentation_index_permille, order: 0, region: ram, equals: -1}").sample(5).holds());
}

TEST(ExpectedMeasure, OfTheObjectsNeedsNoRegion) {
  const ObjectSample sample{SamplePoint::end, 2, Bytes(6000), Bytes(8192), 4, 1, 1, 3, 3};
  EXPECT_TRUE(Judged("{measure: segments_max, at: end, equals: 3}").publish(sample).holds());
  EXPECT_TRUE(Judged("{measure: bytes_per_segment, equals: 2KiB}").publish(sample).holds());
  EXPECT_FALSE(Judged("{measure: internal_fragmentation_permille, max: 0.26}").publish(sample).holds());
}

TEST(ExpectedMeasure, OfSegmentsByLengthNeedsAnOrder) {
  constexpr std::array<std::uint64_t, 2> kLengths = {3, 4};
  const SegmentLengthSample sample{SamplePoint::end, kLengths};
  EXPECT_TRUE(Judged("{measure: segments_log2, order: 1, at: end, equals: 4}").publish(sample).holds());
  EXPECT_TRUE(Judged("{measure: segments_log2, order: 2, at: end, equals: 0}").publish(sample).holds());
  EXPECT_FALSE(Judged("{measure: segments_log2, order: 0, at: end, max: 2}").publish(sample).holds());
}

TEST(ExpectedMeasure, WithoutASampleDoesNotHold) {
  EXPECT_EQ(Judged("{measure: free_frames, region: ram, min: 0}").message(),
            "free_frames of ram in each sample: at least 0; found no sample");
  EXPECT_EQ(Judged("{measure: free_frames, region: ram, between: [1h, 2h], min: 0}").sample(8).found(),
            "no sample between 1 h and 2 h");
  EXPECT_EQ(Judged("{measure: free_frames, region: ram, at: 1us, min: 0}").at(2000).sample(8).found(),
            "no sample until 1 us");
}

TEST(ExpectedProbe, CountsItsFailures) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    run.probe(true).at(1000).probe(false).at(2000).probe(false).at(3000).probe(true);
    return run.verdict();
  };
  EXPECT_TRUE(judged("{probe: two_pages, equals: 2}").holds);
  EXPECT_TRUE(judged("{probe: two_pages, of: failed_share, max: 0.5}").holds);
  EXPECT_FALSE(judged("{probe: two_pages, of: failed_share, max: 0.499}").holds);
  EXPECT_TRUE(judged("{probe: two_pages, of: first_failure, equals: 1us}").holds);
  EXPECT_FALSE(judged("{probe: two_pages, of: first_failure, equals: never}").holds);
  EXPECT_TRUE(judged("{probe: two_pages, at: end, succeeds: true}").holds);
  EXPECT_TRUE(judged("{probe: two_pages, between: [1us, 2us], succeeds: false}").holds);
  const Verdict each = judged("{probe: two_pages, succeeds: true}");
  EXPECT_EQ(each.found, "2 failures in 4 samples");
  EXPECT_EQ(each.decided->time, SimTime(1000));
}

TEST(ExpectedProbe, ThatNeverFailedFailsNever) {
  EXPECT_TRUE(Judged("{probe: two_pages, of: first_failure, min: 100h}").probe(true).holds());
  EXPECT_TRUE(Judged("{probe: two_pages, of: first_failure, equals: never}").probe(true).holds());
  EXPECT_EQ(Judged("{probe: two_pages, max: 0}").found(), "no sample of the probe");
}

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

TEST(ExpectedReply, HasSoManySegmentsOrExactlyThese) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    run.object(1, "/a").object(2, "/b").reply(kTwo).reply(std::span(kTwo).first(1), 3, 2);
    return run.verdict();
  };
  EXPECT_TRUE(judged("{segments_of_reply: 1, equals: 2}").holds);
  EXPECT_TRUE(judged("{segments_of_reply: last, equals: 1}").holds);
  EXPECT_TRUE(judged("{segments_of_reply: each, min: 1, max: 2}").holds);
  EXPECT_EQ(judged("{segments_of_reply: each, max: 1}").found, "2 segments in reply 1");
  EXPECT_TRUE(judged("{segments_of_reply: 1, object: /b, equals: 1}").holds);
  EXPECT_TRUE(judged("{segments_of_reply: each, process: client.0, equals: 2}").holds);
  EXPECT_EQ(judged("{segments_of_reply: 3, equals: 2}").found, "only 2 replies");
  const std::string whole = "[{offset: 0, length: 1page}, {offset: 1page, length: 2pages, paddr: 0x104000}]";
  EXPECT_TRUE(judged("{segments_of_reply: 1, equals: " + whole + "}").holds);
  EXPECT_EQ(judged("{segments_of_reply: 2, equals: " + whole + "}").found, "1 segment");
  EXPECT_EQ(judged("{segments_of_reply: 1, equals: [{offset: 0, length: 1page, paddr: 0}]}").found,
            "segment 1 with offset=0 paddr=100000 len=1000 (2 segments)");
}

TEST(ExpectedObject, HasSoManySegmentsWheneverItsMemoryChanges) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    run.object(1, "/a").populated(1, 3).object(2, "/other").populated(2, 9).populated(1, 1);
    return run.verdict();
  };
  EXPECT_TRUE(judged("{segments_of_object: /a, min: 1, max: 3}").holds);
  EXPECT_FALSE(judged("{segments_of_object: /a, max: 2}").holds);
  EXPECT_TRUE(judged("{segments_of_object: /a, at: end, equals: 1}").holds);
  EXPECT_EQ(judged("{segments_of_object: /none, min: 0}").found, "no object of that name that got memory");
  Judged gone("{segments_of_object: /a, at: end, equals: 3}");
  gone.object(1, "/a").populated(1, 3).publish(ObjectDestroyed{ObjectId(1)});
  EXPECT_EQ(gone.found(), "no object of that name");
}

TEST(ExpectedCountOf, AddsUpWhatItNames) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    static constexpr std::array kExtents = {Extent{FrameNumber(256), FrameCount(2)}};
    run.publish(FramesAllocated{ObjectId(1), ProcessId(2), true, false, 3, 1, 5, kExtents});
    run.publish(FramesAllocated{ObjectId(1), ProcessId(3), false, false, 1, 0, 2, kExtents});
    run.publish(FramesReleased{ObjectId(1), 4, kExtents});
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

TEST(ExpectedFinalState, IsEmptyWhenNoObjectLivesAndAllIsFreeAgain) {
  const auto judged = [](std::uint64_t free, bool is_destroyed) {
    Judged run("{final_state: empty}");
    run.sample(8).sample(8, RegionId(1)).object(1, "/a");
    if (is_destroyed) run.publish(ObjectDestroyed{ObjectId(1)});
    run.sample(free).sample(8, RegionId(1));
    return run.verdict();
  };
  EXPECT_TRUE(judged(8, true).holds);
  EXPECT_EQ(judged(8, false).found, "1 live object");
  EXPECT_EQ(judged(6, true).found, "6 of the 8 free frames of ram");
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
