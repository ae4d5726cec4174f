#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include <memsim/view/memory_map.hpp>

namespace memsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Le;
using testing::SizeIs;

constexpr std::uint64_t kFirstMapped = 0x100;  // frame of the region

// A machine of one region, spoken to in records.
class MemoryMapTest : public ::testing::Test {
 protected:
  void start(MemoryMapLimits limits, std::uint64_t frames) {
    view = MemoryMapView(limits);
    stream.subscribe(view);
    stream.publish(RunStarted{1, Bytes(4096), 1, "buddy"});
    stream.publish(RegionAdded{RegionId(0), "ram", PhysAddr(kFirstMapped * 4096), FrameCount(frames), true});
  }
  void take(std::uint64_t time, std::uint64_t first, std::uint64_t count) {
    const std::vector<Extent> extents = {{FrameNumber(kFirstMapped + first), FrameCount(count)}};
    FramesAllocated taken;
    taken.object = ObjectId(1);
    taken.extents = extents;
    stream.set_now(SimTime(time));
    stream.publish(taken);
  }
  void give_back(std::uint64_t time, std::uint64_t first, std::uint64_t count) {
    const std::vector<Extent> extents = {{FrameNumber(kFirstMapped + first), FrameCount(count)}};
    stream.set_now(SimTime(time));
    FramesReleased released;
    released.object = ObjectId(1);
    released.extents = extents;
    stream.publish(released);
  }
  void end(std::uint64_t time) {
    stream.set_now(SimTime(time));
    stream.publish(RunEnded{});
  }
  [[nodiscard]] const std::vector<MemoryMapRow>& rows() const { return view.map().regions.at(0).rows; }
  [[nodiscard]] std::vector<std::uint64_t> times() const {
    std::vector<std::uint64_t> out;
    for (const MemoryMapRow& row : rows()) out.push_back(row.time.value());
    return out;
  }
  [[nodiscard]] static std::vector<std::uint64_t> taken(const MemoryMapRow& row) {
    std::vector<std::uint64_t> out;
    for (const FrameCount frames : row.taken) out.push_back(frames.count());
    return out;
  }

  MemoryMapView view;
  RecordStream stream;
};

TEST_F(MemoryMapTest, CellsCountTheirOwnFramesAndTheLastMayBeShort) {
  start({.cells = 4, .rows = 4}, 10);  // cells of 3, 3, 3 and 1
  take(0, 2, 5);
  take(0, 9, 1);
  end(0);
  EXPECT_EQ(view.map().regions[0].cell, FrameCount(3));
  ASSERT_THAT(rows(), SizeIs(1));
  EXPECT_THAT(taken(rows()[0]), ElementsAre(1, 3, 1, 1));
}

TEST_F(MemoryMapTest, ARowHoldsAllThatHappenedInItsNanosecond) {
  start({.cells = 1, .rows = 8}, 8);
  take(1, 0, 1);
  take(1, 1, 1);
  take(3, 2, 1);
  give_back(3, 0, 1);
  end(4);
  EXPECT_THAT(times(), ElementsAre(0, 1, 2, 3, 4));
  std::vector<std::uint64_t> in_use;
  for (const MemoryMapRow& row : rows()) in_use.push_back(taken(row)[0]);
  EXPECT_THAT(in_use, ElementsAre(0, 2, 2, 2, 2));
}

TEST_F(MemoryMapTest, RowsStayFewAndEvenlySpacedHoweverLongTheRun) {
  for (const std::uint64_t length : {1ULL, 5ULL, 6ULL, 7ULL, 1000ULL, 86'400'000'000'000ULL, ~0ULL}) {
    SCOPED_TRACE(length);
    stream = RecordStream();
    start({.cells = 2, .rows = 6}, 8);
    take(length / 2, 0, 4);
    end(length);
    const std::vector<std::uint64_t> at = times();
    ASSERT_GE(at.size(), 2U);
    EXPECT_THAT(at, SizeIs(Le(7U)));
    EXPECT_EQ(at.front(), 0U);
    EXPECT_EQ(at.back(), length);
    for (std::size_t i = 1; i + 1 < at.size(); ++i) EXPECT_EQ(at[i], i * at[1]);
    for (std::size_t i = 0; i < at.size(); ++i) {
      EXPECT_THAT(taken(rows()[i]), ElementsAre(at[i] < length / 2 ? 0 : 4, 0)) << at[i];
    }
  }
}

TEST_F(MemoryMapTest, ByProcessEachCellNamesWhoHasMostOfItAndAFleetIsOne) {
  start({.cells = 4, .rows = 4, .by_process = true}, 16);  // cells of 4
  stream.publish(FramesReserved{"firmware", {FrameNumber(kFirstMapped), FrameCount(4)}});
  for (const auto& [pid, name] : {std::pair(1u, "app.1"), std::pair(2u, "app.2"), std::pair(3u, "camera")}) {
    stream.publish(ProcessStarted{ProcessId(pid), ProcessId(0), name});
    stream.publish(ObjectCreated{ObjectId(pid), ProcessId(pid), ""});
  }
  const auto take_as = [&](std::uint32_t object, std::uint64_t first, std::uint64_t count) {
    const std::vector<Extent> extents = {{FrameNumber(kFirstMapped + first), FrameCount(count)}};
    FramesAllocated taken;
    taken.object = ObjectId(object);
    taken.extents = extents;
    stream.publish(taken);
  };
  take_as(1, 4, 1);
  take_as(3, 5, 1);
  take_as(2, 6, 1);
  take_as(3, 8, 3);
  end(0);
  ASSERT_THAT(rows(), SizeIs(1));
  EXPECT_THAT(view.map().owners, ElementsAre("(reserved)", "app", "camera"));
  EXPECT_THAT(rows()[0].owner, ElementsAre(0, 1, 2, kNobody));
  EXPECT_THAT(render_text(view.map()), HasSubstr("|abc |\n"));
  EXPECT_THAT(render_text(view.map()), HasSubstr("\n a (reserved)\n b app\n c camera\n"));
}

TEST_F(MemoryMapTest, ThePictureTellsNothingAndAllFromNearlySo) {
  start({.cells = 6, .rows = 4}, 54);  // cells of 9
  take(0, 9, 1);
  take(0, 18, 3);
  take(0, 27, 4);
  take(0, 36, 8);
  take(0, 45, 9);
  end(0);
  EXPECT_THAT(render_text(view.map()), HasSubstr("|"
                                                 " "
                                                 "░"
                                                 "░"
                                                 "▒"
                                                 "▓"
                                                 "█"
                                                 "|\n"));
}

TEST_F(MemoryMapTest, ThePictureLeavesOutRowsLikeTheOneAboveButNotTheLast) {
  start({.cells = 2, .rows = 16}, 4);
  take(3, 0, 2);
  end(9);
  EXPECT_THAT(render_text(view.map()), HasSubstr("        0 ns |  |\n"
                                                 "           *\n"
                                                 "        3 ns |█ |\n"
                                                 "           *\n"
                                                 "        9 ns |█ |\n"));
}

TEST_F(MemoryMapTest, JsonGivesTheFramesInUse) {
  start({.cells = 2, .rows = 4}, 4);
  take(0, 1, 2);
  end(0);
  EXPECT_THAT(render_json(view.map()),
              HasSubstr(R"("regions":[{"region":"ram","base":1048576,"frames":4,"cell_frames":2,)"
                        R"("rows":[{"time_ns":0,"taken_frames":[1,1]}]}])"));
}

}  // namespace
}  // namespace memsim
