// BuddyStacks: the blocks of a binary buddy in a ninth of the memory that lists take: one byte per frame that says what
// starts here, and four or five bytes per free block. Placement `lifo`: of equally small blocks the one freed last is
// taken.
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
// Top blocks that were never used come after all listed ones, since they were never freed: whenever the top stack runs
// empty, the lowest of them is put there.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "phys/buddy/buddy_states.hpp"

namespace memsim {

class BuddyStacks : public BuddyStates {
 public:
  explicit BuddyStacks(const BuddyGeometry& geometry);
  BuddyStacks(const BuddyStacks& other);
  BuddyStacks& operator=(const BuddyStacks&) = delete;
  ~BuddyStacks() = default;

  // As the concept BuddyBlocks has it (buddy_core.hpp).
  std::uint32_t take(unsigned order);
  [[nodiscard]] bool lacks_top(unsigned order) const {
    return order == geometry_.top && (free_orders_ >> order & 1) == 0;
  }
  [[gnu::noinline]] std::uint32_t refill_top(std::uint32_t block) {
    if (touch_next()) insert_free(listed_last_, geometry_.top);
    return block;
  }

  void insert_free(std::uint32_t block, unsigned order);
  void insert_upper_halves(std::uint32_t block, unsigned from, unsigned to);
  void remove_free(std::uint32_t block, unsigned order) {
    if (!remove_untouched(block, order)) remove_buddy(block, order);
  }
  void remove_buddy(std::uint32_t block, unsigned order) {
    state_[block] = State::nothing;
    count_off(order);
  }

  // O(entries of the order).
  template <class Visit>
  bool any_free(unsigned order, std::uint64_t low, std::uint64_t high, Visit&& visit) const;
  [[nodiscard]] std::size_t metadata_bytes() const;
  void check_lists(const PerOrder& free_blocks) const;

 private:
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

  mutable std::array<Stack, kOrderCount> stacks_{};
  std::array<std::vector<std::uint32_t>, kOrderCount> rooms_;  // of the stacks
};

inline BuddyStacks::BuddyStacks(const BuddyGeometry& geometry) : BuddyStates(geometry) {
  refill_top(0);
  geometry.for_each_edge_descending([this](std::uint32_t block, unsigned order) { insert_free(block, order); });
}

inline BuddyStacks::BuddyStacks(const BuddyStacks& other) : BuddyStates(other), rooms_(other.rooms_) {
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
  return order == geometry_.top && any_untouched(low, high, visit);
}

inline std::size_t BuddyStacks::metadata_bytes() const {
  std::size_t bytes = frames_in_use() + untouched_.byte_size();
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
