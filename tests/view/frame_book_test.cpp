#include <memsim/view/follow/frame_book.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include <memsim/engine/view.hpp>
#include <memsim/view/follow/frame_set.hpp>

namespace memsim {
namespace {

using testing::ElementsAre;

class Follower final : public View<Follower> {
 public:
  auto followers() { return std::tie(book, set); }
  FrameBook book;
  FrameSet set;
};

class FrameBookTest : public testing::Test {
 protected:
  FrameBookTest() {
    stream_.subscribe(follower_);
    stream_.publish(RunStarted{1, Bytes(4096), 1, "buddy"});
    stream_.publish(RegionAdded{RegionId(0), "ram", PhysAddr(0), FrameCount(64)});
  }
  // "4+2 object 1 movable"
  [[nodiscard]] std::vector<std::string> held() const {
    std::vector<std::string> out;
    follower_.book.for_each_held({FrameNumber(0), FrameCount(64)}, [&](Extent extent, const FrameHolding& holding) {
      std::string text = std::to_string(extent.first.value()) + '+' + std::to_string(extent.count.count());
      text += holding.reserved ? " reserved " + std::string(follower_.book.reservation(holding))
                               : " object " + std::to_string(holding.object.value());
      if (holding.can_move()) text += " movable";
      out.push_back(std::move(text));
    });
    return out;
  }
  void allocate(std::uint32_t object, Extent extent, bool movable = true) {
    FramesAllocated record;
    record.object = ObjectId(object);
    record.mobility = movable ? Mobility::movable : Mobility::unmovable;
    record.extents = std::span(&extent, 1);
    stream_.publish(record);
  }

  RecordStream stream_;
  Follower follower_;
};

constexpr Extent extent(std::uint64_t first, std::uint64_t count) { return {FrameNumber(first), FrameCount(count)}; }

TEST_F(FrameBookTest, FollowsFramesThroughAllThatHappensToThem) {
  stream_.publish(FramesReserved{"firmware", extent(0, 4)});
  allocate(1, extent(4, 8));
  const std::array pinned = {extent(6, 2)};
  stream_.publish(FramesPinned{ObjectId(1), true, pinned});
  EXPECT_THAT(held(),
              ElementsAre("0+4 reserved firmware", "4+2 object 1 movable", "6+2 object 1", "8+4 object 1 movable"));
  const std::array from = {extent(8, 4)};
  const std::array to = {extent(20, 4)};
  FramesMoved moved;
  moved.object = ObjectId(1);
  moved.from = from;
  moved.to = to;
  stream_.publish(moved);
  const std::array gone = {extent(5, 2)};
  FramesReleased released;
  released.object = ObjectId(1);
  released.extents = gone;
  stream_.publish(released);
  EXPECT_THAT(held(),
              ElementsAre("0+4 reserved firmware", "4+1 object 1 movable", "7+1 object 1", "20+4 object 1 movable"));
  EXPECT_EQ(follower_.set.count(), FrameCount(10));
}

// A trace, or a records file, may well count objects from 0.
TEST_F(FrameBookTest, AnObjectZeroIsNoReservation) {
  allocate(0, extent(4, 8));
  EXPECT_THAT(held(), ElementsAre("4+8 object 0 movable"));
  follower_.book.for_each_held(
      extent(0, 64), [&](Extent, const FrameHolding& holding) { EXPECT_EQ(follower_.book.reservation(holding), ""); });
}

TEST_F(FrameBookTest, TheSetIsThatOfTheFramesHeldHoweverTheyCameAndWent) {
  allocate(1, extent(4, 8));
  allocate(2, extent(30, 2));
  const std::array gone = {extent(4, 8)};
  FramesReleased released;
  released.object = ObjectId(1);
  released.extents = gone;
  stream_.publish(released);
  FrameSet expected;
  expected.add(extent(30, 2));
  EXPECT_EQ(follower_.set.value(), expected.value());
}

}  // namespace
}  // namespace memsim
