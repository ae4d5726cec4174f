// What expectations of memory hold, and what they do not: measures, probes, segments, and what is left at the end.
#include <array>

#include "campaign/judged.hpp"

namespace memsim {
namespace {

using campaign_test::Judged;

constexpr std::array kTwo = {Segment{Bytes(0), PhysAddr(0x100000), Bytes(4096)},
                             Segment{Bytes(4096), PhysAddr(0x104000), Bytes(8192)}};

TEST(ExpectedMeasure, MustHoldInEachSampleUnlessSaidOtherwise) {
  EXPECT_TRUE(Judged("{measure: free_frames, region: ram, min: 4}").sample(8).sample(4).holds());
  Judged broken("{measure: free_frames, region: ram, min: 5}");
  broken.sample(8).at(3000).sample(4).sample(3);
  EXPECT_EQ(broken.message(),
            "free_frames of ram in each sample: at least 5 frames; found 4 frames, the first of 2 of 3 samples that "
            "break it, at 3 us "
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
            "free_frames of ram in each sample: at least 0 frames; found no sample");
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
  EXPECT_EQ(judged("{segments_of_object: /none, min: 0}").found, "that there was no object /none");
  Judged gone("{segments_of_object: /a, at: end, equals: 3}");
  gone.object(1, "/a").populated(1, 3).publish(ObjectDestroyed{ObjectId(1)});
  EXPECT_EQ(gone.found(), "no object of that name");
}

// The object has pages 0 to 4 at first: two segments, then a third from a move, and three pages less at 30 us.
Verdict judged_over_changes(std::string_view entry) {
  Judged run(entry);
  const std::array<Extent, 2> got = {Extent{FrameNumber(0x100), FrameCount(3)},
                                     Extent{FrameNumber(0x200), FrameCount(2)}};
  const std::array<Extent, 1> moved_from = {Extent{FrameNumber(0x101), FrameCount(1)}};
  const std::array<Extent, 1> moved_to = {Extent{FrameNumber(0x300), FrameCount(1)}};
  const std::array<Extent, 2> released = {Extent{FrameNumber(0x102), FrameCount(1)},
                                          Extent{FrameNumber(0x200), FrameCount(2)}};
  const auto populated = [&](std::uint64_t bytes, std::uint64_t segments) {
    run.publish(ObjectPopulated{ObjectId(1), ObjectKind::ram, Bytes(bytes), FrameCount(5), segments});
  };
  run.at(10'000).object(1, "/a");
  run.publish(
      FramesAllocated{.object = ObjectId(1), .pid = ProcessId(2), .mobility = Mobility::movable, .extents = got});
  populated(0x4800, 2);
  run.at(20'000).publish(FramesMoved{ObjectId(1), ProcessId(3), CpuId(0), moved_from, moved_to});
  populated(0x4800, 4);
  run.at(30'000).publish(FramesReleased{.object = ObjectId(1), .extents = released});
  populated(0x2000, 2);
  run.at(40'000).publish(RunEnded{});
  return run.verdict();
}

TEST(ExpectedObject, HasExactlyTheseSegmentsAtAMoment) {
  const std::string at_first = "[{offset: 0, paddr: 0x100000, length: 3pages}, {offset: 3pages, length: 6KiB}]";
  const std::string moved =
      "[{offset: 0, length: 1page}, {offset: 1page, paddr: 0x300000, length: 1page}, {offset: 2pages, paddr: 0x102000, "
      "length: 1page}, {offset: 3pages, length: 6KiB}]";
  const std::string cut = "[{offset: 0, length: 1page}, {offset: 1page, paddr: 0x300000, length: 1page}]";
  const auto holds = [](std::string_view at, std::string_view list) {
    return judged_over_changes("{segments_of_object: /a, at: " + std::string(at) + ", equals: " + std::string(list) +
                               "}")
        .holds;
  };
  EXPECT_TRUE(holds("10us", at_first));
  EXPECT_TRUE(holds("19999ns", at_first));
  EXPECT_FALSE(holds("20us", at_first));
  EXPECT_TRUE(holds("20us", moved));
  EXPECT_TRUE(holds("end", cut));
  EXPECT_FALSE(holds("end", moved));
  EXPECT_FALSE(holds("end", "[{offset: 0, length: 1page}]"));
  EXPECT_EQ(judged_over_changes("{segments_of_object: /a, at: 20us, equals: " + at_first + "}").found,
            "segment 1 with offset=0 paddr=100000 len=1000 (4 segments)");
  EXPECT_EQ(judged_over_changes("{segments_of_object: /a, at: 9us, equals: []}").found, "no object of that name");
  EXPECT_EQ(judged_over_changes("{segments_of_object: /a, at: 41us, equals: 2}").found, "the run ended at 40 us");
  const Verdict each = judged_over_changes("{segments_of_object: /a, equals: " + at_first + "}");
  EXPECT_FALSE(each.holds);
  EXPECT_EQ(each.decided->time, SimTime(20'000));
  EXPECT_TRUE(judged_over_changes("{segments_of_object: /a, between: [0, 15us], equals: " + at_first + "}").holds);
}

TEST(ExpectedObject, MayBeAnOverlay) {
  Judged run("{segments_of_object: a, at: end, equals: [{offset: 0, paddr: 0xfe000000, length: 8KiB}]}");
  const std::array<Segment, 2> shown = {Segment{Bytes(0), PhysAddr(0xfe00'0000), Bytes(4096)},
                                        Segment{Bytes(4096), PhysAddr(0xfe00'1000), Bytes(4096)}};
  run.object(1, "/a").publish(ObjectOverlaid{ObjectId(1), ProcessId(2), shown});
  run.publish(ObjectPopulated{ObjectId(1), ObjectKind::physical, Bytes(8192), FrameCount(0), 1});
  EXPECT_EQ(run.found(), "1 segment");
  EXPECT_TRUE(run.holds());
}

TEST(ExpectedObject, WithoutANameIsKnownByWhoMadeIt) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    run.object(1, "").populated(1, 3);
    run.publish(ObjectCreated{ObjectId(2), ProcessId(3), ""}).populated(2, 5);
    run.publish(ObjectCreated{ObjectId(3), ProcessId(2), "", true}).populated(3, 9);  // of a mapping
    return run.verdict();
  };
  EXPECT_TRUE(judged("{segments_of_object: SHM_ANON, process: client.0, equals: 3}").holds);
  EXPECT_TRUE(judged("{segments_of_object: SHM_ANON, process: client, at: end, equals: 5}").holds);
  EXPECT_EQ(judged("{segments_of_object: SHM_ANON, process: client, max: 4}").found,
            "5, the first of 1 of 2 changes of its memory that break it");
}

// Of the objects of client.0: /a has 2 pages and then 4, an unnamed one has 1; client.1's has 8. All end at 4 us.
Verdict judged_over_objects(std::string_view entry) {
  Judged run(entry);
  const auto populated = [&](std::uint32_t id, std::uint64_t bytes, std::uint64_t frames, std::uint64_t segments) {
    run.publish(ObjectPopulated{ObjectId(id), ObjectKind::ram, Bytes(bytes), FrameCount(frames), segments});
  };
  run.at(1000).object(1, "/a");
  populated(1, 6000, 2, 1);
  run.object(2, "");
  populated(2, 4096, 1, 1);
  run.publish(ObjectCreated{ObjectId(3), ProcessId(3), "/b"});
  populated(3, 32768, 8, 5);
  run.at(2000);
  populated(1, 16384, 4, 3);
  run.at(4000);
  for (std::uint32_t id = 1; id <= 3; ++id) run.publish(ObjectDestroyed{ObjectId(id)});
  run.at(5000).publish(RunEnded{});
  return run.verdict();
}

TEST(ExpectedMeasure, MayBeOfOneObjectAtEachChange) {
  EXPECT_TRUE(judged_over_objects("{measure: given_bytes, object: /a, of: maximum, equals: 4pages}").holds);
  EXPECT_TRUE(judged_over_objects("{measure: given_bytes, object: a, at: 1999ns, equals: 2pages}").holds);
  EXPECT_TRUE(judged_over_objects("{measure: asked_bytes, object: /a, at: 1us, equals: 6000B}").holds);
  EXPECT_TRUE(judged_over_objects("{measure: segment_count, object: /a, between: [0, 3us], min: 1, max: 3}").holds);
  EXPECT_TRUE(judged_over_objects("{measure: given_bytes, object: SHM_ANON, of: maximum, equals: 1page}").holds);
  // 2 pages for 1 us, 4 for 2 us, none for 1 us.
  EXPECT_TRUE(judged_over_objects("{measure: given_bytes, object: /a, of: mean, equals: 10KiB}").holds);
  EXPECT_TRUE(judged_over_objects("{measure: given_bytes, object: /a, at: start, equals: 0B}").holds);
  EXPECT_TRUE(judged_over_objects("{measure: object_count, object: /a, at: end, equals: 0}").holds);
  EXPECT_EQ(judged_over_objects("{measure: given_bytes, object: /a, max: 3pages}").decided->time, SimTime(2000));
  EXPECT_EQ(judged_over_objects("{measure: given_bytes, object: /none, max: 3pages}").found,
            "that there was no object /none");
  EXPECT_EQ(judged_over_objects("{measure: given_bytes, object: /a, between: [0, 1ns], max: 3pages}").found,
            "no change between 0 ns and 1 ns");
}

TEST(ExpectedMeasure, MayBeOfTheObjectsThatAProcessMade) {
  EXPECT_TRUE(judged_over_objects("{measure: given_bytes, process: client.0, of: maximum, equals: 5pages}").holds);
  EXPECT_TRUE(judged_over_objects("{measure: given_bytes, process: client, of: maximum, equals: 13pages}").holds);
  EXPECT_TRUE(judged_over_objects("{measure: object_count, process: client, at: 1us, equals: 3}").holds);
  EXPECT_TRUE(judged_over_objects("{measure: segments_median, process: client, at: 3us, equals: 3}").holds);
  EXPECT_TRUE(
      judged_over_objects("{measure: given_bytes, process: client.1, object: /b, of: maximum, max: 8pages}").holds);
}

TEST(ExpectedCallsAndCounts, MayBeAboutOneObject) {
  const auto judged = [](std::string_view entry) {
    Judged run(entry);
    MessageReplied reply;
    reply.pid = ProcessId(2);
    reply.call = Call::shm_ctl;
    const auto replied = [&](std::uint32_t object, Errno error) {
      reply.object = ObjectId(object);
      reply.error = error;
      run.publish(reply);
    };
    run.object(1, "/a").object(2, "/b");
    replied(1, Errno::eok);
    replied(2, Errno::enomem);
    run.publish(ObjectDestroyed{ObjectId(1)});
    replied(1, Errno::ebadf);  // the reply of the call that ended it
    replied(0, Errno::einval);
    return run.verdict();
  };
  EXPECT_TRUE(judged("{calls: shm_ctl, object: /a, equals: 2}").holds);
  EXPECT_TRUE(judged("{calls: any, object: b, errno: ENOMEM, equals: 1}").holds);
  EXPECT_TRUE(judged("{call: shm_ctl, object: /a, gives: [success, EBADF]}").holds);
  EXPECT_FALSE(judged("{call: shm_ctl, object: /b, gives: success}").holds);
  EXPECT_TRUE(judged("{count: messages, object: /a, equals: 2}").holds);
  EXPECT_TRUE(judged("{count: objects_destroyed, object: /a, equals: 1}").holds);
  EXPECT_TRUE(judged("{count: objects_created, object: /none, equals: 0}").holds);
  EXPECT_EQ(judged("{calls: any, object: /none, max: 9}").found, "that there was no object /none");
}

TEST(ExpectedMeasure, AtAMomentThatTheRunDoesNotReachFails) {
  const auto found = [](std::string_view entry) {
    Judged run(entry);
    run.sample(8).at(2000).sample(8).publish(RunEnded{});
    return run.found();
  };
  EXPECT_EQ(found("{measure: free_frames, region: ram, at: 2us, equals: 8}"), "8 frames");
  EXPECT_EQ(found("{measure: free_frames, region: ram, at: 3us, equals: 8}"), "the run ended at 2 us");
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

TEST(ExpectedFinalState, IsEmptyWhenWhatWasAddedIsFreeToo) {
  const auto judged = [](std::uint64_t free) {
    Judged run("{final_state: empty}");
    run.sample(4).sample(8, RegionId(1));
    run.publish(FramesAdded{ProcessId(2), {FrameNumber(0x102), FrameCount(3)}});
    run.sample(free).sample(8, RegionId(1));
    return run.verdict();
  };
  EXPECT_TRUE(judged(7).holds);
  EXPECT_EQ(judged(4).found, "4 of the 7 free frames of ram");
}

}  // namespace
}  // namespace memsim
