// BuddyStates: what BuddyLists and BuddyStacks share: one byte per frame that says what starts there, and the top
// blocks that were never used, which cost nothing until one is.
#pragma once

#include <cstdint>
#include <optional>

#include <memsim/base/check.hpp>
#include <memsim/phys/measures.hpp>

#include "phys/requests/buddy_geometry.hpp"
#include "phys/structures/bit_tree.hpp"
#include "phys/structures/zero_array.hpp"

namespace memsim {

class BuddyStates {
 public:
  static constexpr bool kSmallestFirst = true;
  static constexpr bool kKnowsBuddiesOfTop = true;

  BuddyStates& operator=(const BuddyStates&) = delete;

  [[nodiscard]] const BuddyGeometry& geometry() const { return geometry_; }
  [[nodiscard]] std::uint64_t free_orders() const { return free_orders_; }

  [[nodiscard]] bool is_free(std::uint32_t block, unsigned order) const { return state_[block] == free_state(order); }
  [[nodiscard]] bool is_buddy_free(std::uint32_t block, unsigned order) const {
    return is_free(static_cast<std::uint32_t>(block ^ std::uint64_t{1} << order), order);
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
  template <class Visit>
  void for_each_block(Visit&& visit) const;

 protected:
  // An enumeration and not a plain byte, because bytes may alias everything: after each store to one the compiler would
  // read all our members again.
  enum class State : std::uint8_t { nothing = 0, free_of_order_0 = 1, allocated_of_order_0 = 64, seen = 128 };
  static constexpr State free_state(unsigned order) { return static_cast<State>(order + 1); }
  static constexpr State allocated_state(unsigned order) { return static_cast<State>(order + 64); }

  explicit BuddyStates(const BuddyGeometry& geometry)
      : geometry_(geometry), state_(geometry.space_of_buddies()), untouched_(geometry.space >> geometry.top) {
    if (geometry.top_first != 0) untouched_.erase(0);
    if (geometry.top_end != geometry.space >> geometry.top) untouched_.erase(geometry.top_end);
  }
  BuddyStates(const BuddyStates& other)
      : geometry_(other.geometry_),
        free_orders_(other.free_orders_),
        state_(other.state_.size()),
        untouched_(other.untouched_),
        listed_last_(other.listed_last_) {
    other.for_each_block([&](std::uint32_t block, unsigned, bool) {
      if (other.state_[block] != State::nothing) state_[block] = other.state_[block];
    });
  }
  ~BuddyStates() = default;

  // Makes the lowest untouched top block `listed_last_`, for its order's list; says whether there was one.
  bool touch_next() {
    if (untouched_.is_empty()) return false;
    listed_last_ = static_cast<std::uint32_t>(untouched_.take_first() << geometry_.top);
    return true;
  }
  // Takes a free block if it is an untouched one.
  bool remove_untouched(std::uint32_t block, unsigned order) {
    if (order != geometry_.top || !untouched_.contains(std::uint64_t{block} >> order)) return false;
    untouched_.erase(std::uint64_t{block} >> order);
    return true;
  }
  // Calls visit(block) for the untouched blocks that begin in [low, high), ascending, until one returns true.
  template <class Visit>
  bool any_untouched(std::uint64_t low, std::uint64_t high, Visit&& visit) const;
  // Frames whose metadata are in use. Of the top block that was only listed, one is.
  [[nodiscard]] std::uint64_t frames_in_use() const;

  BuddyGeometry geometry_;
  std::uint64_t free_orders_ = 0;   // bit k: a block of order k is listed as free
  mutable ZeroArray<State> state_;  // one per frame
  BitTree<TreeStart::full> untouched_;
  std::uint32_t listed_last_ = 0;  // the top block that left untouched_ for its list last
};

template <class Visit>
void BuddyStates::for_each_block(Visit&& visit) const {
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

template <class Visit>
bool BuddyStates::any_untouched(std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  for (std::uint64_t at = low >> geometry_.top; at << geometry_.top < high; ++at) {
    at = untouched_.next(at);
    if (at == decltype(untouched_)::kNone || at << geometry_.top >= high) return false;
    if (visit(static_cast<std::uint32_t>(at << geometry_.top))) return true;
  }
  return false;
}

inline std::uint64_t BuddyStates::frames_in_use() const {
  std::uint64_t touched = geometry_.space >> geometry_.top;
  any_untouched(0, geometry_.space, [&](std::uint32_t) { return --touched == 0; });
  const std::uint64_t whole = state_[listed_last_] == free_state(geometry_.top) ? 1 : 0;
  return ((touched - whole) << geometry_.top) + whole;
}

}  // namespace memsim
