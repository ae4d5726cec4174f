// SegmentMap: where the bytes of a populated memory object lie, as the segments that a _MEM_OBJ_INFO reply reports.
//
// Segments are kept in reply order, which is ascending object offset without holes, so that a reply is a clipped copy:
// two binary searches and one memcpy. The memory behind an object is a whole number of pages; its logical size need not
// be, and a reply ends at the logical size.
//
// Example: pages of 4 KiB, segments {0, 0x8000, 0x2000} and {0x2000, 0x4000, 0x1000}, logical size 0x2800.
// walk(0x1800, SIZE_MAX) gives {0x1800, 0x9800, 0x800} and {0x2000, 0x4000, 0x800} (test: SegmentMap, HeaderExample).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <memsim/base/units.hpp>

namespace memsim {

enum class TouchingSegments : bool { keep_apart, merge };

class SegmentMap {
 public:
  // What walk() found. `in_range` counts the segments that the range touches, delivered or not.
  struct Walk {
    std::uint64_t delivered = 0;
    std::uint64_t in_range = 0;
    std::uint64_t seek_steps = 0;  // comparisons made by the searches
  };

  // Appends `length` bytes at `paddr` behind the last. With TouchingSegments::merge they join the last segment where
  // that ends at `paddr`. No effect for zero bytes. O(1) amortised.
  void append(PhysAddr paddr, Bytes length, TouchingSegments touching);

  // Cuts the backing to its first `backing` bytes. Requires: not more than there are. O(segments dropped).
  void truncate(Bytes backing);

  // The logical size: where walks end. Requires: size <= backing(). Best set when all segments are appended: searches
  // then start at a good guess. O(1).
  void set_size(Bytes size);

  [[nodiscard]] Bytes size() const { return size_; }
  [[nodiscard]] Bytes backing() const { return segments_.empty() ? Bytes{} : segments_.back().end(); }
  // All of it, not clipped at the logical size. Ascending, gapless from offset 0.
  [[nodiscard]] std::span<const Segment> segments() const { return segments_; }

  // Copies to `out` the segments of [offset, offset + length), the end saturating at the logical size; the first and
  // the last are clipped to the byte, in offset and address. An empty range or one past the end delivers nothing. O(log
  // segments) + one copy.
  [[nodiscard]] Walk walk(Bytes offset, Bytes length, std::span<Segment> out) const;

  // The index of the segment that holds the byte at `offset`. Requires: offset < backing(). O(log segments).
  [[nodiscard]] std::size_t find(Bytes offset) const;

 private:
  // Comparisons that find() makes.
  [[nodiscard]] std::uint64_t seek_cost() const;

  std::vector<Segment> segments_;  // each starts where the one before ends; the first at 0; none empty
  Bytes size_;
  // 2^64 times the segments a byte when the size was last set: where find() looks first.
  std::uint64_t density_ = 0;
};

}  // namespace memsim
