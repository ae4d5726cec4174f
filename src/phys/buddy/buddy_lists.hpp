// BuddyLists: the blocks of a binary buddy, with one doubly linked list of free blocks per order. Of equally small
// blocks placement `lifo` takes the one freed last, and `fifo` the one freed first.
//
// Nine bytes per frame: two links of four bytes and one byte that says what starts here. Links are indices and a list
// ends in a node that links to itself, so no index is lost to a null. The links before a head are never read, so taking
// a head touches no second node. Top blocks that were never used are on no list: they are members of `untouched_`,
// lowest first, and cost nothing else. None was ever freed, so lifo takes them after all listed ones and fifo before:
// whenever the top list runs empty, and with fifo whenever its head is taken, the lowest of them becomes the head. So a
// block is always taken from a list. Who takes a top block sees to that (lacks_top()); all others, the frequent
// operations, know nothing of untouched blocks.
//
// What a busy allocator costs is cache misses, and how many of them overlap is decided by how few instructions and
// stores lie between them. So links are read one by one and only where needed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <memsim/base/check.hpp>
#include <memsim/phys/measures.hpp>

#include "phys/requests/buddy_geometry.hpp"
#include "phys/structures/bit_tree.hpp"
#include "phys/structures/zero_array.hpp"

namespace memsim {

enum class ListOrder : bool { lifo, fifo };

template <ListOrder kOrder>
class BuddyLists {
 public:
  static constexpr bool kSmallestFirst =
      true;  // the smallest block that can serve does, whichever is first of its order
  // is_buddy_free() may be asked of a top block, whose buddy would lie past the end perhaps.
  static constexpr bool kKnowsBuddiesOfTop = true;

  explicit BuddyLists(const BuddyGeometry& geometry);
  BuddyLists(const BuddyLists& other);
  BuddyLists& operator=(const BuddyLists&) = delete;

  // A block is free, allocated, or *in hand*: between the calls of one operation. take(), remove_free(),
  // remove_buddy() and clear_allocated() bring it into hand; insert_free(), insert_upper_halves(), set_allocated() and
  // absorb() take it from there.

  [[nodiscard]] const BuddyGeometry& geometry() const { return geometry_; }
  // Bit k: a block of order k is free.
  [[nodiscard]] std::uint64_t free_orders() const { return free_orders_; }
  // Takes the first free block of the order, in placement order. Requires: there is one.
  std::uint32_t take(unsigned order);
  // Whether, after a block of the order was taken or removed, an untouched one has to take its place.
  [[nodiscard]] bool lacks_top(unsigned order) const {
    if (order != geometry_.top) return false;
    return (free_orders_ >> order & 1) == 0 || (kOrder == ListOrder::fifo && heads_[order] != listed_last_);
  }
  // Makes the lowest untouched top block, if any, the head of its list. Gives `block` back, for the tail of a function.
  [[gnu::noinline]] std::uint32_t refill_top(std::uint32_t block) {
    if (untouched_.is_empty()) return block;
    listed_last_ = static_cast<std::uint32_t>(untouched_.take_first() << geometry_.top);
    push_front(listed_last_, geometry_.top);
    return block;
  }

  [[nodiscard]] bool is_free(std::uint32_t block, unsigned order) const { return state_[block] == free_state(order); }
  [[nodiscard]] bool is_buddy_free(std::uint32_t block, unsigned order) const {
    return is_free(static_cast<std::uint32_t>(block ^ std::uint64_t{1} << order), order);
  }
  void insert_free(std::uint32_t block, unsigned order);
  // Splits a block in hand down from order `from` to `to` and frees every upper half; the lowest part stays in hand.
  // Requires: no block of the orders [to, from) is free.
  void insert_upper_halves(std::uint32_t block, unsigned from, unsigned to);
  void remove_free(std::uint32_t block, unsigned order);
  void remove_buddy(std::uint32_t block, unsigned order);  // the same of a listed block

  [[nodiscard]] bool is_allocated(std::uint32_t block, unsigned order) const {
    return state_[block] == allocated_state(order);
  }
  void set_allocated(std::uint32_t block, unsigned order) { state_[block] = allocated_state(order); }
  void clear_allocated(std::uint32_t, unsigned) {}
  // The block that starts at `upper` becomes the upper half of a larger one.
  void absorb(std::uint32_t upper) { state_[upper] = State::nothing; }
  // A block in hand becomes two, both in hand.
  static void split(std::uint32_t, unsigned) {}
  // The order of the allocated block that starts at `index`, or nothing where none starts there.
  [[nodiscard]] std::optional<unsigned> allocated_order(std::uint32_t index) const {
    if (state_[index] < State::allocated_of_order_0) return std::nullopt;
    return static_cast<unsigned>(state_[index]) - static_cast<unsigned>(State::allocated_of_order_0);
  }

