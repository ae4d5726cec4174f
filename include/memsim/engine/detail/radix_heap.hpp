// A monotone radix heap over 64-bit times, stable among equal times. Part of EventQueue; see event_queue.hpp.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include <memsim/base/check.hpp>
#include <memsim/engine/detail/chunk_list.hpp>

namespace memsim::detail {

// Buckets of entries by how their time differs from an origin, a time that never goes back and is at most every time
// in the heap. Write times as 4-bit digits. An entry whose highest digit that differs from the origin's is digit number
// L, with value d, lies in bucket (L, d); one that equals the origin lies in the instant list.
//
// Why this orders the buckets: every time is at least the origin, so d is above the origin's digit. Whatever lies in
// (L, d) is therefore before whatever lies in (L, d + 1), and before anything at a level above L.
//
// Why the origin may move: it moves only to the earliest time of the lowest bucket, whose entries are dealt anew. It
// keeps its digits above L, so no other entry changes its bucket. Each deal takes an entry to a lower level, of 16; in
// practice an entry is dealt two or three times in its life.
//
// Why it is stable: a time determines its bucket, so equal times always share one list; they enter it in order of
// arrival, and dealing keeps the order of the list. No sequence number is stored.
//
// `Entry` has a member `std::uint64_t time` and is trivially copyable.
template <class Entry>
class RadixHeap {
 public:
  [[nodiscard]] bool empty() const { return instant_.empty() && levels_ == 0; }

  // Requires: the time is at least the origin. Amortised O(1).
  void push(const Entry& entry) {
    const std::uint64_t difference = entry.time ^ origin_;
    if (difference == 0) return pool_.append(instant_, entry);
    const unsigned level = static_cast<unsigned>(std::bit_width(difference) - 1) / kDigitBits;
    const unsigned digit = static_cast<unsigned>(entry.time >> (level * kDigitBits)) % kDigits;
    levels_ |= 1U << level;
    digits_[level] |= 1U << digit;
    pool_.append(buckets_[level * kDigits + digit], entry);
  }

  // The entries whose time is the origin: the earliest of the heap, in order of arrival.
  [[nodiscard]] const ChunkList& instant() const { return instant_; }
  [[nodiscard]] const Entry& instant_front() const { return pool_.front(instant_); }
  void pop_instant() { pool_.pop_front(instant_); }

  // A time at or before everything in the heap, and after the origin unless the instant list holds something.
  // The last time of all where the heap is empty. O(1).
  [[nodiscard]] std::uint64_t lower_bound() const {
    if (!instant_.empty()) return origin_;
    if (levels_ == 0) return std::numeric_limits<std::uint64_t>::max();
    const unsigned level = lowest_level();
    const unsigned shift = level * kDigitBits;
    const std::uint64_t above = origin_ >> shift >> kDigitBits << kDigitBits;
    return (above | lowest_digit(level)) << shift;
  }

  // The bucket of the earliest times after the origin. Requires: the instant list is empty and the heap is not.
  [[nodiscard]] const ChunkList& lowest() const { return buckets_[lowest_index()]; }

  // The earliest time of an entry in the lowest bucket for which live(entry) is true. O(entries of the bucket).
  template <class Live>
  [[nodiscard]] std::optional<std::uint64_t> earliest_in_lowest(Live live) const {
    return earliest_in(lowest(), live);
  }

  // The same over the whole heap: O(entries up to the end of the first bucket that holds a live one).
  template <class Live>
  [[nodiscard]] std::optional<std::uint64_t> earliest(Live live) const {
    std::optional<std::uint64_t> found = earliest_in(instant_, live);
    for (std::uint32_t levels = levels_; !found && levels != 0; levels &= levels - 1) {
      const unsigned level = static_cast<unsigned>(std::countr_zero(levels));
      for (std::uint32_t digits = digits_[level]; !found && digits != 0; digits &= digits - 1) {
        const unsigned digit = static_cast<unsigned>(std::countr_zero(digits));
        found = earliest_in(buckets_[level * kDigits + digit], live);
      }
    }
    return found;
  }

  // Takes every entry out of the lowest bucket, in order of arrival, and calls take(entry).
  template <class Take>
  void drain_lowest(Take take) {
    pool_.drain(remove_lowest(), take);
  }

  // Moves the origin to `origin` and deals the lowest bucket anew. What drop(entry) returns true for leaves the heap.
  // Requires: `origin` is the earliest time in the lowest bucket, but for entries that are dropped.
  template <class Drop>
  void deal_lowest(std::uint64_t origin, Drop drop) {
    MEMSIM_CHECK(origin >= lower_bound());
    ChunkList& bucket = remove_lowest();
    origin_ = origin;
    pool_.drain(bucket, [&](const Entry& entry) {
      if (!drop(entry)) push(entry);
    });
  }

  // Removes every entry for which drop(entry) returns true. O(entries).
  template <class Drop>
  void remove_if(Drop drop) {
    const auto sift = [&](ChunkList& list) {
      ChunkList kept;
      pool_.drain(list, [&](const Entry& entry) {
        if (!drop(entry)) pool_.append(kept, entry);
      });
      list = kept;
    };
    sift(instant_);
    for (std::uint32_t levels = levels_; levels != 0; levels &= levels - 1) {
      const unsigned level = static_cast<unsigned>(std::countr_zero(levels));
      for (unsigned digit = 0; digit != kDigits; ++digit) {
        ChunkList& bucket = buckets_[level * kDigits + digit];
        sift(bucket);
        if (bucket.empty()) digits_[level] &= ~(1U << digit);
      }
      if (digits_[level] == 0) levels_ &= ~(1U << level);
    }
  }

  [[nodiscard]] std::size_t memory_bytes() const { return pool_.memory_bytes(); }

 private:
  static constexpr unsigned kDigitBits = 4;
  static constexpr unsigned kDigits = 1U << kDigitBits;
  static constexpr unsigned kLevels = 64 / kDigitBits;

  [[nodiscard]] unsigned lowest_level() const { return static_cast<unsigned>(std::countr_zero(levels_)); }
  [[nodiscard]] unsigned lowest_digit(unsigned level) const {
    return static_cast<unsigned>(std::countr_zero(digits_[level]));
  }
  [[nodiscard]] unsigned lowest_index() const {
    const unsigned level = lowest_level();
    return level * kDigits + lowest_digit(level);
  }

  template <class Live>
  [[nodiscard]] std::optional<std::uint64_t> earliest_in(const ChunkList& list, Live live) const {
    std::uint64_t earliest = std::numeric_limits<std::uint64_t>::max();
    bool any = false;
    pool_.visit(list, [&](const Entry& entry) {
      if (entry.time <= earliest && live(entry)) {
        earliest = entry.time;
        any = true;
      }
    });
    return any ? std::optional(earliest) : std::nullopt;
  }

  // Strikes the lowest bucket out of the masks and returns it, for the caller to drain.
  [[nodiscard]] ChunkList& remove_lowest() {
    ChunkList& bucket = buckets_[lowest_index()];
    const unsigned level = lowest_level();
    digits_[level] &= digits_[level] - 1;
    if (digits_[level] == 0) levels_ &= levels_ - 1;
    return bucket;
  }

  ChunkPool<Entry> pool_;
  std::uint64_t origin_ = 0;
  std::uint32_t levels_ = 0;                     // bit L: some bucket of level L holds something
  std::array<std::uint32_t, kLevels> digits_{};  // bit d of number L: bucket (L, d) holds something
  std::array<ChunkList, kLevels * kDigits> buckets_{};
  ChunkList instant_;
};

}  // namespace memsim::detail
