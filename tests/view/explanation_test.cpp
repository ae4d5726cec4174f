#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include <memsim/view/explanation.hpp>
#include <memsim/view/render.hpp>

namespace memsim {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t kFirst = 0x100;  // frame of the first region; the second follows 1000 frames further up

constexpr Extent frames(std::uint64_t first, std::uint64_t count) {
  return {FrameNumber(kFirst + first), FrameCount(count)};
}

// A machine of 16 general frames and a pool of 8, spoken to in records.
class Explanation : public ::testing::Test {
 protected:
  Explanation() { start(view); }

  void start(ExplainView& explainer) {
    stream.subscribe(explainer);
    stream.publish(RunStarted{1, Bytes(4096), 1, "buddy"});
    stream.publish(RegionAdded{RegionId(0), "ram", PhysAddr(kFirst * 4096), FrameCount(16), true});
    stream.publish(RegionAdded{RegionId(1), "dma", PhysAddr((kFirst + 1000) * 4096), FrameCount(8), false});
    stream.publish(ProcessStarted{ProcessId(2), ProcessId(1), "hog"});
    stream.publish(ProcessStarted{ProcessId(3), ProcessId(1), "driver"});
  }
  void create(std::uint32_t object, const char* name, std::uint32_t pid = 2) {
    stream.publish(ObjectCreated{ObjectId(object), ProcessId(pid), name});
  }
  void take(std::uint32_t object, std::vector<Extent> extents, bool movable) {
    FramesAllocated taken;
    taken.object = ObjectId(object);
    taken.mobility = movable ? Mobility::movable : Mobility::unmovable;
    taken.extents = extents;
    stream.publish(taken);
  }
  void pin(std::uint32_t object, std::vector<Extent> extents, bool pinned) {
    stream.publish(FramesPinned{ObjectId(object), pinned, extents});
  }
  void fail(std::uint64_t count, RegionId region = RegionId(0), std::uint64_t free = 8) {
    AllocationFailed failed;
    failed.pid = ProcessId(3);
    failed.frames = FrameCount(count);
    failed.contiguous = true;
    failed.regions = std::span(&region, 1);
    failed.free = FrameCount(free);
    failed.largest_free_run = FrameCount(1);
    stream.set_now(SimTime(5000));
    stream.publish(failed);
  }
  const FailureExplanation& last() { return view.failures().first.back(); }
  std::string text() {
    Summary summary;
    summary.page_size = Bytes(4096);
    summary.contiguous_failures = view.failures();
    return render_text(summary);
  }