  // Calls visit(block) for the free blocks of the order in placement order until one returns true. Blocks wholly
  // outside the indices [low, high) may be left out. O(blocks of the order).
  template <class Visit>
  bool any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const;
  // Calls visit(block, order, free) for every block in ascending order. O(blocks).
  template <class Visit>
  void for_each_block(Visit&& visit) const;

  [[nodiscard]] std::size_t metadata_bytes() const;
  // Requires: `free_blocks` is what for_each_block() counted. Checks that the lists hold exactly those.
  void check_lists(const PerOrder& free_blocks) const;

 private:
  struct Links {
    std::uint32_t previous;
    std::uint32_t next;  // the node itself at the end of the list
  };
  // What starts at a frame. An enumeration and not a plain byte, because bytes may alias everything: after each store
  // to one the compiler would read all our members again.
  enum class State : std::uint8_t { nothing = 0, free_of_order_0 = 1, allocated_of_order_0 = 64 };
  static constexpr State free_state(unsigned order) { return static_cast<State>(order + 1); }
  static constexpr State allocated_state(unsigned order) { return static_cast<State>(order + 64); }

  // The first block of the order's list was taken off, and `next` follows, or is the same if it was the last.
  void replace_head(std::uint32_t block, std::uint32_t next, unsigned order) {
    heads_[order] = next;
    if (next == block) free_orders_ ^= std::uint64_t{1} << order;
  }
  void push_front(std::uint32_t block, unsigned order);
  void push_back(std::uint32_t block, unsigned order);
  template <class Visit>
  bool any_untouched(std::uint64_t low, std::uint64_t high, Visit&& visit) const;

