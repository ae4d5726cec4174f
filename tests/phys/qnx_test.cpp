// The rules of QNX's physical allocator, one by one.
#include <gtest/gtest.h>

#include <memsim/phys/policy.hpp>

namespace memsim {
namespace {

using Extents = std::vector<Extent>;

Extent extent(std::uint64_t first, std::uint64_t end) { return {FrameNumber(first), FrameCount(end - first)}; }

class Machine {
 public:
  explicit Machine(std::uint64_t frames, const PolicyOptions& options = {})
      : allocator_(find_policy("qnx")->create({FrameNumber(0), FrameCount(frames)}, options)) {}

  Extents allocate(const FrameRequest& request) {
    Extents out;
    const auto made = allocator_->allocate(request, out);
    EXPECT_TRUE(made.has_value());
    if (made) work_ = *made;
    return out;
  }
  Extents contiguous(std::uint64_t count) {
    return allocate({.count = FrameCount(count), .contiguity = Contiguity::contiguous});
  }
  Extents scattered(std::uint64_t count) { return allocate({.count = FrameCount(count)}); }
  // Takes all of memory and gives back these extents, in this order.
  void leave(const Extents& free) {
    contiguous(allocator_->free_frames().count());
    for (const Extent& part : free) allocator_->release(part);
  }
  void release(Extent part) { allocator_->release(part); }
  [[nodiscard]] AllocatorWork work() const { return work_; }  // of the last request

