// Mutants: the buddy policy with one fault each, of the kinds that published allocators had. They exist to prove that
// the conformance suite finds them (buddy_mutants_test.cpp).
//
// Most shadow one function of the blocks that BuddyCore works on. The others shadow a request on its way in, or a run
// on its way out. None has check_invariants(): the suite must see the fault from outside.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "phys/buddy/buddy_bitmaps.hpp"
#include "phys/buddy/buddy_definitions.hpp"
#include "phys/buddy/buddy_stacks.hpp"

namespace memsim::mutants {

using Lists = BuddyStacks;

// A split forgets the largest half that it cut off: memory is free by count, and no block.
struct ForgetsAHalf : BuddyBitmaps {
  using BuddyBitmaps::BuddyBitmaps;
  void insert_upper_halves(std::uint32_t block, unsigned from, unsigned to) {
    BuddyBitmaps::insert_upper_halves(block, from, to);
    remove_free(block + (std::uint32_t{1} << (from - 1)), from - 1);
  }
};

// A split puts the smallest half where it would be if the block were twice as large: outside its parent.
struct SplitsOutsideTheParent : BuddyBitmaps {
  explicit SplitsOutsideTheParent(const BuddyGeometry& geometry) : BuddyBitmaps(geometry), space_(geometry.space) {}
  void insert_upper_halves(std::uint32_t block, unsigned from, unsigned to) {
    BuddyBitmaps::insert_upper_halves(block, from, to);
    const std::uint32_t size = std::uint32_t{1} << to;
    if (to + 1 != from || std::uint64_t{block} + 4 * size > space_) return;
    remove_free(block + size, to);
    split(block + 2 * size, to + 1);
    insert_free(block + 2 * size, to);
  }

 private:
  std::uint64_t space_;
};

// A block that is taken stays free: the next request gets it again.
struct TakesWithoutRemoving : BuddyBitmaps {
  using BuddyBitmaps::BuddyBitmaps;
  std::uint32_t take(unsigned order) {
    const std::uint32_t block = BuddyBitmaps::take(order);
    insert_free(block, order);
    return block;
  }
};

// The test for a buddy to merge with asks whether it is free, and not whether it is whole.
struct MergesWithAPart : Lists {
  using Lists::Lists;
  [[nodiscard]] bool is_buddy_free(std::uint32_t block, unsigned order) const {
    const auto buddy = static_cast<std::uint32_t>(block ^ std::uint64_t{1} << order);
    for (unsigned smaller = 0; smaller <= order; ++smaller) {
      if (Lists::is_free(buddy, smaller)) return true;
    }
    return false;
  }
};

// Blocks never merge.
struct NeverMerges : Lists {
  using Lists::Lists;
  [[nodiscard]] static bool is_buddy_free(std::uint32_t, unsigned) { return false; }
};

// Blocks of one order never merge.
struct NeverMergesPairs : Lists {
  using Lists::Lists;
  [[nodiscard]] bool is_buddy_free(std::uint32_t block, unsigned order) const {
    return order != 1 && Lists::is_buddy_free(block, order);
  }
};

// Whatever is released, it is believed to have been allocated.
struct BelievesEveryRelease : Lists {
  using Lists::Lists;
  [[nodiscard]] static bool is_allocated(std::uint32_t, unsigned) { return true; }
};

// The unmutated allocator behind a request that a derived class may spoil. It is its own control: it conforms.
template <class Blocks>
class Unchecked : public FrameAllocator {
 public:
  explicit Unchecked(Extent extent)
      : buddy_(std::make_unique<BuddyAllocator<Blocks>>(extent, BuddyOptions{Order(18), Order(9), FrameCount(0)})) {}
  Unchecked(const Unchecked& other) : FrameAllocator(other), buddy_(other.buddy_->clone()) {}
  Unchecked& operator=(const Unchecked&) = delete;

  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override { return std::make_unique<Unchecked>(*this); }
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override {
    return buddy_->can_allocate(spoiled(request));
  }
  [[nodiscard]] Extent extent() const override { return buddy_->extent(); }
  [[nodiscard]] FrameCount free_frames() const override { return buddy_->free_frames(); }
  void for_each_free(const std::function<void(Extent)>& visit) const override { buddy_->for_each_free(visit); }
  [[nodiscard]] std::size_t metadata_bytes() const override { return buddy_->metadata_bytes(); }
  void check_invariants() const override {}

