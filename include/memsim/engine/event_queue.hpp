// EventQueue: what is to happen, in the one order that a deterministic run has.
//
// Events are delivered by (time, order of arrival): earlier times first, and among equal times strictly first in,
// first out. Nothing else orders anything. The queue is *monotone*: nothing may be scheduled before now(), the time of
// the event delivered last. It is a plain value: a copy is an independent queue with the same future, and the
// handles of the original are good in both.
//
// Costs, amortised: post, schedule, cancel and pop O(1) in the number of events (an event moves at most a dozen times,
// in practice two or three), no allocation once the queue has had its greatest size. Memory: an entry of 12 bytes and
// the payload, rounded up to 8, an eighth on top for growth, and 8 bytes for each cancellable event.
//
// How it is made, from the front to the back:
//
//   1. *Near events*: a sorted array of up to 64 entries, all strictly before anything behind it. A simulation that
//      plays ping-pong among long timers lives here alone and never touches the rest.
//   2. *Radix heap* (detail/radix_heap.hpp): buckets by the highest 6-bit digit in which a time differs from an origin
//      in the past. It needs no comparison of entries and is indifferent to how many share an instant.
//   3. Between them `bound_`: every near event is before it, every entry of the heap at or after it. An arrival before
//      the bound goes to the array, any other to the heap. So equal times never lie on both sides, and both sides keep
//      arrivals in order: that is the whole argument for FIFO, and no sequence number is stored.
//
// When the array runs empty, the heap's lowest bucket is sorted into it if it is small, and else dealt to lower
// buckets. When it runs full, its later half goes to the heap and the bound comes down to it.
//
// A cancelled event is only marked; its entry leaves when its time comes, or when more than half of all entries are
// dead: then one pass removes them. So a million timeouts that are armed and cancelled in turn take the room of some
// two hundred.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

#include <memsim/base/check.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/detail/handle_table.hpp>
#include <memsim/engine/detail/near_events.hpp>
#include <memsim/engine/detail/radix_heap.hpp>

namespace memsim {

template <class Payload>
class EventQueue {
  static_assert(std::is_trivially_copyable_v<Payload> && std::is_default_constructible_v<Payload>);
  static_assert(sizeof(Payload) <= 24, "events are moved by value: keep what they mean elsewhere and its index here");

 public:
  struct Event {
    SimTime time;
    Payload payload;
  };

  // Adds an event that cannot be cancelled: the cheaper way.
  // Requires: time >= now(). never() is a time like any other, the last one.
  void post(SimTime time, const Payload& payload) { add(time, payload, Handles::kNoSlot); }

  // Adds an event that can be cancelled. Requires: time >= now().
  [[nodiscard]] EventHandle schedule(SimTime time, const Payload& payload) {
    MEMSIM_CHECK_THAT(time >= now_, "an event was scheduled in the past");
    const std::uint32_t slot = handles_.arm();
    add(time, payload, slot);
    return handles_.handle_of(slot);
  }

  // Takes the event of `handle` out of the queue. True if it was pending; false, and nothing done, where the handle is
  // null or its event was delivered or cancelled before.
  bool cancel(EventHandle handle) {
    if (!handles_.cancel(handle)) return false;
    --size_;
    ++dead_;
    if (dead_ > size_ && dead_ > kDeadAlwaysTolerated) remove_dead();
    return true;
  }

  // Delivers the next event and moves now() to its time. Nothing where the queue is empty.
  [[nodiscard]] std::optional<Event> pop() { return pop_until(never()); }

  // The same, but only if the event's time is at most `limit`; else nothing is delivered and now() stays. The loop of a
  // run that ends at a given time. Asking again costs O(1), however many events lie behind the limit.
  [[nodiscard]] std::optional<Event> pop_until(SimTime limit) {
    do {
      while (!near_.empty()) {
        const Entry entry = near_.next();
        if (entry.time > limit.value() && is_live(entry)) return std::nullopt;
        near_.pop();
        if (leaves_live(entry)) return delivered(entry);
      }
      while (!heap_.instant().empty()) {
        const Entry entry = heap_.instant_front();
        if (entry.time > limit.value() && is_live(entry)) return std::nullopt;
        heap_.pop_instant();
        if (heap_.instant().empty()) bound_ = heap_.earliest();
        if (leaves_live(entry)) return delivered(entry);
      }
    } while (advance(limit.value()));
    return std::nullopt;
  }

  // The time of the next event; never() where there is none. Usually O(1), but a look at every entry of the heap's
  // lowest bucket when the array of near events is empty: in a loop, prefer pop_until().
  [[nodiscard]] SimTime next_time() const;

