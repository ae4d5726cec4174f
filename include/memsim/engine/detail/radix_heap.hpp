// A monotone radix heap over 64-bit times, stable among equal times. Part of EventQueue; see event_queue.hpp.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <memsim/engine/detail/chunk_list.hpp>

namespace memsim::detail {

// Buckets of entries by how their time differs from an origin, a time that never goes back and is at most every time
// in the heap. Write times as 6-bit digits. An entry whose highest digit that differs from the origin's is digit number
// L, with value d, lies in bucket (L, d); one that equals the origin lies in bucket (0, the origin's lowest digit).
//
// Why this orders the buckets: every time is at least the origin, so d is above the origin's digit. Whatever lies in
// (L, d) is therefore before whatever lies in (L, d + 1), and before anything at a level above L.
//
// Why the origin may move: it moves only to a time that begins with the digits that all entries of the lowest bucket
// share, and these are dealt anew. It keeps its digits above L, so no other entry changes its bucket. Each deal takes
// an entry to a lower level, of 11; in practice an entry is dealt once or twice in its life. Entries that share all
// digits, of one instant, are not dealt at all: the bucket becomes, as it is, that of the new origin.
//
// Why it is stable: a time determines its bucket, so equal times always share one list; they enter it in order of
// arrival, and dealing keeps the order of the list. No sequence number is stored.
//
// `Entry` has a member `std::uint64_t time` and is trivially copyable.
template <class Entry>
class RadixHeap {
 public:
  using Run = std::span<const Entry>;
  // The most entries of a run, and the most of a bucket that is one run.
  static constexpr std::size_t kRunEntries = ChunkPool<Entry>::kChunkEntries;

  [[nodiscard]] bool empty() const { return levels_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }

  // Makes place for an entry of this time. The caller fills it, before anything else is done here.
  // Requires: the time is at least the origin. Amortised O(1).
  [[nodiscard, gnu::always_inline]] Entry& add(std::uint64_t time) {
    ++size_;
    return place(time);
  }

  // All that follows about the lowest bucket, the one of the earliest times, requires: the heap is not empty.

  // The first and the last time that an entry of it may have.
  [[nodiscard]] std::uint64_t lowest_begin() const {
    const unsigned level = lowest_level();
    return (origin_ & digits_above(level)) | (std::uint64_t{lowest_digit(level)} << (level * kDigitBits));
  }
  [[nodiscard]] std::uint64_t lowest_last() const {
    return lowest_begin() | ((std::uint64_t{1} << (lowest_level() * kDigitBits)) - 1);
  }

  // Whether it is one run: if so, remove_run() empties it.
  [[nodiscard]] bool lowest_is_one_run() const { return ChunkPool<Entry>::is_one_run(buckets_[lowest_index()]); }

  // Whether the heap has entries whose time is the origin: these are the lowest bucket. The heap may be empty.
  [[nodiscard]] bool lowest_is_origin() const { return (levels_ & 1) != 0 && lowest_digit(0) == origin_ % kDigits; }

  // Calls visit(run) for the entries of the lowest bucket, in order of arrival, until it returns false.
  template <class Visit>
  void visit_lowest(Visit visit) const {
    pool_.visit_runs(buckets_[lowest_index()], visit);
  }

  // Takes the first run out of the lowest bucket and calls take(run).
  template <class Take>
  void remove_run(Take take) {
    ChunkList& list = buckets_[lowest_index()];
    pool_.drain_run(list, [&](Run run) {
      size_ -= run.size();
      take(run);
    });
    if (list.empty()) unmark_lowest();
  }

  // Takes every entry out of the lowest bucket and calls take(entry).
  template <class Take>
  void clear_lowest(Take take) {
    const ChunkList list = std::exchange(buckets_[lowest_index()], ChunkList{});
    unmark_lowest();
    deal(list, [&](const Entry& entry) {
      take(entry);
      return true;
    });
  }

  // Moves the origin into the lowest bucket and deals that anew. What drop(entry) returns true for leaves the heap.
  template <class Drop>
  void deal_lowest(Drop drop) {
    const unsigned level = lowest_level();
    const ChunkList list = std::exchange(buckets_[lowest_index()], ChunkList{});
    unmark_lowest();
    const std::uint64_t first = pool_.front(list).time;
    const std::uint64_t differing = differing_bits(list, level);
    if (differing == 0) {
      origin_ = first;
      buckets_[first % kDigits] = list;
      mark(0, first % kDigits);
    } else {
      origin_ = first & digits_above(level_of(differing));
      deal(list, drop);
    }
  }

