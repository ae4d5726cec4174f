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
//   1. *Near events* (detail/near_events.hpp): a sorted array of up to 64 entries, none after anything behind it. Every
//      event is delivered from here. A simulation that plays ping-pong among long timers never touches the rest.
//   2. *Radix heap* (detail/radix_heap.hpp): buckets by the highest 6-bit digit in which a time differs from an origin
//      in the past. It needs no comparison of entries and is indifferent to how many share an instant.
//   3. Between them `bound_`: an arrival before it goes to the array, any other to the heap. Every live entry of the
//      heap is at or after it, every near event before it, except those taken from an instant of which the heap still
//      holds later arrivals. So equal times meet on both sides only with the elder in front, and both sides keep
//      arrivals in order: that is the whole argument for FIFO, and no sequence number is stored.
//
// When the array runs empty, the heap's lowest buckets are sorted into it as long as they are small; a big one is dealt
// to lower buckets first, or, if it is all one instant, handed over as it is, a part at a time. When the array runs
// full, its later half goes to the heap and the bound comes down to it.
//
// The bound is never above the last time of all: events at never() are in the heap until nothing else is left.
//
// A cancelled event is only marked; its entry leaves when its time comes, or when more than half of all entries are
// dead: then one pass removes them. So a million timeouts that are armed and cancelled in turn take the room of some
// two hundred.
//
// The ways in and out are inlined, and nothing on them counts up what another counts down: a counter in memory that
// changes twice for each event is slower than all else that is done for it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
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
  [[gnu::always_inline]] void post(SimTime time, const Payload& payload) { add(time, payload, Handles::kNoSlot); }

  // Adds an event that can be cancelled. Requires: time >= now().
  [[nodiscard, gnu::always_inline]] EventHandle schedule(SimTime time, const Payload& payload) {
    const EventHandle handle = handles_.arm();
    add(time, payload, Handles::slot_of(handle));
    return handle;
  }

  // Takes the event of `handle` out of the queue. True if it was pending; false, and nothing done, where the handle is
  // null or its event was delivered or cancelled before.
  bool cancel(EventHandle handle) {
    if (!handles_.cancel(handle)) return false;
    ++dead_;
    if (dead_ > kDeadAlwaysTolerated && dead_ > size()) remove_dead();
    return true;
  }

  // Delivers the next event and moves now() to its time. Nothing where the queue is empty.
  [[nodiscard, gnu::always_inline]] std::optional<Event> pop() { return pop_until(never()); }

  // The same, but only if the event's time is at most `limit`; else nothing is delivered and now() stays. The loop of a
  // run that ends at a given time. Asking again costs O(1), however many events lie behind the limit.
  [[nodiscard, gnu::always_inline]] std::optional<Event> pop_until(SimTime limit) {
    do {
      while (!near_.empty()) {
        const Entry& next = near_.next();
        if (next.time > limit.value()) return std::nullopt;
        const Event event{SimTime(next.time), next.payload};
        const std::uint32_t slot = next.slot;
        near_.pop();
        if (leaves_live(slot)) {
          now_ = event.time;
          return event;
        }
      }
    } while (advance(limit.value()));
    return std::nullopt;
  }

  // The time of the next event; never() where there is none. O(1) while there are near events, but a look at every
  // entry of the heap's lowest bucket when there are none: in a loop, prefer next_is_until() or pop_until().
  [[nodiscard]] SimTime next_time() const;

  // Whether next_time() <= limit. Asking again after a `false` costs O(1), as with pop_until().
  [[nodiscard]] bool next_is_until(SimTime limit);

  // The time of the event delivered last; zero before the first.
  [[nodiscard]] SimTime now() const { return now_; }
  // Pending events; cancelled ones do not count.
  [[nodiscard]] std::size_t size() const { return near_.size() + heap_.size() - dead_; }
  [[nodiscard]] bool empty() const { return size() == 0; }
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
  using Heap = detail::RadixHeap<Entry>;
  static_assert(Heap::kRunEntries <= Near::kSortedAtOnce);

  // The last time of all.
  static constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  // So many entries of small buckets are brought to the front together, which leaves some room for arrivals.
  static constexpr std::size_t kBroughtTogether = Near::kCapacity * 3 / 4;
  // So few dead entries are never worth a pass over the queue.
  static constexpr std::size_t kDeadAlwaysTolerated = 64;

  // The earliest time of the live entries that it was shown.
  class Earliest {
   public:
    explicit Earliest(const Handles& handles) : handles_(handles) {}
    void see(std::span<const Entry> run) {
      for (const Entry& entry : run) {
        if ((!time_ || entry.time < *time_) && handles_.is_live(entry.slot)) time_ = entry.time;
      }
    }
    [[nodiscard]] std::optional<std::uint64_t> time() const { return time_; }

   private:
    const Handles& handles_;
    std::optional<std::uint64_t> time_;
  };

  [[gnu::always_inline]] void add(SimTime time, const Payload& payload, std::uint32_t slot) {
    MEMSIM_CHECK_THAT(time >= now_, "an event was scheduled in the past");
    Entry& entry = place(time.value());
    entry.time = time.value();
    entry.payload = payload;
    entry.slot = slot;
  }

  // Where the entry of an arrival is to be: the caller fills it.
  [[nodiscard, gnu::always_inline]] Entry& place(std::uint64_t time) {
    if (time >= bound_) return heap_.add(time);
    if (near_.full()) [[unlikely]]
      return place_in_full(time);
    return near_.place(time);
  }

  [[nodiscard, gnu::noinline]] Entry& place_in_full(std::uint64_t time) {
    bound_ = near_.shed_later_half([&](const Entry& shed) { heap_.add(shed.time) = shed; });
    return time < bound_ ? near_.place(time) : heap_.add(time);
  }

  // To be called for every entry that leaves the queue, with its slot: whether it was live.
  [[nodiscard]] bool leaves_live(std::uint32_t slot) {
    if (slot == Handles::kNoSlot || handles_.release(slot)) return true;
    --dead_;
    return false;
  }

  // Whether the entry is dead; if so it leaves the queue.
  [[nodiscard]] bool drop_if_dead(const Entry& entry) {
    return !handles_.is_live(entry.slot) && !leaves_live(entry.slot);
  }

  // The first time that an arrival for the heap may have, while nothing is in front.
  [[nodiscard]] std::uint64_t heap_begin() const { return heap_.empty() ? kEnd : heap_.lowest_begin(); }

  [[nodiscard]] bool advance(std::uint64_t limit);
  [[nodiscard]] bool bring_small_buckets();
  void bring_part_of_instant();
  [[nodiscard]] std::optional<std::uint64_t> find_live_in_lowest(std::uint64_t enough) const;
  void remove_dead();

  SimTime now_;
  std::uint64_t bound_ = kEnd;
  std::size_t dead_ = 0;  // cancelled entries that are still here
  Handles handles_;
  Heap heap_;
  Near near_;
};