  // The time of the event delivered last; zero before the first.
  [[nodiscard]] SimTime now() const { return now_; }
  // Pending events; cancelled ones do not count.
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // Everything the queue holds in memory, itself included.
  [[nodiscard]] std::size_t memory_bytes() const {
    return sizeof(*this) + heap_.memory_bytes() + handles_.memory_bytes();
  }

 private:
  using Handles = detail::HandleTable<>;
  struct Entry {
    std::uint64_t time;
    Payload payload;
    std::uint32_t slot;
  };

  using Near = detail::NearEvents<Entry>;

  // A bucket of at most so many entries is sorted into the near events, which leaves some room for arrivals.
  static constexpr std::uint32_t kSortedAtOnce = Near::kCapacity * 3 / 4;
  // So few dead entries are never worth a pass over the queue.
  static constexpr std::size_t kDeadAlwaysTolerated = 64;

  void add(SimTime time, const Payload& payload, std::uint32_t slot) {
    MEMSIM_CHECK_THAT(time >= now_, "an event was scheduled in the past");
    ++size_;
    const Entry entry{time.value(), payload, slot};
    // An empty heap bounds nothing, not even an event at the last time of all.
    if (entry.time < bound_ || heap_.empty()) {
      if (!near_.full()) return near_.insert(entry);
      bound_ = near_.shed_later_half([&](const Entry& shed) { heap_.push(shed); });
      if (entry.time < bound_) return near_.insert(entry);
    }
    heap_.push(entry);
  }

  [[nodiscard]] bool is_live(const Entry& entry) const { return handles_.is_live(entry.slot); }

  // To be called for every entry that leaves the queue: whether it was live.
  [[nodiscard]] bool leaves_live(const Entry& entry) {
    if (entry.slot == Handles::kNoSlot) return true;
    const bool live = handles_.is_live(entry.slot);
    handles_.release(entry.slot);
    dead_ -= live ? 0 : 1;
    return live;
  }

  // Whether the entry is dead; if so it leaves the queue.
  [[nodiscard]] bool drop_if_dead(const Entry& entry) { return !is_live(entry) && !leaves_live(entry); }

  [[nodiscard]] Event delivered(const Entry& entry) {
    --size_;
    now_ = SimTime(entry.time);
    return Event{now_, entry.payload};
  }

  [[nodiscard]] bool advance(std::uint64_t limit);
  void remove_dead();

  SimTime now_;
  std::uint64_t bound_ = std::numeric_limits<std::uint64_t>::max();
  std::size_t size_ = 0;  // live entries
  std::size_t dead_ = 0;  // cancelled ones that are still here
  Handles handles_;
  detail::RadixHeap<Entry> heap_;
  Near near_;
};

// Brings the heap's earliest entries to the front, when nothing is there. False where the next event, if any, is after
// `limit`: the origin of the heap must not pass now(), so a bucket is dealt only for an event that will be delivered.
template <class Payload>
bool EventQueue<Payload>::advance(std::uint64_t limit) {
  if (heap_.empty() || bound_ > limit) return false;
  if (heap_.lowest_size() <= kSortedAtOnce) {
    std::array<Entry, Near::kCapacity> arrivals;
    std::size_t count = 0;
    heap_.drain_lowest([&](const Entry& entry) {
      if (!drop_if_dead(entry)) arrivals[count++] = entry;
    });
    near_.assign(arrivals, count);
    bound_ = heap_.earliest();
    return true;
  }
  if (dead_ != 0) {
    const auto live = [&](const Entry& entry) { return is_live(entry); };
    const std::optional<std::uint64_t> earliest = heap_.earliest_live_in_lowest(live, limit);
    if (earliest && *earliest > limit) {
      bound_ = *earliest;  // asked again with the same limit, we need not look again
      return false;
    }
    if (!earliest) {
      heap_.drain_lowest([&](const Entry& entry) { MEMSIM_CHECK(drop_if_dead(entry)); });
      bound_ = heap_.earliest();
      return true;
    }
  }
  MEMSIM_CHECK(heap_.earliest() <= limit);
  heap_.deal_lowest([&](const Entry& entry) { return dead_ != 0 && drop_if_dead(entry); });
  bound_ = heap_.earliest();
  return true;
}

template <class Payload>
SimTime EventQueue<Payload>::next_time() const {
  const auto live = [&](const Entry& entry) { return is_live(entry); };
  if (const Entry* entry = near_.first(live)) return SimTime(entry->time);
  return SimTime(dead_ == 0 ? heap_.earliest() : heap_.earliest_live(live).value_or(never().value()));
}

template <class Payload>
void EventQueue<Payload>::remove_dead() {
  const auto drop = [&](const Entry& entry) { return drop_if_dead(entry); };
  near_.remove_if(drop);
  heap_.remove_if(drop);
  bound_ = heap_.earliest();  // not before the old one
}

}  // namespace memsim
