// EventHandle and the table that knows which handles are still good. Part of EventQueue; see event_queue.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <memsim/base/check.hpp>

namespace memsim {

namespace detail {
template <std::uint32_t kFinalGeneration>
class HandleTable;
}  // namespace detail

// Names one scheduled event, for cancelling it. A plain 8-byte value that owns nothing. It stays harmless for ever:
// once its event was delivered or cancelled it names nothing, and it never comes to name a later event. A copy of a
// queue honours the handles that were given out before the copy was made.
class EventHandle {
 public:
  constexpr EventHandle() = default;  // null: names no event
  [[nodiscard]] constexpr bool is_null() const { return generation_ == 0; }
  constexpr bool operator==(const EventHandle&) const = default;

 private:
  template <std::uint32_t>
  friend class detail::HandleTable;
  constexpr EventHandle(std::uint32_t slot, std::uint32_t generation) : slot_(slot), generation_(generation) {}

  std::uint32_t slot_ = 0;
  std::uint32_t generation_ = 0;
};

namespace detail {

// One slot for each cancellable event in the queue. A slot's generation is odd while its event is pending and even
// otherwise; a handle is good while it carries its slot's generation. The life of a slot:
//
//   1. arm()      even to odd: an event took the slot;
//   2. cancel()   odd to even, if that comes first: the event is dead, but its entry still lies in the queue;
//   3. release()  the entry left the queue: the slot may be armed again.
//
// A slot that reaches kFinalGeneration is retired, not armed again, so no handle ever comes back (8 bytes lost in 2^31
// events). Only tests lower that number. All operations are O(1), arm() amortised.
template <std::uint32_t kFinalGeneration = std::numeric_limits<std::uint32_t>::max() - 1>
class HandleTable {
 public:
  // The slot of an event that has none: it cannot be cancelled.
  static constexpr std::uint32_t kNoSlot = std::numeric_limits<std::uint32_t>::max();

  // Requires nothing. The handle is good until the event is cancelled or its entry leaves the queue.
  [[nodiscard]] EventHandle arm() {
    const std::uint32_t slot = spare_ != kNoSlot ? std::exchange(spare_, kNoSlot) : take_free();
    return {slot, ++slots_[slot].generation};
  }

  // What the entry of the event must carry. Requires: the handle is not null.
  [[nodiscard]] static std::uint32_t slot_of(EventHandle handle) { return handle.slot_; }

  // Whether an entry with this slot is still to be delivered.
  [[nodiscard]] bool is_live(std::uint32_t slot) const { return slot == kNoSlot || slots_[slot].generation % 2 == 1; }

  // Marks the event of `handle` dead. False where it is no longer pending.
  [[nodiscard]] bool cancel(EventHandle handle) {
    if (handle.is_null() || handle.slot_ >= slots_.size()) return false;
    Slot& slot = slots_[handle.slot_];
    if (slot.generation != handle.generation_) return false;
    ++slot.generation;
    return true;
  }

  // The entry that held `slot` left the queue: whether it was live.
  bool release(std::uint32_t slot) {
    Slot& freed = slots_[slot];
    const std::uint32_t generation = freed.generation;
    freed.generation = (generation + 1) & ~1U;  // stays where it was cancelled: already even
    if (spare_ == kNoSlot && freed.generation != kFinalGeneration) {
      spare_ = slot;
    } else {
      put_free(slot);
    }
    return generation % 2 != 0;
  }

  [[nodiscard]] std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  static_assert(kFinalGeneration % 2 == 0);
  struct Slot {
    std::uint32_t generation = 0;
    std::uint32_t next_free = kNoSlot;
  };
  [[nodiscard, gnu::noinline]] std::uint32_t take_free() {
    const std::uint32_t slot = first_free_;
    if (slot != kNoSlot) {
      first_free_ = slots_[slot].next_free;
      return slot;
    }
    MEMSIM_CHECK_THAT(slots_.size() < kNoSlot, "more than 2^32 cancellable events at once");
    slots_.push_back(Slot{});
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }

  [[gnu::noinline]] void put_free(std::uint32_t slot) {
    if (slots_[slot].generation == kFinalGeneration) return;
    slots_[slot].next_free = first_free_;
    first_free_ = slot;
  }

  std::vector<Slot> slots_;
  std::uint32_t spare_ = kNoSlot;
  std::uint32_t first_free_ = kNoSlot;
};

}  // namespace detail
}  // namespace memsim