// Called when no near events are left: brings the heap's earliest entries to the front, or a step nearer to it. False
// where the next event, if any, is after `limit`: the origin of the heap must not pass now(), so a bucket is dealt only
// for an event that will be delivered at once.
template <class Payload>
bool EventQueue<Payload>::advance(std::uint64_t limit) {
  if (heap_.empty() || bound_ > limit) return false;
  near_.clear();
  if (heap_.lowest_is_origin()) {
    bring_part_of_instant();
    return true;
  }
  if (bring_small_buckets()) return true;
  if (dead_ != 0 || heap_.lowest_last() > limit) {
    const std::optional<std::uint64_t> time = find_live_in_lowest(limit);
    if (!time) {
      heap_.clear_lowest([&](const Entry& entry) { MEMSIM_CHECK(drop_if_dead(entry)); });
      return true;
    }
    if (*time > limit) {
      bound_ = *time;  // asked again with the same limit, we need not look again
      return false;
    }
  }
  heap_.deal_lowest([&](const Entry& entry) { return dead_ != 0 && drop_if_dead(entry); });
  return true;
}

// What stays behind, and all that arrives for this instant until the next part is brought, is later in order.
template <class Payload>
void EventQueue<Payload>::bring_part_of_instant() {
  bound_ = heap_.lowest_begin();
  do {
    heap_.remove_run([&](std::span<const Entry> run) { near_.append_instant(run); });
  } while (heap_.lowest_is_origin() && near_.size() + Heap::kRunEntries <= Near::kCapacity);
  if (!heap_.lowest_is_origin()) bound_ = heap_begin();
}

// False, and nothing done, where the lowest bucket is not small. The one with the last time of all is never so: no
// bound is after that.
template <class Payload>
bool EventQueue<Payload>::bring_small_buckets() {
  while (!heap_.empty() && heap_.lowest_is_one_run() && heap_.lowest_last() != kEnd &&
         near_.size() + Heap::kRunEntries <= kBroughtTogether) {
    heap_.remove_run([&](std::span<const Entry> run) { near_.append_sorted(run); });
  }
  if (near_.empty()) return false;
  bound_ = heap_begin();
  return true;
}

// The earliest time of a live entry in the heap's lowest bucket; if some such time is at most `enough`, any like that.
template <class Payload>
std::optional<std::uint64_t> EventQueue<Payload>::find_live_in_lowest(std::uint64_t enough) const {
  Earliest earliest(handles_);
  heap_.visit_lowest([&](std::span<const Entry> run) {
    earliest.see(run);
    return !earliest.time() || *earliest.time() > enough;
  });
  return earliest.time();
}

template <class Payload>
SimTime EventQueue<Payload>::next_time() const {
  const auto live = [&](const Entry& entry) { return handles_.is_live(entry.slot); };
  if (const Entry* entry = near_.first(live)) return SimTime(entry->time);
  Earliest earliest(handles_);
  heap_.visit_buckets(
      [&](std::span<const Entry> run) {
        earliest.see(run);
        return true;
      },
      [&] { return earliest.time().has_value(); });
  return SimTime(earliest.time().value_or(kEnd));
}

template <class Payload>
bool EventQueue<Payload>::next_is_until(SimTime limit) {
  const auto live = [&](const Entry& entry) { return handles_.is_live(entry.slot); };
  if (const Entry* entry = near_.first(live)) return entry->time <= limit.value();
  if (bound_ > limit.value()) return false;
  Earliest earliest(handles_);
  heap_.visit_buckets(
      [&](std::span<const Entry> run) {
        earliest.see(run);
        return earliest.time().value_or(kEnd) > limit.value();
      },
      [&] { return earliest.time().has_value(); });
  const std::uint64_t next = earliest.time().value_or(kEnd);
  if (next <= limit.value()) return true;
  if (near_.empty()) bound_ = next;  // asked again with the same limit, we need not look again
  return false;
}

template <class Payload>
void EventQueue<Payload>::remove_dead() {
  const auto drop = [&](const Entry& entry) { return drop_if_dead(entry); };
  near_.remove_if(drop);
  heap_.remove_if(drop);
  bound_ = std::max(bound_, heap_begin());
}

}  // namespace memsim
