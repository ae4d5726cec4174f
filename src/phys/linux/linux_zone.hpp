// LinuxZone: the buddy of a Linux zone, as mm/page_alloc.c of Linux 6.18 works under the zone's lock.
//
// Free blocks stand on lists by order and by mobility type. A block's list is that of its page block's type; page
// blocks (2^9 frames on most machines) take a type as a whole. What is modelled, with the kernel's names:
//   smallest  A request takes the head of the smallest sufficient list of its type (__rmqueue_smallest). A split keeps
//             the lower half and puts the upper ones at the head of their lists (expand).
//   claim     Where its own lists are empty, it looks for the largest block of another type: unmovable requests try
//             reclaimable then movable, movable ones reclaimable then unmovable, reclaimable ones unmovable then
//             movable. A block as large as a page block is taken over with its page blocks. A smaller one makes the
//             request claim the whole page block, if half of it is free or in use by compatible frames; its free
//             blocks then move to the tail of the new type's lists (try_to_claim_block). Movable requests claim only
//             through blocks of at least half a page block's order.
//   steal     Else it takes the smallest sufficient block of another type, whose page block keeps its type
//             (__rmqueue_steal).
//   free      A freed block merges with its buddy as far as the top order, and the buddy's page block takes the freed
//             one's type. The result goes to the tail of its list where its own buddy's pair is free already and so
//             likely to merge on, except near the top order, else to the head (__free_one_page).
// Page blocks begin movable. In a zone of fewer than six page blocks all are unmovable and so is every request, as the
// kernel does without mobility grouping.
//
// Left out: reserves for high-order atomic requests, CMA, isolation, watermarks, and compaction.
//
// Nine bytes of metadata per frame, and one per page block; top blocks that were never used cost nothing.
#pragma once

#include <array>
#include <cstdint>

#include <memsim/phys/measures.hpp>
#include <memsim/phys/request.hpp>

#include "phys/requests/buddy_geometry.hpp"
#include "phys/structures/bit_tree.hpp"
#include "phys/structures/block_links.hpp"

namespace memsim {

inline constexpr std::size_t kMobilityCount = 3;

// Frames of a block.
[[nodiscard]] constexpr std::uint64_t frames_of_order(unsigned order) { return std::uint64_t{1} << order; }

class LinuxZone {
 public:
  // All of the extent is free. Requires: as BuddyGeometry.
  LinuxZone(Extent extent, Order top_order, Order page_block_order);
  LinuxZone(const LinuxZone& other);
  LinuxZone& operator=(const LinuxZone&) = delete;

  static constexpr std::uint64_t kNoBlock = ~std::uint64_t{0};
  enum class End : bool { head, tail };

  // A block is free, allocated, cached (on a processor's list), or *in hand* between two calls.

  // Takes a free block of the order for a request of this type into hand, or gives kNoBlock where no free block is
  // large enough. Adds splits and steps to `work`.
  std::uint64_t take(unsigned order, Mobility type, AllocatorWork& work);
  // Takes [first, end) out of the free block into hand; what remains of it is free. Page blocks that the range covers
  // take the type.
  void carve(std::uint32_t block, unsigned order, std::uint64_t first, std::uint64_t end, Mobility type,
             AllocatorWork& work);
  // Frees a block in hand, merged as far as it goes. The result joins the tail of its list where the rule above or
  // `end` says so.
  void give(std::uint32_t block, unsigned order, AllocatorWork& work, End end = End::head);

  // A block in hand becomes allocated, or the other way round.
  void set_allocated(std::uint32_t block, unsigned order, Mobility type);
  void clear_allocated(std::uint32_t block, unsigned order);
  // The order of the allocated block that starts at `index`. Where one only passes through, cuts that one into single
  // frames first. Of frames in use at the start it makes as large a block as ends by `end`. Fails a check where the
  // frame is not allocated.
  unsigned allocated_order(std::uint32_t index, std::uint64_t end);
  // A block in hand becomes cached, or the other way round.
  void set_cached(std::uint32_t block, unsigned order) { state_[block] = cached_state(order); }
  void clear_cached(std::uint32_t block) { state_[block] = State::nothing; }

  // Whether a block of at least this order is free.
  [[nodiscard]] bool has(unsigned order) const {
    return ((free_orders_[0] | free_orders_[1] | free_orders_[2]) >> order) != 0;
  }
  // The type that requests and page blocks have where they ask for `type`.
  [[nodiscard]] Mobility effective(Mobility type) const { return is_grouped_ ? type : Mobility::unmovable; }
  [[nodiscard]] Mobility page_block_type(std::uint32_t index) const {
    return is_grouped_ ? stored(types_[index >> page_block_order_]) : Mobility::unmovable;
  }
  [[nodiscard]] unsigned page_block_order() const { return page_block_order_; }
  [[nodiscard]] const BuddyGeometry& geometry() const { return geometry_; }
  [[nodiscard]] BlockLinks& links() { return links_; }
  [[nodiscard]] const BlockLinks& links() const { return links_; }

