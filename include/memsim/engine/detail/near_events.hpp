// A small sorted array: the next few events. Part of EventQueue; see event_queue.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <memsim/base/check.hpp>

namespace memsim::detail {

// Up to kCapacity entries in the order of delivery, stable among equal times. They lie somewhere within an array of
// twice that room: taking the first one moves nothing, nor does adding one that is to be delivered last, and any other
// moves those that are to be delivered before it. Where an end of the room is reached, all move to its middle, which
// takes two steps for each entry that was inserted since.
template <class Entry>
class NearEvents {
 public:
  static constexpr std::size_t kCapacity = 64;
  static constexpr std::size_t kSortedAtOnce = 16;

  [[nodiscard]] bool empty() const { return first_ == end_; }
  [[nodiscard]] std::size_t size() const { return end_ - first_; }
  [[nodiscard]] bool full() const { return end_ - first_ == kCapacity; }

  // Requires: !empty().
  [[nodiscard]] const Entry& next() const { return entries_[first_]; }
  void pop() { ++first_; }

  // Makes place for an entry of this time after all whose time is the same. The caller fills it. Requires: !full().
  [[nodiscard, gnu::always_inline]] Entry& place(std::uint64_t time) {
    if (empty()) {
      first_ = kRoom / 2;
      end_ = first_ + 1;
      return entries_[first_];
    }
    if (entries_[end_ - 1].time <= time) {
      if (end_ == kRoom) recentre();
      return entries_[end_++];
    }
    if (first_ == 0) recentre();
    std::size_t at = --first_;
    for (; entries_[at + 1].time <= time; ++at) entries_[at] = entries_[at + 1];
    return entries_[at];
  }

  // Empties the array, in such a way that kCapacity entries can be put at its end.
  void clear() { first_ = end_ = kCapacity / 2; }

  // Puts the entries, which all have one time, at the end. Requires, here and below: they are to be delivered after all
  // others, and since clear() nothing else was done than this, for at most kCapacity entries.
  void append_instant(std::span<const Entry> run) {
    std::copy(run.begin(), run.end(), entries_.begin() + static_cast<std::ptrdiff_t>(end_));
    end_ += run.size();
  }

  // Puts the entries, which come in order of arrival, at the end in order of delivery. Each one's place is the number
  // of those to be delivered before it, counted without a branch: for so few, a mispredicted one costs more than a
  // dozen comparisons. Requires: at most kSortedAtOnce entries.
  void append_sorted(std::span<const Entry> run) {
    MEMSIM_CHECK(run.size() <= kSortedAtOnce);
    std::array<std::uint32_t, kSortedAtOnce> before;  // of the first i entries, set as i grows
    for (std::size_t i = 0; i != run.size(); ++i) {
      before[i] = static_cast<std::uint32_t>(i);
      for (std::size_t j = 0; j != i; ++j) {
        const std::uint32_t j_is_later = run[j].time > run[i].time ? 1 : 0;
        before[j] += j_is_later;
        before[i] -= j_is_later;
      }
    }
    for (std::size_t i = 0; i != run.size(); ++i) entries_[end_ + before[i]] = run[i];
    end_ += run.size();
  }

  // The first entry in order of delivery for which live(entry) is true, or nullptr.
  template <class Live>
  [[nodiscard]] const Entry* first(Live live) const {
    for (std::size_t at = first_; at != end_; ++at) {
      if (live(entries_[at])) return &entries_[at];
    }
    return nullptr;
  }

  // Takes out the later half, and with it all that have the same time as the first one taken; calls take(entry) in
  // order of delivery. Returns the earliest time taken. Requires: full().
  template <class Take>
  std::uint64_t shed_later_half(Take take) {
    std::size_t kept_end = first_ + kCapacity / 2;
    const std::uint64_t first_taken = entries_[kept_end].time;
    while (kept_end != first_ && entries_[kept_end - 1].time == first_taken) --kept_end;
    for (std::size_t at = kept_end; at != end_; ++at) take(entries_[at]);
    end_ = kept_end;
    return first_taken;
  }

  // Removes every entry for which drop(entry) returns true.
  template <class Drop>
  void remove_if(Drop drop) {
    std::size_t kept = first_;
    for (std::size_t at = first_; at != end_; ++at) {
      if (!drop(entries_[at])) entries_[kept++] = entries_[at];
    }
    end_ = kept;
  }

 private:
  static constexpr std::size_t kRoom = 2 * kCapacity;

  [[gnu::noinline]] void recentre() {
    const std::size_t size = end_ - first_;
    const std::size_t to = (kRoom - size) / 2;
    if (to < first_) {
      for (std::size_t i = 0; i != size; ++i) entries_[to + i] = entries_[first_ + i];
    } else {
      for (std::size_t i = size; i-- != 0;) entries_[to + i] = entries_[first_ + i];
    }
    first_ = to;
    end_ = to + size;
  }

  std::array<Entry, kRoom> entries_{};
  std::size_t first_ = 0;
  std::size_t end_ = 0;
};

}  // namespace memsim::detail
