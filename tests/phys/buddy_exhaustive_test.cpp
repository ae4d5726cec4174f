// Small memories, exhaustively. Two walks complement each other:
//   - every sequence of allocations and releases up to a depth, for every extent of up to 16 frames, with every
//     placement, step by step beside the textbook's buddy;
//   - every set of blocks that can ever be allocated on 16 frames, however many steps it takes to get there.
#include <gtest/gtest.h>

#include <memsim/phys/policy.hpp>

#include "model/naive_buddy.hpp"
#include "model/page_array.hpp"

namespace memsim {
namespace {

using model::NaiveBuddy;

std::unique_ptr<FrameAllocator> make_buddy(unsigned size, unsigned top_order, NaiveBuddy::Placement placement) {
  constexpr std::array<const char*, 4> kNames = {"lifo", "fifo", "lowest", "most_used"};
  return find_policy("buddy")->create({FrameNumber(0), FrameCount(size)},
                                      {{"top_order", std::to_string(top_order)},
                                       {"placement", kNames[static_cast<std::size_t>(placement)]},
                                       {"range_order", "2"}});
}

bool has_aligned_free_block(std::uint32_t free_mask, unsigned order) {
  const std::uint32_t block = (1U << (1U << order)) - 1;
  for (unsigned first = 0; first < 16; first += 1U << order) {
    if ((free_mask >> first & block) == block) return true;
  }
  return false;
}

// Walks all sequences that continue a state, and compares each step with the textbook.
class SequenceWalk {
 public:
  SequenceWalk(unsigned size, unsigned top_order, NaiveBuddy::Placement placement)
      : top_order_(top_order), whole_((1U << size) - 1), model_(size, top_order, placement) {
    walk_root_ = make_buddy(size, top_order, placement);
  }

  std::uint64_t run(unsigned depth) {
    walk(*walk_root_, model_, depth);
    return steps_;
  }

 private:
  struct Block {
    unsigned first;
    unsigned order;
  };

  void walk(const FrameAllocator& buddy, const NaiveBuddy& model, unsigned depth) {
    for (unsigned order = 0; order <= top_order_ + 1 && !testing::Test::HasFailure(); ++order) {
      try_allocate(buddy, model, order, depth);
    }
    for (std::size_t i = 0; i < live_.size() && !testing::Test::HasFailure(); ++i) try_release(buddy, model, i, depth);
  }

  void try_allocate(const FrameAllocator& before, const NaiveBuddy& model_before, unsigned order, unsigned depth) {
    ++steps_;
    const FrameRequest request{.count = Order(order).frames(), .contiguity = Contiguity::contiguous};
    NaiveBuddy model = model_before;
    std::optional<unsigned> expected;
    if (order <= top_order_) expected = model.allocate(order);
    ASSERT_EQ(expected.has_value(), order <= top_order_ && has_aligned_free_block(model_before.free_mask(), order));
    ASSERT_EQ(before.can_allocate(request), expected.has_value());
    if (!expected) return expect_refusal(before, model, request);
    const auto buddy = before.clone();
    out_.clear();
    ASSERT_TRUE(buddy->allocate(request, out_).has_value());
    ASSERT_EQ(out_.front().first, FrameNumber(*expected));
    compare(*buddy, model);
    if (depth == 1) return;
    live_.push_back({*expected, order});
    walk(*buddy, model, depth - 1);
    live_.pop_back();
  }

  void expect_refusal(const FrameAllocator& before, const NaiveBuddy& model, const FrameRequest& request) {
    const auto buddy = before.clone();
    out_.clear();
    const auto refused = buddy->allocate(request, out_);
    ASSERT_FALSE(refused.has_value());
    ASSERT_EQ(refused.error(), Errno::enomem);
    ASSERT_TRUE(out_.empty());
    compare(*buddy, model);
  }

  void try_release(const FrameAllocator& before, const NaiveBuddy& model_before, std::size_t index, unsigned depth) {
    ++steps_;
    const Block block = live_[index];
    const auto buddy = before.clone();
    NaiveBuddy model = model_before;
    buddy->release({FrameNumber(block.first), Order(block.order).frames()});
    model.release(block.first, block.order);
    compare(*buddy, model);
    if (depth == 1) return;
    live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(index));
    walk(*buddy, model, depth - 1);
    live_.insert(live_.begin() + static_cast<std::ptrdiff_t>(index), block);
  }

  void compare(const FrameAllocator& buddy, const NaiveBuddy& model) {
    buddy.check_invariants();
    std::uint32_t free_mask = 0;
    buddy.for_each_free([&](Extent e) { free_mask |= ((1U << e.count.count()) - 1) << e.first.value(); });
    ASSERT_EQ(free_mask, model.free_mask());
    ASSERT_EQ(buddy.free_frames().count(), static_cast<unsigned>(std::popcount(free_mask)));
    ASSERT_EQ(free_mask & ~whole_, 0U);
  }

