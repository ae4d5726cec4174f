// BuddyStacks: the blocks of a binary buddy, in the order of BuddyLists with placement `lifo`, in a quarter of the
// memory: one byte per frame that says what starts here, and four or five bytes per free block.
//
// The free blocks of an order are a stack. A block that is taken from its middle, to merge, stays there as a *stale*
// entry, and is skipped when it comes to the top: an entry counts if its block is free and of the stack's order. Where
// a block has several entries the highest is the one that counts, and it is met first: whoever takes it makes the
// others stale. Taking a block out of the middle so touches no neighbour, and pushing one writes where the last one was
// written; both are what lists wait for the memory for.
//
// A stack that is full throws its stale entries out if they are a quarter of it, and grows by a quarter if not. So
// either is paid by the pushes before it, and a stack never has room for more than five thirds of its blocks at their
// most.
//
// Top blocks that were never used are kept apart, as in BuddyLists.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <memsim/base/check.hpp>
#include <memsim/phys/measures.hpp>

#include "phys/requests/buddy_geometry.hpp"
#include "phys/structures/bit_tree.hpp"
#include "phys/structures/zero_array.hpp"

namespace memsim {

class BuddyStacks {
 public:
  static constexpr bool kSmallestFirst = true;
  static constexpr bool kKnowsBuddiesOfTop = true;

  explicit BuddyStacks(const BuddyGeometry& geometry);
  BuddyStacks(const BuddyStacks& other);
  BuddyStacks& operator=(const BuddyStacks&) = delete;

  // The states of a block, and the functions that change them, are those of BuddyLists.
  [[nodiscard]] const BuddyGeometry& geometry() const { return geometry_; }
  [[nodiscard]] std::uint64_t free_orders() const { return free_orders_; }
  std::uint32_t take(unsigned order);
  [[nodiscard]] bool lacks_top(unsigned order) const {
    return order == geometry_.top && (free_orders_ >> order & 1) == 0;
  }
  [[gnu::noinline]] std::uint32_t refill_top(std::uint32_t block) {
    if (untouched_.is_empty()) return block;
    listed_last_ = static_cast<std::uint32_t>(untouched_.take_first() << geometry_.top);
    insert_free(listed_last_, geometry_.top);
    return block;
  }

  [[nodiscard]] bool is_free(std::uint32_t block, unsigned order) const { return state_[block] == free_state(order); }
  [[nodiscard]] bool is_buddy_free(std::uint32_t block, unsigned order) const {
    return is_free(static_cast<std::uint32_t>(block ^ std::uint64_t{1} << order), order);
  }
  void insert_free(std::uint32_t block, unsigned order);
  void insert_upper_halves(std::uint32_t block, unsigned from, unsigned to);
  void remove_free(std::uint32_t block, unsigned order);
  void remove_buddy(std::uint32_t block, unsigned order) {
    state_[block] = State::nothing;
    count_off(order);
  }

  [[nodiscard]] bool is_allocated(std::uint32_t block, unsigned order) const {
    return state_[block] == allocated_state(order);
  }
  void set_allocated(std::uint32_t block, unsigned order) { state_[block] = allocated_state(order); }
  void clear_allocated(std::uint32_t, unsigned) {}
  void absorb(std::uint32_t upper) { state_[upper] = State::nothing; }
  static void split(std::uint32_t, unsigned) {}
  [[nodiscard]] std::optional<unsigned> allocated_order(std::uint32_t index) const {
    if (state_[index] < State::allocated_of_order_0) return std::nullopt;
    return static_cast<unsigned>(state_[index]) - static_cast<unsigned>(State::allocated_of_order_0);
  }

  // Calls visit(block) for the free blocks of the order in placement order until one returns true. Blocks wholly
  // outside the indices [low, high) may be left out. O(entries of the order).
  template <class Visit>
  bool any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const;
  // Calls visit(block, order, free) for every block in ascending order. O(blocks).
  template <class Visit>
  void for_each_block(Visit&& visit) const;

