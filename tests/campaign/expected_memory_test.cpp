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

}  // namespace
}  // namespace memsim
