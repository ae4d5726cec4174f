// A monotone radix heap over 64-bit times, stable among equal times. Part of EventQueue; see event_queue.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/engine/detail/chunk_list.hpp>

namespace memsim::detail {

// Buckets of entries by how their time differs from an origin, a time that never goes back and is at most every time
// in the heap. Write times as 6-bit digits. An entry whose highest digit that differs from the origin's is digit number
// L, with value d, lies in bucket (L, d); one that equals the origin lies in the instant list.
//
// Why this orders the buckets: every time is at least the origin, so d is above the origin's digit. Whatever lies in
// (L, d) is therefore before whatever lies in (L, d + 1), and before anything at a level above L.
//
// Why the origin may move: it moves only to the earliest time of the lowest bucket, whose entries are dealt anew. It
// keeps its digits above L, so no other entry changes its bucket. Each deal takes an entry to a lower level, of 11; in
// practice an entry is dealt once or twice in its life.
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
  [[gnu::always_inline]] void push(const Entry& entry) {
    MEMSIM_CHECK(entry.time >= origin_);
    const std::uint64_t difference = entry.time ^ origin_;
    if (difference == 0) return pool_.append(instant_, entry);
    const unsigned level = static_cast<unsigned>(std::bit_width(difference) - 1) / kDigitBits;
    const unsigned digit = static_cast<unsigned>(entry.time >> (level * kDigitBits)) % kDigits;
    levels_ |= std::uint64_t{1} << level;
    digits_[level] |= std::uint64_t{1} << digit;
    Bucket& bucket = buckets_[level * kDigits + digit];
    bucket.earliest = std::min(bucket.earliest, entry.time);
    pool_.append(bucket.entries, entry);
  }

  // The entries whose time is the origin: the earliest of the heap, in order of arrival.
  [[nodiscard]] const ChunkList& instant() const { return instant_; }
  [[nodiscard]] const Entry& instant_front() const { return pool_.front(instant_); }
  void pop_instant() { pool_.pop_front(instant_); }

  // The earliest time of an entry; the last time of all where the heap is empty. O(1).
  [[nodiscard]] std::uint64_t earliest() const {
    if (!instant_.empty()) return origin_;
    return levels_ == 0 ? std::numeric_limits<std::uint64_t>::max() : buckets_[lowest_index()].earliest;
  }

  // How many entries the bucket of the earliest times after the origin has.
  // Requires, as all that concerns the lowest bucket: the instant list is empty and the heap is not.
  [[nodiscard]] std::uint32_t lowest_size() const { return buckets_[lowest_index()].entries.size; }

  // The earliest time in the lowest bucket of an entry for which live(entry) is true; where some such time is at most
  // `enough`, the first like that which it finds. O(entries of the bucket).
  template <class Live>
  [[nodiscard]] std::optional<std::uint64_t> earliest_live_in_lowest(Live live, std::uint64_t enough) const {
    return earliest_live_in(buckets_[lowest_index()].entries, live, enough);
  }

  // The earliest time in the heap of an entry for which live(entry) is true.
  // O(entries up to the end of the first bucket that holds one).
  template <class Live>
  [[nodiscard]] std::optional<std::uint64_t> earliest_live(Live live) const {
    std::optional<std::uint64_t> found = earliest_live_in(instant_, live, origin_);
    for (std::uint64_t levels = levels_; !found && levels != 0; levels &= levels - 1) {
      const unsigned level = static_cast<unsigned>(std::countr_zero(levels));
      for (std::uint64_t digits = digits_[level]; !found && digits != 0; digits &= digits - 1) {
        const unsigned digit = static_cast<unsigned>(std::countr_zero(digits));
        const Bucket& bucket = buckets_[level * kDigits + digit];
        found = earliest_live_in(bucket.entries, live, bucket.earliest);
      }
    }
    return found;
  }

  // Takes every entry out of the lowest bucket, in order of arrival, and calls take(entry).
  template <class Take>
  void drain_lowest(Take take) {
    ChunkList entries = remove_lowest().entries;
    pool_.drain(entries, take);
  }

  // Moves the origin to earliest() and deals the lowest bucket anew. What drop(entry) returns true for leaves the heap.
  template <class Drop>
  void deal_lowest(Drop drop) {
    Bucket lowest = remove_lowest();
    origin_ = lowest.earliest;
    pool_.drain(lowest.entries, [&](const Entry& entry) {
      if (!drop(entry)) push(entry);
    });
  }

  // Removes every entry for which drop(entry) returns true. O(entries).
  template <class Drop>
  void remove_if(Drop drop) {
    ChunkList instant = std::exchange(instant_, ChunkList{});
    const std::uint64_t levels = std::exchange(levels_, std::uint64_t{0});
    const auto keep = [&](const Entry& entry) {
      if (!drop(entry)) push(entry);
    };
    pool_.drain(instant, keep);
    for (std::uint64_t left = levels; left != 0; left &= left - 1) {
      const unsigned level = static_cast<unsigned>(std::countr_zero(left));
      for (std::uint64_t digits = std::exchange(digits_[level], std::uint64_t{0}); digits != 0; digits &= digits - 1) {
        const unsigned digit = static_cast<unsigned>(std::countr_zero(digits));
        Bucket bucket = std::exchange(buckets_[level * kDigits + digit], Bucket{});
        pool_.drain(bucket.entries, keep);
      }
    }
  }

  [[nodiscard]] std::size_t memory_bytes() const { return pool_.memory_bytes(); }

 private:
  static constexpr unsigned kDigitBits = 6;
  static constexpr unsigned kDigits = 1U << kDigitBits;
  static constexpr unsigned kLevels = (64 + kDigitBits - 1) / kDigitBits;

  struct Bucket {
    ChunkList entries;
    std::uint64_t earliest = std::numeric_limits<std::uint64_t>::max();
  };

  [[nodiscard]] unsigned lowest_level() const { return static_cast<unsigned>(std::countr_zero(levels_)); }
  [[nodiscard]] unsigned lowest_digit(unsigned level) const {
    return static_cast<unsigned>(std::countr_zero(digits_[level]));
  }
  [[nodiscard]] unsigned lowest_index() const {
    const unsigned level = lowest_level();
    return level * kDigits + lowest_digit(level);
  }

  template <class Live>
  [[nodiscard]] std::optional<std::uint64_t> earliest_live_in(const ChunkList& list, Live live,
                                                              std::uint64_t enough) const {
    std::optional<std::uint64_t> earliest;
    pool_.visit_while(list, [&](const Entry& entry) {
      if ((!earliest || entry.time < *earliest) && live(entry)) earliest = entry.time;
      return !earliest || *earliest > enough;
    });
    return earliest;
  }

  // Empties the lowest bucket and returns what it held.
  [[nodiscard]] Bucket remove_lowest() {
    const unsigned level = lowest_level();
    Bucket removed = std::exchange(buckets_[lowest_index()], Bucket{});
    digits_[level] &= digits_[level] - 1;
    if (digits_[level] == 0) levels_ &= levels_ - 1;
    return removed;
  }

  ChunkPool<Entry> pool_;
  std::uint64_t origin_ = 0;
  std::uint64_t levels_ = 0;                     // bit L: some bucket of level L holds something
  std::array<std::uint64_t, kLevels> digits_{};  // bit d of number L: bucket (L, d) holds something
  std::array<Bucket, kLevels * kDigits> buckets_{};
  ChunkList instant_;
};

}  // namespace memsim::detail