  // The types in the order in which a request of this type looks for blocks: its own, then the fallbacks.
  [[nodiscard]] static const std::array<Mobility, kMobilityCount>& search_order(Mobility type);

  // Calls visit(block) for the free blocks of one list from its head on until one returns true. Blocks outside the
  // indices [low, high) may be left out.
  template <class Visit>
  bool any_free(unsigned order, Mobility type, std::uint64_t low, std::uint64_t high, Visit&& visit) const;

  enum class Use : std::uint8_t { free, cached, allocated };
  // Calls visit(block, order, use) for the blocks that hold an index of [low, high), ascending, until one returns true.
  // Neighbouring allocated frames come one by one, as order 0.
  template <class Visit>
  bool any_block(std::uint64_t low, std::uint64_t high, Visit&& visit) const;
  // Calls visit(block, order) for the free blocks there would be without cached ones, as any_block() does.
  template <class Visit>
  bool any_block_if_drained(std::uint64_t low, std::uint64_t high, Visit&& visit) const;

  // For a start from given lists. All of the zone becomes allocated, as frames of their page block's type of which
  // nobody knows by what blocks they were taken: they come back by those that are given back. Then blocks are freed to
  // the tail of their lists just as they are.
  void start_allocated();
  void set_page_block_type(std::uint32_t index, Mobility type);
  void start_free(std::uint32_t block, unsigned order) { insert_free(block, order, page_block_type(block), End::tail); }

  [[nodiscard]] std::size_t metadata_bytes() const;
  // Checks that blocks tile the zone, that no two free buddies are apart and that the lists hold the free blocks.
  // Returns the free and cached frames.
  std::uint64_t check() const;

 private:
  // What starts at a frame: nothing, or a free or cached block; an allocated frame says its type and the order of the
  // block that starts there, or that it lies inside one.
  enum class State : std::uint8_t { nothing = 0, free_of_order_0 = 1, cached_of_order_0 = 64, allocated = 128 };
  static constexpr unsigned kInside = 31;   // in place of an allocated block's order
  static constexpr unsigned kAtStart = 30;  // the same, of a frame that was in use at the start
  static constexpr State free_state(unsigned order) { return static_cast<State>(1 + order); }
  static constexpr State cached_state(unsigned order) { return static_cast<State>(64 + order); }
  static constexpr State allocated_state(unsigned order, Mobility type) {
    return static_cast<State>(128U | static_cast<unsigned>(type) << 5U | order);
  }
  static constexpr bool is_allocated(State state) { return state >= State::allocated; }
  static constexpr Mobility type_of(State state) {
    return static_cast<Mobility>(static_cast<unsigned>(state) >> 5U & 3U);
  }
  static constexpr unsigned order_of(State state) {
    const auto value = static_cast<unsigned>(state);
    if (is_allocated(state)) return value & 31U;
    return state >= State::cached_of_order_0 ? value - 64 : value - 1;
  }
  // Page blocks begin as zeros, which stand for `movable`.
  static constexpr Mobility stored(std::uint8_t bits) { return static_cast<Mobility>(bits ^ 1U); }

  [[nodiscard]] BlockList& list(unsigned order, Mobility type) { return lists_[order][static_cast<std::size_t>(type)]; }
  [[nodiscard]] const BlockList& list(unsigned order, Mobility type) const {
    return lists_[order][static_cast<std::size_t>(type)];
  }
  [[nodiscard]] std::uint64_t& free_orders(Mobility type) { return free_orders_[static_cast<std::size_t>(type)]; }
  [[nodiscard]] std::uint64_t free_orders(Mobility type) const { return free_orders_[static_cast<std::size_t>(type)]; }
  [[nodiscard]] bool is_free(std::uint32_t block, unsigned order) const;
  void insert_free(std::uint32_t block, unsigned order, Mobility type, End end);
  void remove_free(std::uint32_t block, unsigned order, Mobility type);
  void list_untouched();
  // Requires: the list is not empty.
  [[nodiscard]] std::uint32_t head(unsigned order, Mobility type) const { return list(order, type).head; }
  void set_types(std::uint32_t block, unsigned order, Mobility type);
  [[nodiscard]] unsigned order_at_start(std::uint32_t index, std::uint64_t end) const;
  void expand(std::uint32_t block, unsigned from, unsigned to, Mobility type, AllocatorWork& work);