 private:
  std::unique_ptr<FrameAllocator> allocator_;
  AllocatorWork work_;
};

TEST(Qnx, ThirteenFramesOfAnEmptyMachineAreThreePiecesEachBelowTheOneBefore) {
  Machine machine(1000);
  EXPECT_EQ(machine.scattered(13), (Extents{extent(992, 1000), extent(988, 992), extent(987, 988)}));
}

TEST(Qnx, CarvesFromTheHighEnd) {
  Machine machine(1000);
  EXPECT_EQ(machine.contiguous(5), Extents{extent(995, 1000)});
  EXPECT_EQ(
      machine.allocate({.count = FrameCount(5), .contiguity = Contiguity::contiguous, .alignment = FrameCount(8)}),
      Extents{extent(984, 989)});
  EXPECT_EQ(machine.work().splits, 2U);
  EXPECT_EQ(
      machine.allocate({.count = FrameCount(40), .contiguity = Contiguity::contiguous, .boundary = FrameCount(64)}),
      Extents{extent(920, 960)})
      << "shifted down below the boundary at 960";
}

TEST(Qnx, AShortRunIsFoundInItsOwnQueueTheLatestFirst) {
  Machine machine(1000);
  machine.leave({extent(10, 13), extent(20, 25), extent(30, 33), extent(40, 60)});
  EXPECT_EQ(machine.contiguous(3), Extents{extent(30, 33)});
  EXPECT_EQ(machine.contiguous(3), Extents{extent(10, 13)});
  EXPECT_EQ(machine.contiguous(3), Extents{extent(22, 25)}) << "the next larger queue";
  EXPECT_EQ(machine.contiguous(3), Extents{extent(57, 60)});
}

TEST(Qnx, ALongRunGoesToTheFrontIfNoneKnownIsLonger) {
  Machine machine(100);
  machine.leave({extent(0, 10), extent(20, 30), extent(40, 50)});
  // The search for 16 is in vain; from then on ten frames are the longest known.
  EXPECT_EQ(machine.scattered(16), (Extents{extent(2, 10), extent(22, 30)}));
  machine.release(extent(60, 71));
  EXPECT_EQ(machine.contiguous(8), Extents{extent(63, 71)});
  machine.release(extent(80, 89));
  EXPECT_EQ(machine.contiguous(8), Extents{extent(42, 50)}) << "nine went to the back";
}

TEST(Qnx, BigPiecesAreAlignedToBigPages) {
  Machine machine(100, {{"big_page_order", "4"}});
  EXPECT_EQ(machine.contiguous(20), Extents{extent(80, 100)});
  EXPECT_EQ(machine.scattered(32), Extents{extent(48, 80)});
  EXPECT_EQ(machine.contiguous(17), Extents{extent(16, 33)});
  EXPECT_EQ(machine.contiguous(16), Extents{extent(0, 16)});
  EXPECT_EQ(machine.contiguous(15), Extents{extent(33, 48)}) << "smaller than a big page";
}

TEST(Qnx, AContiguousRequestDoesWithoutTheBigPageAlignment) {
  Machine machine(100, {{"big_page_order", "4"}});
  machine.leave({extent(40, 60)});
  EXPECT_EQ(machine.contiguous(16), Extents{extent(44, 60)});
}

TEST(Qnx, AScatteredRequestHalvesItsPiecesInstead) {
  Machine machine(100, {{"big_page_order", "4"}});
  machine.leave({extent(40, 60)});
  EXPECT_EQ(machine.scattered(16), (Extents{extent(52, 60), extent(44, 52)}));
}

TEST(Qnx, FreedRunsMergeWithBothNeighbours) {
  Machine machine(100);
  machine.leave({extent(10, 20), extent(30, 40), extent(20, 30)});
  EXPECT_EQ(machine.contiguous(30), Extents{extent(10, 40)});
}

TEST(Qnx, AZoneServesOneKindOfRequestWhileOthersAreLeft) {
  Machine machine(64, {{"big_page_order", "0"}, {"zone_order", "4"}});
  EXPECT_EQ(machine.scattered(1), Extents{extent(63, 64)});
  EXPECT_EQ(machine.contiguous(4), Extents{extent(44, 48)}) << "the last zone is for pages";
  EXPECT_EQ(machine.scattered(1), Extents{extent(62, 63)});
  EXPECT_EQ(machine.contiguous(16), Extents{extent(28, 44)}) << "its own zone and a fresh one";
  EXPECT_EQ(machine.contiguous(20), Extents{extent(8, 28)});
  EXPECT_EQ(machine.contiguous(10), Extents{extent(52, 62)}) << "of the other kind, rather than fail";
}

TEST(Qnx, AZoneThatIsAllFreeIsFreshAgain) {
  Machine machine(32, {{"big_page_order", "0"}, {"zone_order", "4"}});
  machine.scattered(1);
  EXPECT_EQ(machine.contiguous(2), Extents{extent(14, 16)});
  machine.release(extent(14, 16));
  machine.release(extent(31, 32));
  EXPECT_EQ(machine.contiguous(2), Extents{extent(30, 32)});
}

TEST(Qnx, ANarrowWindowIsServedAsTheQueuesHaveIt) {
  Machine machine(5000);
  machine.leave({extent(10, 13), extent(20, 23), extent(4000, 4003)});
  const FrameRequest request{.count = FrameCount(3), .window_first = FrameNumber(8), .window_end = FrameNumber(30)};
  FrameRequest contiguous = request;
  contiguous.contiguity = Contiguity::contiguous;
  EXPECT_EQ(machine.allocate(contiguous), Extents{extent(20, 23)}) << "the latest first";
  EXPECT_EQ(machine.allocate(contiguous), Extents{extent(10, 13)});
}

TEST(Qnx, UntouchedMemoryCostsNothing) {
  const std::uint64_t frames = std::uint64_t{1} << 32;
  const auto allocator = find_policy("qnx")->create({FrameNumber(0), FrameCount(frames)}, {{"zone_order", "12"}});
  std::vector<Extent> out;
  ASSERT_TRUE(allocator->allocate({.count = FrameCount(1)}, out).has_value());
  EXPECT_EQ(out.back().first, FrameNumber(frames - 1));
  EXPECT_LT(allocator->metadata_bytes(), std::size_t{1} << 20);
}

}  // namespace
}  // namespace memsim
