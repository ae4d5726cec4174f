// BuddyLists: the blocks of a binary buddy, with one doubly linked list of free blocks per order. Placement `fifo`: of
// equally small blocks the one freed first is taken.
//
// Nine bytes per frame: two links of four bytes and one byte that says what starts here. Links are indices and a list
// ends in a node that links to itself, so no index is lost to a null. The links before a head are never read, so taking
// a head touches no second node. Top blocks that were never used are on no list: they are members of `untouched_`,
// lowest first, and cost nothing else. None was ever freed, so they are taken before all listed ones: whenever the head
// of the top list is taken, the lowest of them becomes the head. So a block is always taken from a list. Who takes a
// top block sees to that (lacks_top()); all others, the frequent operations, know nothing of untouched blocks.
//
// What a busy allocator costs is cache misses, and how many of them overlap is decided by how few instructions and
// stores lie between them. So links are read one by one and only where needed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "phys/buddy/buddy_states.hpp"

namespace memsim {

class BuddyLists : public BuddyStates {
 public:
  explicit BuddyLists(const BuddyGeometry& geometry);
  BuddyLists(const BuddyLists& other);
  BuddyLists& operator=(const BuddyLists&) = delete;
  ~BuddyLists() = default;

  // As the concept BuddyBlocks has it (buddy_core.hpp).
  std::uint32_t take(unsigned order);
  [[nodiscard]] bool lacks_top(unsigned order) const {
    return order == geometry_.top && ((free_orders_ >> order & 1) == 0 || heads_[order] != listed_last_);
  }
  [[gnu::noinline]] std::uint32_t refill_top(std::uint32_t block) {
    if (touch_next()) push_front(listed_last_, geometry_.top);
    return block;
  }
  void insert_free(std::uint32_t block, unsigned order) { push_back(block, order); }
  void insert_upper_halves(std::uint32_t block, unsigned from, unsigned to);
  void remove_free(std::uint32_t block, unsigned order) {
    if (!remove_untouched(block, order)) remove_buddy(block, order);
  }
  void remove_buddy(std::uint32_t block, unsigned order);
  template <class Visit>
  bool any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const;
  [[nodiscard]] std::size_t metadata_bytes() const {
    return frames_in_use() * (sizeof(Links) + 1) + untouched_.byte_size();
  }
  void check_lists(const PerOrder& free_blocks) const;

 private:
  struct Links {
    std::uint32_t previous;
    std::uint32_t next;  // the node itself at the end of the list
  };

  // The first block of the order's list was taken off, and `next` follows, or is the same if it was the last.
  void replace_head(std::uint32_t block, std::uint32_t next, unsigned order) {
    heads_[order] = next;
    if (next == block) free_orders_ ^= std::uint64_t{1} << order;
  }
  void push_front(std::uint32_t block, unsigned order);
  void push_back(std::uint32_t block, unsigned order);

  ZeroArray<Links> links_;  // of free blocks only
  std::array<std::uint32_t, kOrderCount> heads_{};
  std::array<std::uint32_t, kOrderCount> tails_{};
};

inline BuddyLists::BuddyLists(const BuddyGeometry& geometry) : BuddyStates(geometry), links_(geometry.space) {
  refill_top(0);
  geometry.for_each_edge_descending([this](std::uint32_t block, unsigned order) { push_front(block, order); });
}

inline BuddyLists::BuddyLists(const BuddyLists& other)
    : BuddyStates(other), links_(other.links_.size()), heads_(other.heads_), tails_(other.tails_) {
  other.for_each_block([&](std::uint32_t block, unsigned, bool free) {
    if (free && state_[block] != State::nothing) links_[block] = other.links_[block];
  });
}

[[gnu::always_inline]] inline std::uint32_t BuddyLists::take(unsigned order) {
  const std::uint32_t block = heads_[order];
  replace_head(block, links_[block].next, order);
  return block;
}

[[gnu::always_inline]] inline void BuddyLists::push_front(std::uint32_t block, unsigned order) {
  const std::uint64_t bit = std::uint64_t{1} << order;
  std::uint32_t next = block;
  if ((free_orders_ & bit) != 0) {
    next = heads_[order];
    links_[next].previous = block;
  } else {
    free_orders_ |= bit;
    tails_[order] = block;
  }
  links_[block].next = next;
  heads_[order] = block;
  state_[block] = free_state(order);
}

inline void BuddyLists::push_back(std::uint32_t block, unsigned order) {
  if ((free_orders_ >> order & 1) == 0) return push_front(block, order);
  const std::uint32_t tail = tails_[order];
  links_[tail].next = block;
  links_[block] = {.previous = tail, .next = block};
  tails_[order] = block;
  state_[block] = free_state(order);
}

[[gnu::always_inline]] inline void BuddyLists::insert_upper_halves(std::uint32_t block, unsigned from, unsigned to) {
  free_orders_ |= (std::uint64_t{1} << from) - (std::uint64_t{1} << to);
  for (unsigned order = from; order-- > to;) {
    const std::uint32_t upper = block + (std::uint32_t{1} << order);
    heads_[order] = upper;
    tails_[order] = upper;
    links_[upper].next = upper;
    state_[upper] = free_state(order);
  }
}

[[gnu::always_inline]] inline void BuddyLists::remove_buddy(std::uint32_t block, unsigned order) {
  const std::uint32_t next = links_[block].next;
  if (heads_[order] == block) return replace_head(block, next, order);
  const std::uint32_t previous = links_[block].previous;
  if (next == block) {
    links_[previous].next = previous;
    tails_[order] = previous;
  } else {
    links_[previous].next = next;
    links_[next].previous = previous;
  }
}

template <class Visit>
bool BuddyLists::any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  if ((free_orders_ >> order & 1) == 0) return false;
  const bool is_top = order == geometry_.top;
  // The head is the lowest untouched block as long as there are others, and those come next.
  for (std::uint32_t block = heads_[order];; block = links_[block].next) {
    if (visit(block)) return true;
    if (is_top && block == heads_[order] && any_untouched(low, high, visit)) return true;
    if (links_[block].next == block) break;
  }
  return false;
}

inline void BuddyLists::check_lists(const PerOrder& free_blocks) const {
  for (unsigned order = 0; order <= geometry_.top; ++order) {
    std::uint64_t found = 0;
    std::optional<std::uint32_t> before;
    any_free(order, 0, geometry_.space, [&](std::uint32_t block) {
      const bool listed = state_[block] != State::nothing;
      MEMSIM_CHECK_THAT(!listed || is_free(block, order), "a listed block is free and of the list's order");
      MEMSIM_CHECK_THAT(!listed || !before || links_[block].previous == *before, "links agree both ways");
      if (listed) before = block;
      return ++found > free_blocks[order];
    });
    MEMSIM_CHECK_THAT(found == free_blocks[order], "the list of an order holds its free blocks, each once");
    MEMSIM_CHECK_THAT((free_orders() >> order & 1) == (found != 0 ? 1U : 0U), "the mask of free orders is right");
  }
}

}  // namespace memsim