  [[nodiscard]] std::size_t metadata_bytes() const;
  void check_lists(const PerOrder& free_blocks) const;

 private:
  enum class State : std::uint8_t { nothing = 0, free_of_order_0 = 1, allocated_of_order_0 = 64, seen = 128 };
  static constexpr State free_state(unsigned order) { return static_cast<State>(order + 1); }
  static constexpr State allocated_state(unsigned order) { return static_cast<State>(order + 64); }

  struct Stack {
    std::uint32_t* top = nullptr;  // one past the last entry
    std::uint32_t* end = nullptr;  // of the room
    std::uint32_t* bottom = nullptr;
    std::uint64_t blocks = 0;  // the entries that count

    [[nodiscard]] std::uint64_t entries() const { return static_cast<std::uint64_t>(top - bottom); }
    [[nodiscard]] std::uint64_t room() const { return static_cast<std::uint64_t>(end - bottom); }
    // Moves to a room that starts with the same entries.
    void move_to(std::vector<std::uint32_t>& wider) {
      top = wider.data() + entries();
      end = wider.data() + wider.size();
      bottom = wider.data();
    }
  };

  // One block of the order is free no more.
  void count_off(unsigned order) {
    if (--stacks_[order].blocks == 0) mark_empty(order);
  }
  // The last free block of the order is gone: all that is left on the stack is stale.
  void mark_empty(unsigned order) {
    stacks_[order].top = stacks_[order].bottom;
    free_orders_ ^= std::uint64_t{1} << order;
  }
  void make_room(unsigned order);
  // Throws the stale entries out. The order of those that count stays, so that nobody can tell.
  void drop_stale(unsigned order) const;