  RecordStream stream;
  ExplainView view;
};

// Every second frame of the 16 held by one lazy object.
std::vector<Extent> odd_frames() {
  std::vector<Extent> extents;
  for (std::uint64_t i = 1; i < 16; i += 2) extents.push_back(frames(i, 1));
  return extents;
}

TEST_F(Explanation, NamesTheSmallestSetOfMovesAndWhoseFramesTheyAre) {
  create(1, "/cache");
  create(2, "");
  take(1, {frames(1, 1), frames(3, 1), frames(5, 1), frames(9, 1), frames(11, 1), frames(13, 1)}, true);
  take(2, {frames(7, 1), frames(15, 1)}, true);
  fail(4);
  EXPECT_EQ(last().process, "driver");
  EXPECT_EQ(last().remedy, Remedy::move);
  EXPECT_EQ(last().range, (RangeChoice{frames(0, 4), FrameCount(2), FrameCount(0)}));
  EXPECT_EQ(last().order, Order(2));
  EXPECT_EQ(last().unusable_index_permille, 1000u);
  ASSERT_EQ(last().owners.first.size(), 1u);
  EXPECT_EQ(last().owners.first[0].process, "hog");
  EXPECT_EQ(last().owners.first[0].object_name, "/cache");
  EXPECT_EQ(last().owners.first[0].movable, FrameCount(2));
  EXPECT_THAT(text(), HasSubstr(" driver at 5 us: 4 frames (16 KiB) for a new mapping: ENOMEM\n"
                                "   ram: 8 frames free, largest run 1, unusable index at order 2 100.0 %\n"
                                "   moving 2 frames makes room at [0x100000, 0x104000), where now are\n"
                                "     2 frames  hog  /cache  can move\n"
                                "   none was moved: machine.contiguous_failure is none\n"));
}

TEST_F(Explanation, LockedFramesAreInTheWayUntilTheyAreUnlocked) {
  create(1, "");
  take(1, odd_frames(), true);
  pin(1, {frames(1, 1), frames(5, 9)}, true);
  fail(4);
  EXPECT_EQ(last().remedy, Remedy::none_pinned);
  EXPECT_EQ(last().range, (RangeChoice{frames(0, 4), FrameCount(1), FrameCount(1)}));
  EXPECT_THAT(text(),
              HasSubstr("no moves make room: the nearest miss, [0x100000, 0x104000), has 1 that cannot move and "
                        "1 that can\n"
                        "     1 frame  hog  object 1  can move\n"
                        "     1 frame  hog  object 1  cannot move\n"));
  pin(1, {frames(1, 1)}, false);
  fail(4);
  EXPECT_EQ(last().remedy, Remedy::move);
  EXPECT_EQ(last().range->range, frames(0, 4));
}

TEST_F(Explanation, PopulatedMemoryAndReservationsNeverMove) {
  create(1, "/samples");
  take(1, {frames(0, 3)}, false);
  stream.publish(FramesReserved{"firmware", frames(4, 12)});
  fail(2, RegionId(0), 1);
  EXPECT_EQ(last().remedy, Remedy::none_memory);
  EXPECT_EQ(last().missing, FrameCount(1));
  EXPECT_THAT(text(), HasSubstr("1 frame too few"));
  stream.publish(FramesReleased{.object = ObjectId(1), .extents = std::vector<Extent>{frames(1, 1)}});
  fail(2, RegionId(0), 2);
  EXPECT_EQ(last().remedy, Remedy::none_pinned);
  EXPECT_EQ(last().range->range, frames(0, 2));
  fail(8, RegionId(0), 2);
  EXPECT_THAT(text(), HasSubstr("(reserved)  firmware  cannot move\n"));
}

TEST_F(Explanation, FramesOfNobodyAreNoReservation) {
  take(0, {frames(0, 16)}, false);
  fail(2, RegionId(0));
  EXPECT_EQ(last().owners.first.at(0).object, ObjectId(0));
  EXPECT_FALSE(last().owners.first.at(0).is_reserved);
  EXPECT_THAT(text(), Not(HasSubstr("(reserved)")));
}

TEST_F(Explanation, MovedFramesAreWhereTheyWereMovedTo) {
  create(1, "");
  take(1, odd_frames(), true);
  const std::vector<Extent> from = {frames(1, 1), frames(3, 1)};
  const std::vector<Extent> to = {frames(8, 1), frames(10, 1)};
  stream.publish(FramesMoved{ObjectId(1), ProcessId(3), CpuId(0), from, to});
  fail(5, RegionId(0));
  EXPECT_EQ(last().remedy, Remedy::nothing_to_move);
  EXPECT_EQ(last().range, (RangeChoice{frames(0, 5), FrameCount(0), FrameCount(0)}));
  EXPECT_EQ(last().owners.count, 0u);
  fail(6, RegionId(0));
  EXPECT_EQ(last().range, (RangeChoice{frames(0, 6), FrameCount(1), FrameCount(0)}));
}

TEST_F(Explanation, ARequestLargerThanItsMemoryHasNoRange) {
  fail(9, RegionId(1));
  EXPECT_EQ(last().remedy, Remedy::none_range);
  EXPECT_EQ(last().range, std::nullopt);
  EXPECT_THAT(last().regions, testing::ElementsAre("dma"));
  EXPECT_THAT(text(), HasSubstr("this memory has no such range at all"));
}

TEST_F(Explanation, TheFirstFailuresAreExplainedAndAllAreCounted) {
  for (int i = 0; i < 25; ++i) fail(4);
  EXPECT_EQ(view.failures().first.size(), 20u);
  EXPECT_EQ(view.failures().count, 25u);
  EXPECT_THAT(text(), HasSubstr(" ... and 5 more\n"));
}

TEST_F(Explanation, ScatteredRequestsAreNoneOfItsBusiness) {
  AllocationFailed failed;
  failed.frames = FrameCount(4);
  stream.publish(failed);
  EXPECT_EQ(view.failures().count, 0u);
  EXPECT_THAT(text(), HasSubstr("Contiguous requests that failed\n none\n"));
}

TEST_F(Explanation, TellsWhyAProbeBeganToFailEachTimeThatItDid) {
  RecordStream records;
  ExplainView explained;
  records.subscribe(explained);
  const std::array settings = {
      Setting{"record.probes.four.v2.size", "16 KiB"},    Setting{"record.probes.four.v2.contiguous", "true"},
      Setting{"record.probes.four.v2.below", "0x110000"}, Setting{"record.probes.some.size", "1 MiB"},
      Setting{"record.probes.some.contiguous", "false"},  Setting{"record.probes.odd.size", "a lot"},
      Setting{"record.probes.odd.contiguous", "true"}};
  RunStarted head{1, Bytes(4096), 1, "buddy"};
  head.settings = settings;
  records.publish(head);
  records.publish(RegionAdded{RegionId(0), "ram", PhysAddr(kFirst * 4096), FrameCount(16), true});
  records.publish(RegionAdded{RegionId(1), "dma", PhysAddr((kFirst + 1000) * 4096), FrameCount(8), false});
  records.publish(ProcessStarted{ProcessId(2), ProcessId(1), "hog"});
  records.publish(ObjectCreated{ObjectId(1), ProcessId(2), "/cache"});
  FramesAllocated taken;
  taken.object = ObjectId(1);
  taken.mobility = Mobility::movable;
  const std::vector<Extent> extents = odd_frames();
  taken.extents = extents;
  records.publish(taken);
  for (const bool would_succeed : {false, false, true, false}) {
    for (const char* probe : {"four.v2", "some", "odd"}) {
      records.publish(ProbeResult{SamplePoint::periodic, probe, would_succeed});
    }
  }
  EXPECT_EQ(explained.failures().count, 0u);
  ASSERT_EQ(explained.probe_failures().count, 2u);
  const FailureExplanation& why = explained.probe_failures().first.front();
  EXPECT_EQ(why.probe, "four.v2");
  EXPECT_EQ(why.shape.count, FrameCount(4));
  EXPECT_EQ(why.shape.window_end, FrameNumber(0x110));
  EXPECT_EQ(why.free, FrameCount(8));
  EXPECT_EQ(why.largest_free_run, FrameCount(1));
  EXPECT_EQ(why.regions, std::vector<std::string>{"ram"});
  EXPECT_EQ(why.remedy, Remedy::move);
  EXPECT_EQ(why.range->movable, FrameCount(2));
  Summary summary;
  summary.page_size = Bytes(4096);
  summary.probe_failures = explained.probe_failures();
  EXPECT_THAT(render_text(summary),
              HasSubstr("Probes when they began to fail\n four.v2 from 0 ns on: 4 frames (16 KiB), in [0x0, "
                        "0x110000)\n   ram: 8 frames free, largest run 1, "));
  EXPECT_THAT(render_json(summary), HasSubstr("\"probe\": \"four.v2\""));
}

TEST_F(Explanation, IsPartOfTheJsonOnlyWhenAskedFor) {
  fail(4);
  Summary summary;
  EXPECT_THAT(render_json(summary), Not(HasSubstr("contiguous_failures")));
  EXPECT_THAT(render_text(summary), Not(HasSubstr("Contiguous requests")));
  summary.contiguous_failures = view.failures();
  EXPECT_THAT(render_json(summary), HasSubstr("\"remedy\": \"nothing_to_move\""));
}

}  // namespace
}  // namespace memsim