  // Removes every entry for which drop(entry) returns true. O(entries).
  template <class Drop>
  void remove_if(Drop drop) {
    for (std::uint64_t levels = std::exchange(levels_, std::uint64_t{0}); levels != 0; levels &= levels - 1) {
      const unsigned level = static_cast<unsigned>(std::countr_zero(levels));
      for (std::uint64_t digits = std::exchange(digits_[level], std::uint64_t{0}); digits != 0; digits &= digits - 1) {
        const unsigned digit = static_cast<unsigned>(std::countr_zero(digits));
        deal(std::exchange(buckets_[level * kDigits + digit], ChunkList{}), drop);
      }
    }
  }

  // Calls visit(run) for all runs of a bucket, before all of any later bucket, until at the end of one done() is true.
  template <class Visit, class Done>
  void visit_buckets(Visit visit, Done done) const {
    for (std::uint64_t levels = levels_; levels != 0; levels &= levels - 1) {
      const unsigned level = static_cast<unsigned>(std::countr_zero(levels));
      for (std::uint64_t digits = digits_[level]; digits != 0; digits &= digits - 1) {
        const unsigned digit = static_cast<unsigned>(std::countr_zero(digits));
        pool_.visit_runs(buckets_[level * kDigits + digit], visit);
        if (done()) return;
      }
    }
  }

  [[nodiscard]] std::size_t memory_bytes() const { return pool_.memory_bytes(); }

 private:
  static constexpr unsigned kDigitBits = 6;
  static constexpr unsigned kDigits = 1U << kDigitBits;
  static constexpr unsigned kLevels = (64 + kDigitBits - 1) / kDigitBits;

  // The number of the highest digit that has a bit in `difference`; 0 where none has.
  [[nodiscard]] static unsigned level_of(std::uint64_t difference) {
    return (static_cast<unsigned>(std::countl_zero(difference | 1)) ^ 63U) / kDigitBits;
  }
  // All bits of the digits above the level. In two shifts, for at the top there are none.
  [[nodiscard]] static std::uint64_t digits_above(unsigned level) {
    return ~std::uint64_t{0} << (level * kDigitBits) << (kDigitBits - 1) << 1;
  }

  [[nodiscard, gnu::always_inline]] Entry& place(std::uint64_t time) {
    const unsigned level = level_of(time ^ origin_);
    const unsigned digit = static_cast<unsigned>(time >> (level * kDigitBits)) % kDigits;
    ChunkList& bucket = buckets_[level * kDigits + digit];
    if (!ChunkPool<Entry>::is_at_chunk_end(bucket)) return pool_.append_in_chunk(bucket);
    mark(level, digit);
    return pool_.append_chunk(bucket);
  }

  // Puts the entries of a list that is in no bucket into theirs, except those for which drop(entry) returns true.
  template <class Drop>
  void deal(const ChunkList& list, Drop drop) {
    pool_.drain(list, [&](const Entry& entry) {
      if (drop(entry)) {
        --size_;
      } else {
        place(entry.time) = entry;
      }
    });
  }

  // The bits in which times of the list, a bucket of that level, differ from that of its first entry, as far as needed:
  // the search ends when a digit just below the level differs, as it does at once in all but clustered times.
  [[nodiscard]] std::uint64_t differing_bits(const ChunkList& list, unsigned level) const {
    if (level == 0) return 0;
    const std::uint64_t first = pool_.front(list).time;
    std::uint64_t differing = 0;
    pool_.visit_runs(list, [&](Run run) {
      for (const Entry& entry : run) differing |= entry.time ^ first;
      return level_of(differing) + 1 < level || differing == 0;
    });
    return differing;
  }

  void mark(unsigned level, std::uint64_t digit) {
    levels_ |= std::uint64_t{1} << level;
    digits_[level] |= std::uint64_t{1} << digit;
  }
  void unmark_lowest() {
    const unsigned level = lowest_level();
    digits_[level] &= digits_[level] - 1;
    if (digits_[level] == 0) levels_ &= levels_ - 1;
  }

  [[nodiscard]] unsigned lowest_level() const { return static_cast<unsigned>(std::countr_zero(levels_)); }
  [[nodiscard]] unsigned lowest_digit(unsigned level) const {
    return static_cast<unsigned>(std::countr_zero(digits_[level]));
  }
  [[nodiscard]] unsigned lowest_index() const {
    const unsigned level = lowest_level();
    return level * kDigits + lowest_digit(level);
  }

  ChunkPool<Entry> pool_;
  std::size_t size_ = 0;
  std::uint64_t origin_ = 0;
  std::uint64_t levels_ = 0;                     // bit L: some bucket of level L holds something
  std::array<std::uint64_t, kLevels> digits_{};  // bit d of number L: bucket (L, d) holds something
  std::array<ChunkList, kLevels * kDigits> buckets_{};
};

}  // namespace memsim::detail