  std::uint64_t take_smallest(unsigned order, Mobility type, AllocatorWork& work);
  std::uint64_t take_by_claim(unsigned order, Mobility type, AllocatorWork& work);
  std::uint64_t take_by_steal(unsigned order, Mobility type, AllocatorWork& work);
  std::uint64_t claim(std::uint32_t block, unsigned current, unsigned order, Mobility type, Mobility from,
                      AllocatorWork& work);
  // The first other type, in search order, that has a block of exactly this order; or `type` itself.
  [[nodiscard]] Mobility fallback(unsigned order, Mobility type) const;
  // Whether so much of a page block is free or in use by compatible frames that it may change from type to type.
  [[nodiscard]] bool may_claim(std::uint32_t page_block, Mobility type, Mobility from, AllocatorWork& work) const;
  void move_free_blocks(std::uint32_t page_block, Mobility from, Mobility to, AllocatorWork& work);
  void carve_part(std::uint32_t block, unsigned order, std::uint64_t first, std::uint64_t end, Mobility from,
                  AllocatorWork& work);
  [[nodiscard]] std::uint64_t top_blocks() const { return geometry_.space >> geometry_.top; }

  BuddyGeometry geometry_;
  unsigned page_block_order_;
  bool is_grouped_;  // by mobility
  BlockLinks links_;
  ZeroArray<State> state_;         // one per frame
  ZeroArray<std::uint8_t> types_;  // one per page block
  std::array<std::array<BlockList, kMobilityCount>, kOrderCount> lists_{};
  std::array<std::uint64_t, kMobilityCount> free_orders_{};  // bit k: the type's list of order k is not empty
  // Top blocks never used: they rank after the listed ones of the first type, lowest first. The list is never empty
  // while there are any.
  BitTree<TreeStart::full> untouched_;
};

template <class Visit>
bool LinuxZone::any_free(unsigned order, Mobility type, std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  if (links_.any_of(list(order, type), visit)) return true;
  if (order != geometry_.top || type != effective(Mobility::movable)) return false;
  for (std::uint64_t at = low >> order; at << order < high; ++at) {
    at = untouched_.next(at);
    if (at == decltype(untouched_)::kNone || at << order >= high) return false;
    if (visit(static_cast<std::uint32_t>(at << order))) return true;
  }
  return false;
}

template <class Visit>
bool LinuxZone::any_block(std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  std::uint64_t at = low < geometry_.first ? geometry_.first : low;
  if (high > geometry_.end) high = geometry_.end;
  if (at >= high) return false;
  // The block that holds `at` starts at the largest power of two below that has a block of that size.
  for (unsigned order = 0; !is_allocated(state_[at]) && order <= geometry_.top; ++order) {
    const std::uint64_t start = at >> order << order;
    if (start < geometry_.first || state_[start] == State::nothing || is_allocated(state_[start])) continue;
    if (order_of(state_[start]) >= order) {
      at = start;
      break;
    }
  }
  if (state_[at] == State::nothing) at = at >> geometry_.top << geometry_.top;  // untouched
  while (at < high) {
    const State state = state_[at];
    Use use = Use::free;
    unsigned order = geometry_.top;
    if (is_allocated(state)) {
      use = Use::allocated;
      order = 0;
    } else if (state != State::nothing) {
      use = state >= State::cached_of_order_0 ? Use::cached : Use::free;
      order = order_of(state);
    }
    if (visit(static_cast<std::uint32_t>(at), order, use)) return true;
    at += std::uint64_t{1} << order;
  }
  return false;
}

template <class Visit>
bool LinuxZone::any_block_if_drained(std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  std::uint64_t run = 0;  // free from here ...
  std::uint64_t run_end = 0;
  const auto emit = [&] {
    while (run < run_end) {
      unsigned order = geometry_.top;
      while ((run & ((std::uint64_t{1} << order) - 1)) != 0 || run_end - run < std::uint64_t{1} << order) --order;
      if (visit(static_cast<std::uint32_t>(run), order)) return true;
      run += std::uint64_t{1} << order;
    }
    return false;
  };
  // Whole top blocks, because merging knows no window.
  low = low >> geometry_.top << geometry_.top;
  high = high < geometry_.end ? align_up(high, std::uint64_t{1} << geometry_.top) : geometry_.end;
  const bool found = any_block(low, high, [&](std::uint32_t block, unsigned order, Use use) {
    if (use == Use::allocated) return emit();
    if (run == run_end) run = block;
    run_end = std::uint64_t{block} + (std::uint64_t{1} << order);
    return (run_end & ((std::uint64_t{1} << geometry_.top) - 1)) == 0 && emit();
  });
  return found || emit();
}

}  // namespace memsim