 protected:
  [[nodiscard]] virtual FrameRequest spoiled(const FrameRequest& request) const { return request; }
  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) override {
    const auto served = buddy_->allocate(spoiled(request), out);
    if (!served) return served.error();
    work = *served;
    return Errno::eok;
  }
  void do_release(Extent extent, CpuId cpu, AllocatorWork& work) override { work = buddy_->release(extent, cpu); }

 private:
  std::unique_ptr<FrameAllocator> buddy_;
};

// A mutant of the requests: `kSpoil` changes each.
template <auto kSpoil>
class Spoiled final : public Unchecked<BuddyBitmaps> {
 public:
  using Unchecked::Unchecked;
  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override { return std::make_unique<Spoiled>(*this); }

 private:
  [[nodiscard]] FrameRequest spoiled(const FrameRequest& request) const override {
    FrameRequest changed = request;
    kSpoil(changed);
    return changed;
  }
};

// Sizes are cut to 32 bits.
using CutsSizes =
    Spoiled<[](FrameRequest& request) { request.count = FrameCount(request.count.count() & 0xffff'ffff); }>;
// More is handed out than asked for.
using RoundsSizesUp = Spoiled<[](FrameRequest& request) {
  if (request.contiguity == Contiguity::contiguous) request.count = order_covering(request.count).frames();
}>;
using IgnoresTheWindow = Spoiled<[](FrameRequest& request) {
  request.window_first = FrameNumber(0);
  request.window_end = FrameNumber::max();
}>;
using IgnoresTheBoundary = Spoiled<[](FrameRequest& request) { request.boundary = FrameCount(0); }>;
using IgnoresTheAlignment = Spoiled<[](FrameRequest& request) { request.alignment = FrameCount(1); }>;
using ScattersWhatMustBeContiguous = Spoiled<[](FrameRequest& request) { request.contiguity = Contiguity::scattered; }>;

// Success when there is no memory.
class SucceedsWithoutMemory final : public Unchecked<Lists> {
 public:
  using Unchecked::Unchecked;
  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override {
    return std::make_unique<SucceedsWithoutMemory>(*this);
  }
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override {
    return free_frames().is_zero() || Unchecked::can_allocate(request);
  }

 private:
  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) override {
    const Errno error = Unchecked::do_allocate(request, out, work);
    return free_frames().is_zero() ? Errno::eok : error;
  }
};

// A mutant of runs: `kSpoil` changes what allocate_run() does, and allocate() does right.
template <auto kSpoil>
class SpoiledRuns final : public Unchecked<Lists> {
 public:
  using Unchecked::Unchecked;
  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override { return std::make_unique<SpoiledRuns>(*this); }

 private:
  [[nodiscard]] Errno do_allocate_run(RunRequest request, Extent& run, AllocatorWork& work) override {
    std::vector<Extent> out;
    Errno error = do_allocate(to_request(request), out, work);
    if (error == Errno::eok) run = out.front();
    kSpoil(*this, error, run, work);
    return error;
  }
};

using CountsNoWorkForRuns =
    SpoiledRuns<[](FrameAllocator&, Errno&, Extent&, AllocatorWork& work) { work = AllocatorWork(); }>;
using RefusesEmptyRunsForLackOfMemory = SpoiledRuns<[](FrameAllocator&, Errno& error, Extent&, AllocatorWork&) {
  if (error == Errno::einval) error = Errno::enomem;
}>;
using ChangesARunThatItRefuses = SpoiledRuns<[](FrameAllocator&, Errno& error, Extent& run, AllocatorWork&) {
  if (error != Errno::eok) run = Extent();
}>;
// A frame more is taken for each run, and nobody gets it.
using LosesAFrameWithEachRun = SpoiledRuns<[](FrameAllocator& allocator, Errno&, Extent&, AllocatorWork&) {
  std::vector<Extent> lost;
  static_cast<void>(allocator.allocate({.count = FrameCount(1)}, lost));
}>;

// It promises what it cannot serve.
class PromisesTooMuch final : public Unchecked<Lists> {
 public:
  using Unchecked::Unchecked;
  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override {
    return std::make_unique<PromisesTooMuch>(*this);
  }
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override { return request.count <= free_frames(); }
};

}  // namespace memsim::mutants