  BuddyGeometry geometry_;
  std::uint64_t free_orders_ = 0;   // bit k: a block of order k is free
  mutable ZeroArray<State> state_;  // one per frame
  mutable std::array<Stack, kOrderCount> stacks_{};
  std::array<std::vector<std::uint32_t>, kOrderCount> rooms_;  // of the stacks
  BitTree<TreeStart::full> untouched_;
  std::uint32_t listed_last_ = 0;  // the top block that left untouched_ for its stack last
};

inline BuddyStacks::BuddyStacks(const BuddyGeometry& geometry)
    : geometry_(geometry), state_(geometry.space_of_buddies()), untouched_(geometry.space >> geometry.top) {
  if (geometry.top_first != 0) untouched_.erase(0);
  if (geometry.top_end != geometry.space >> geometry.top) untouched_.erase(geometry.top_end);
  refill_top(0);
  geometry.for_each_edge_descending([this](std::uint32_t block, unsigned order) { insert_free(block, order); });
}

inline BuddyStacks::BuddyStacks(const BuddyStacks& other)
    : geometry_(other.geometry_),
      free_orders_(other.free_orders_),
      state_(other.state_.size()),
      rooms_(other.rooms_),
      untouched_(other.untouched_),
      listed_last_(other.listed_last_) {
  other.for_each_block([&](std::uint32_t block, unsigned, bool) {
    if (other.state_[block] != State::nothing) state_[block] = other.state_[block];
  });
  for (unsigned order = 0; order <= geometry_.top; ++order) {
    stacks_[order] = other.stacks_[order];
    stacks_[order].move_to(rooms_[order]);
  }
}

[[gnu::always_inline]] inline std::uint32_t BuddyStacks::take(unsigned order) {
  Stack& stack = stacks_[order];
  std::uint32_t* top = stack.top - 1;
  while (!is_free(*top, order)) --top;
  stack.top = top;
  const std::uint32_t block = *top;
  count_off(order);
  return block;
}

[[gnu::always_inline]] inline void BuddyStacks::insert_free(std::uint32_t block, unsigned order) {
  Stack& stack = stacks_[order];
  if (stack.top == stack.end) [[unlikely]]
    make_room(order);
  *stack.top++ = block;
  ++stack.blocks;
  free_orders_ |= std::uint64_t{1} << order;
  state_[block] = free_state(order);
}

[[gnu::always_inline]] inline void BuddyStacks::insert_upper_halves(std::uint32_t block, unsigned from, unsigned to) {
  for (unsigned order = from; order-- > to;) insert_free(block + (std::uint32_t{1} << order), order);
}

inline void BuddyStacks::remove_free(std::uint32_t block, unsigned order) {
  if (order == geometry_.top && untouched_.contains(std::uint64_t{block} >> order)) {
    return untouched_.erase(std::uint64_t{block} >> order);
  }
  remove_buddy(block, order);
}

inline void BuddyStacks::make_room(unsigned order) {
  Stack& stack = stacks_[order];
  const std::uint64_t room = stack.room();
  if (stack.blocks <= room / 4 * 3) {
    drop_stale(order);
    if (stack.top != stack.end) return;
  }
  std::vector<std::uint32_t> wider(std::max<std::uint64_t>(16, room + room / 4));
  std::copy(stack.bottom, stack.top, wider.data());
  stack.move_to(wider);
  rooms_[order] = std::move(wider);
}

// From the top down: of several entries of one block the first met counts.
inline void BuddyStacks::drop_stale(unsigned order) const {
  Stack& stack = stacks_[order];
  std::uint32_t* kept = stack.top;
  for (const std::uint32_t* entry = stack.top; entry != stack.bottom;) {
    const std::uint32_t block = *--entry;
    if (!is_free(block, order)) continue;
    state_[block] = State::seen;
    *--kept = block;
  }
  for (const std::uint32_t* entry = kept; entry != stack.top; ++entry) state_[*entry] = free_state(order);
  stack.top = std::copy(kept, stack.top, stack.bottom);
}

template <class Visit>
bool BuddyStacks::any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  if ((free_orders_ >> order & 1) == 0) return false;
  const Stack& stack = stacks_[order];
  if (stack.entries() != stack.blocks) drop_stale(order);
  for (std::uint64_t i = stack.entries(); i-- > 0;) {
    if (visit(stack.bottom[i])) return true;
  }
  if (order != geometry_.top) return false;
  for (std::uint64_t at = low >> order; at << order < high; ++at) {
    at = untouched_.next(at);
    if (at == decltype(untouched_)::kNone || at << order >= high) return false;
    if (visit(static_cast<std::uint32_t>(at << order))) return true;
  }
  return false;
}

template <class Visit>
void BuddyStacks::for_each_block(Visit&& visit) const {
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

inline std::size_t BuddyStacks::metadata_bytes() const {
  std::uint64_t touched = geometry_.space >> geometry_.top;
  for (std::uint64_t at = untouched_.next(0); at != decltype(untouched_)::kNone;) {
    --touched;
    at = at + 1 < geometry_.space >> geometry_.top ? untouched_.next(at + 1) : decltype(untouched_)::kNone;
  }
  // The one that was only listed uses one byte.
  const std::uint64_t whole = state_[listed_last_] == free_state(geometry_.top) ? 1 : 0;
  std::size_t bytes = ((touched - whole) << geometry_.top) + whole + untouched_.byte_size();
  for (const Stack& stack : stacks_) bytes += stack.room() * sizeof(std::uint32_t);
  return bytes;
}

inline void BuddyStacks::check_lists(const PerOrder& free_blocks) const {
  for (unsigned order = 0; order <= geometry_.top; ++order) {
    std::uint64_t found = 0;
    any_free(order, 0, geometry_.space, [&](std::uint32_t block) {
      MEMSIM_CHECK_THAT(state_[block] == State::nothing || is_free(block, order), "a block on a stack is free");
      return ++found > free_blocks[order];
    });
    MEMSIM_CHECK_THAT(found == free_blocks[order], "the stack of an order holds its free blocks, each once");
    MEMSIM_CHECK_THAT((free_orders_ >> order & 1) == (found != 0 ? 1U : 0U), "the mask of free orders is right");
  }
}

}  // namespace memsim
