// A small sorted array: the next few events. Part of EventQueue; see event_queue.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <memsim/base/check.hpp>

namespace memsim::detail {

// Up to kCapacity entries in the order of delivery, stable among equal times. The next one lies last, so that taking it
// moves nothing and inserting costs one step for each entry that is to be delivered before the new one.
template <class Entry>
class NearEvents {
 public:
  static constexpr std::size_t kCapacity = 64;

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool full() const { return size_ == kCapacity; }

  // Requires: !empty().
  [[nodiscard]] const Entry& next() const { return entries_[size_ - 1]; }
  void pop() { --size_; }

  // Fills the empty array with `count` entries in order of arrival. Each entry's place is the number of entries to be
  // delivered after it, counted without a branch: for so few, a mispredicted one costs more than a dozen comparisons.
  void assign(const std::array<Entry, kCapacity>& arrivals, std::size_t count) {
    MEMSIM_CHECK(empty() && count <= kCapacity);
    std::array<std::uint32_t, kCapacity> delivered_after{};
    for (std::size_t i = 0; i != count; ++i) {
      std::uint32_t after = 0;
      for (std::size_t j = 0; j != i; ++j) {
        const std::uint32_t j_is_later = arrivals[j].time > arrivals[i].time ? 1 : 0;
        after += j_is_later;
        delivered_after[j] += 1 - j_is_later;
      }
      delivered_after[i] = after;
    }
    for (std::size_t i = 0; i != count; ++i) entries_[delivered_after[i]] = arrivals[i];
    size_ = count;
  }

  // Puts the entry after all whose time is the same. Requires: !full().
  void insert(const Entry& entry) {
    std::size_t at = size_++;
    for (; at != 0 && entries_[at - 1].time <= entry.time; --at) entries_[at] = entries_[at - 1];
    entries_[at] = entry;
  }

  // The first entry in order of delivery for which live(entry) is true, or nullptr.
  template <class Live>
  [[nodiscard]] const Entry* first(Live live) const {
    for (std::size_t at = size_; at != 0; --at) {
      if (live(entries_[at - 1])) return &entries_[at - 1];
    }
    return nullptr;
  }

  // Takes out the later half, and with it all that have the same time as the first one taken; calls take(entry) in
  // order of delivery. Returns the earliest time taken. Requires: full().
  template <class Take>
  std::uint64_t shed_later_half(Take take) {
    const std::uint64_t first_taken = entries_[kCapacity / 2 - 1].time;
    std::size_t taken = kCapacity / 2;
    while (taken != size_ && entries_[taken].time == first_taken) ++taken;
    for (std::size_t at = taken; at != 0; --at) take(entries_[at - 1]);
    for (std::size_t at = taken; at != size_; ++at) entries_[at - taken] = entries_[at];
    size_ -= taken;
    return first_taken;
  }

  // Removes every entry for which drop(entry) returns true.
  template <class Drop>
  void remove_if(Drop drop) {
    std::size_t kept = 0;
    for (std::size_t at = 0; at != size_; ++at) {
      if (!drop(entries_[at])) entries_[kept++] = entries_[at];
    }
    size_ = kept;
  }

 private:
  std::array<Entry, kCapacity> entries_{};
  std::size_t size_ = 0;
};

}  // namespace memsim::detail