  unsigned top_order_;
  std::uint32_t whole_;
  NaiveBuddy model_;
  std::unique_ptr<FrameAllocator> walk_root_;
  std::vector<Block> live_;
  std::vector<Extent> out_;
  std::uint64_t steps_ = 0;
};

TEST(BuddyExhaustive, EverySequenceAgreesWithTheTextbook) {
  std::uint64_t steps = 0;
  using Placement = NaiveBuddy::Placement;
  for (const auto placement : {Placement::lifo, Placement::fifo, Placement::lowest, Placement::most_used}) {
    for (unsigned size = 1; size <= 16 && !HasFailure(); ++size) {
      unsigned top_order = 0;
      while (2U << top_order <= size) ++top_order;
      const unsigned depth = size == 16 ? 8 : 6;
      steps += SequenceWalk(size, top_order, placement).run(depth);
      steps += SequenceWalk(size, std::min(top_order, 1U), placement).run(4);
    }
  }
  RecordProperty("steps", std::to_string(steps));
}

// Visits every set of disjoint aligned blocks on 16 frames by allocating each block through a window of its own size.
class StateWalk {
 public:
  explicit StateWalk(NaiveBuddy::Placement placement)
      : placement_(placement), buddy_(make_buddy(16, 4, placement)), pages_({FrameNumber(0), FrameCount(16)}) {}

  std::uint64_t run() {
    choose({{0, 4}});
    return states_;
  }

 private:
  struct Block {
    unsigned first;
    unsigned order;
  };

  // `open` are the aligned ranges still to be decided: free, one allocated block, or two halves.
  void choose(std::vector<Block> open) {
    if (testing::Test::HasFailure()) return;
    if (open.empty()) return check_state();
    const Block block = open.back();
    open.pop_back();
    take(block, [&] { choose(open); });
    if (block.order == 0) return choose(open);
    open.push_back({block.first + (1U << (block.order - 1)), block.order - 1});
    open.push_back({block.first, block.order - 1});
    choose(open);  // both halves free is the whole left free: the one case in which the two are the same state
  }

  template <class Then>
  void take(Block block, Then&& then) {
    const Extent extent{FrameNumber(block.first), Order(block.order).frames()};
    FrameRequest request{.count = extent.count, .contiguity = Contiguity::contiguous};
    request.window_first = extent.first;
    request.window_end = extent.end();
    std::vector<Extent> out;
    ASSERT_TRUE(buddy_->allocate(request, out).has_value());
    ASSERT_EQ(out, std::vector<Extent>{extent});
    pages_.take(extent);
    then();
    buddy_->release(extent);
    pages_.give(extent);
  }

  void check_state() {
    ++states_;
    std::vector<Extent> free;
    buddy_->for_each_free([&](Extent extent) { free.push_back(extent); });
    const std::vector<Extent> expected = pages_.free_blocks(4);
    ASSERT_EQ(free, expected);
    ASSERT_EQ(buddy_->free_frames().count(), pages_.free_count());
    if (states_ % 16 == 0) buddy_->check_invariants();
    for (unsigned order = 0; order <= 4; ++order) check_allocation(order, expected);
  }

  void check_allocation(unsigned order, const std::vector<Extent>& free) {
    const FrameCount size = Order(order).frames();
    const Extent* best = nullptr;
    for (const Extent& block : free) {
      if (block.count >= size && (best == nullptr || block.count < best->count)) best = &block;
    }
    const FrameRequest request{.count = size, .contiguity = Contiguity::contiguous};
    ASSERT_EQ(buddy_->can_allocate(request), best != nullptr);
    std::vector<Extent> out;
    ASSERT_EQ(buddy_->allocate(request, out).has_value(), best != nullptr);
    if (best == nullptr) return;
    if (placement_ == NaiveBuddy::Placement::lowest) {
      ASSERT_EQ(out.front(), (Extent{best->first, size}));
    }
    ASSERT_EQ(pages_.fault(request, out), "");
    buddy_->release(out.front());
  }

  NaiveBuddy::Placement placement_;
  std::unique_ptr<FrameAllocator> buddy_;
  model::PageArray pages_;
  std::uint64_t states_ = 0;
};

TEST(BuddyExhaustive, EveryStateOf16FramesIsMergedAndServedFromTheSmallestBlock) {
  // A range is free, one block, or two halves: t(0) = 2, t(k) = t(k-1)^2 + 1.
  EXPECT_EQ(StateWalk(NaiveBuddy::Placement::lifo).run(), 458'330U);
  EXPECT_EQ(StateWalk(NaiveBuddy::Placement::fifo).run(), 458'330U);
  EXPECT_EQ(StateWalk(NaiveBuddy::Placement::lowest).run(), 458'330U);
}

}  // namespace
}  // namespace memsim