  BuddyGeometry geometry_;
  ZeroArray<Links> links_;  // of free blocks only
  ZeroArray<State> state_;  // one per frame
  std::array<std::uint32_t, kOrderCount> heads_{};
  std::array<std::uint32_t, kOrderCount> tails_{};  // fifo only
  std::uint64_t free_orders_ = 0;                   // bit k: the list of order k is not empty
  BitTree<TreeStart::full> untouched_;
  std::uint32_t listed_last_ = 0;  // the top block that left untouched_ for its list last
};

template <ListOrder kOrder>
BuddyLists<kOrder>::BuddyLists(const BuddyGeometry& geometry)
    : geometry_(geometry),
      links_(geometry.space),
      state_(geometry.space_of_buddies()),
      untouched_(geometry.space >> geometry.top) {
  if (geometry.top_first != 0) untouched_.erase(0);
  if (geometry.top_end != geometry.space >> geometry.top) untouched_.erase(geometry.top_end);
  refill_top(0);
  geometry.for_each_edge_descending([this](std::uint32_t block, unsigned order) { push_front(block, order); });
}

template <ListOrder kOrder>
BuddyLists<kOrder>::BuddyLists(const BuddyLists& other)
    : geometry_(other.geometry_),
      links_(other.links_.size()),
      state_(other.state_.size()),
      heads_(other.heads_),
      tails_(other.tails_),
      free_orders_(other.free_orders_),
      untouched_(other.untouched_),
      listed_last_(other.listed_last_) {
  other.for_each_block([&](std::uint32_t block, unsigned, bool) {
    if (other.state_[block] == State::nothing) return;  // untouched
    state_[block] = other.state_[block];
    if (state_[block] < State::allocated_of_order_0) links_[block] = other.links_[block];
  });
}

template <ListOrder kOrder>
[[gnu::always_inline]] inline std::uint32_t BuddyLists<kOrder>::take(unsigned order) {
  const std::uint32_t block = heads_[order];
  replace_head(block, links_[block].next, order);
  return block;
}

template <ListOrder kOrder>
[[gnu::always_inline]] inline void BuddyLists<kOrder>::insert_free(std::uint32_t block, unsigned order) {
  if constexpr (kOrder == ListOrder::lifo) {
    push_front(block, order);
  } else {
    push_back(block, order);
  }
}

template <ListOrder kOrder>
[[gnu::always_inline]] inline void BuddyLists<kOrder>::push_front(std::uint32_t block, unsigned order) {
  const std::uint64_t bit = std::uint64_t{1} << order;
  std::uint32_t next = block;
  if ((free_orders_ & bit) != 0) {
    next = heads_[order];
    links_[next].previous = block;
  } else {
    free_orders_ |= bit;
    if constexpr (kOrder == ListOrder::fifo) tails_[order] = block;
  }
  links_[block].next = next;
  heads_[order] = block;
  state_[block] = free_state(order);
}

template <ListOrder kOrder>
inline void BuddyLists<kOrder>::push_back(std::uint32_t block, unsigned order) {
  if ((free_orders_ >> order & 1) == 0) return push_front(block, order);
  const std::uint32_t tail = tails_[order];
  links_[tail].next = block;
  links_[block] = {.previous = tail, .next = block};
  tails_[order] = block;
  state_[block] = free_state(order);
}

template <ListOrder kOrder>
[[gnu::always_inline]] inline void BuddyLists<kOrder>::insert_upper_halves(std::uint32_t block, unsigned from,
                                                                           unsigned to) {
  free_orders_ |= (std::uint64_t{1} << from) - (std::uint64_t{1} << to);
  for (unsigned order = from; order-- > to;) {
    const std::uint32_t upper = block + (std::uint32_t{1} << order);
    heads_[order] = upper;
    if constexpr (kOrder == ListOrder::fifo) tails_[order] = upper;
    links_[upper].next = upper;
    state_[upper] = free_state(order);
  }
}

template <ListOrder kOrder>
void BuddyLists<kOrder>::remove_free(std::uint32_t block, unsigned order) {
  if (order == geometry_.top && untouched_.contains(std::uint64_t{block} >> order)) {
    return untouched_.erase(std::uint64_t{block} >> order);
  }
  remove_buddy(block, order);
}

template <ListOrder kOrder>
[[gnu::always_inline]] inline void BuddyLists<kOrder>::remove_buddy(std::uint32_t block, unsigned order) {
  const std::uint32_t next = links_[block].next;
  if (heads_[order] == block) return replace_head(block, next, order);
  const std::uint32_t previous = links_[block].previous;
  if (next == block) {
    links_[previous].next = previous;
    if constexpr (kOrder == ListOrder::fifo) tails_[order] = previous;
  } else {
    links_[previous].next = next;
    links_[next].previous = previous;
  }
}

template <ListOrder kOrder>
template <class Visit>
bool BuddyLists<kOrder>::any_untouched(std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  for (std::uint64_t at = low >> geometry_.top; at << geometry_.top < high; ++at) {
    at = untouched_.next(at);
    if (at == decltype(untouched_)::kNone || at << geometry_.top >= high) return false;
    if (visit(static_cast<std::uint32_t>(at << geometry_.top))) return true;
  }
  return false;
}

template <ListOrder kOrder>
template <class Visit>
bool BuddyLists<kOrder>::any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  if ((free_orders_ >> order & 1) == 0) return false;
  const bool is_top = order == geometry_.top;
  // With fifo the head is the lowest untouched block as long as there are others, and those come next.
  for (std::uint32_t block = heads_[order];; block = links_[block].next) {
    if (visit(block)) return true;
    if (is_top && kOrder == ListOrder::fifo && block == heads_[order] && any_untouched(low, high, visit)) return true;
    if (links_[block].next == block) break;
  }
  return is_top && kOrder == ListOrder::lifo && any_untouched(low, high, visit);
}

template <ListOrder kOrder>
template <class Visit>
void BuddyLists<kOrder>::for_each_block(Visit&& visit) const {
  for (std::uint64_t at = geometry_.first; at < geometry_.end;) {
    const auto block = static_cast<std::uint32_t>(at);
    const std::optional<unsigned> allocated = allocated_order(block);
    unsigned order = geometry_.top;
    if (allocated) {
      order = *allocated;
    } else if (state_[at] != State::nothing) {
      order = static_cast<unsigned>(state_[at]) - static_cast<unsigned>(State::free_of_order_0);
    } else {
      MEMSIM_CHECK_THAT(untouched_.contains(at >> order), "a block starts where the one before it ends");
    }
    visit(block, order, !allocated);
    at += std::uint64_t{1} << order;
  }
}

template <ListOrder kOrder>
std::size_t BuddyLists<kOrder>::metadata_bytes() const {
  std::uint64_t touched = geometry_.space >> geometry_.top;
  for (std::uint64_t at = untouched_.next(0); at != decltype(untouched_)::kNone;) {
    --touched;
    at = at + 1 < geometry_.space >> geometry_.top ? untouched_.next(at + 1) : decltype(untouched_)::kNone;
  }
  // The one that was only listed uses one node.
  const std::uint64_t whole = state_[listed_last_] == free_state(geometry_.top) ? 1 : 0;
  return (((touched - whole) << geometry_.top) + whole) * (sizeof(Links) + 1) + untouched_.byte_size();
}

template <ListOrder kOrder>
void BuddyLists<kOrder>::check_lists(const PerOrder& free_blocks) const {
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
