// ExtentPlaces: where inside the free runs of a region the extents of one request may lie.
//
// Runs are half-open and, like all positions here, in indices relative to the region's first frame. Alignment and
// boundary count absolute frame numbers, which is what this class is for.
#pragma once

#include <algorithm>
#include <cstdint>

#include <memsim/base/units.hpp>
#include <memsim/phys/request.hpp>

#include "phys/requests/placement.hpp"

namespace memsim {

class ExtentPlaces {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  // Requires: validate(request) == Errno::eok.
  ExtentPlaces(const FrameRequest& request, Extent region)
      : want_(request), origin_(region.first.value()), size_(region.count.count()) {
    want_.window_first = std::max(want_.window_first, origin_);
    want_.window_end = std::min(want_.window_end, origin_ + size_);
  }

  // The part of the window inside the region. It may be empty: then first() >= end().
  [[nodiscard]] std::uint64_t first() const { return want_.window_first - origin_; }
  [[nodiscard]] std::uint64_t end() const { return want_.window_end > origin_ ? want_.window_end - origin_ : 0; }
  [[nodiscard]] bool window_covers_region() const { return first() == 0 && end() == size_; }

  // The lowest (highest) start of `count` frames inside the run [first, end) that conforms, or kNone.
  // Requires: count <= boundary where there is one.
  [[nodiscard]] std::uint64_t lowest_start(std::uint64_t first, std::uint64_t end, std::uint64_t count) const {
    const auto start = want_.lowest_start(origin_ + first, origin_ + end, count);
    return start ? *start - origin_ : kNone;
  }
  [[nodiscard]] std::uint64_t highest_start(std::uint64_t first, std::uint64_t end, std::uint64_t count) const;

  // A length from which every run inside the window holds `count` conforming frames; shorter ones may too.
  [[nodiscard]] std::uint64_t sure_length(std::uint64_t count) const {
    const bool may_cross = want_.boundary != 0 && want_.alignment < want_.boundary;
    return count + (want_.alignment - 1) + (may_cross ? count - 1 : 0);
  }

  // How many frames of the run [first, end) extents can cover that conform.
  [[nodiscard]] std::uint64_t capacity(std::uint64_t first, std::uint64_t end) const;
  // Whether one extent of `count` frames can keep to the boundary.
  [[nodiscard]] bool fits_boundary(std::uint64_t count) const { return want_.boundary == 0 || count <= want_.boundary; }
  // Calls visit(start, count) for conforming extents that cover as many frames of the run [first, end) as can be but
  // not more than `most`, ascending.
  template <class Visit>
  void for_each_piece(std::uint64_t first, std::uint64_t end, std::uint64_t most, Visit&& visit) const {
    first = align_up(std::max(origin_ + first, want_.window_first), want_.alignment);
    end = std::min(origin_ + end, want_.window_end);
    while (most != 0 && first < end) {
      std::uint64_t count = std::min(most, end - first);
      if (want_.boundary != 0) count = std::min(count, want_.boundary - (first & (want_.boundary - 1)));
      visit(first - origin_, count);
      most -= count;
      first = align_up(first + count, want_.alignment);
    }
  }

 private:
  Constraints want_;  // its window clipped to the region
  std::uint64_t origin_;
  std::uint64_t size_;
};

inline std::uint64_t ExtentPlaces::highest_start(std::uint64_t first, std::uint64_t end, std::uint64_t count) const {
  first = std::max(origin_ + first, want_.window_first);
  end = std::min(origin_ + end, want_.window_end);
  if (first >= end || count > end - first) return kNone;
  std::uint64_t start = (end - count) & ~(want_.alignment - 1);
  // A start that crosses moves down until the extent ends at the boundary or just below it. It then lies above the
  // boundary before, which is aligned and at least `count` frames away.
  if (want_.boundary != 0 && (start & (want_.boundary - 1)) + count > want_.boundary) {
    const std::uint64_t crossed = (start + count - 1) & ~(want_.boundary - 1);
    if (crossed < count) return kNone;
    start = (crossed - count) & ~(want_.alignment - 1);
  }
  return start < first ? kNone : start - origin_;
}

inline std::uint64_t ExtentPlaces::capacity(std::uint64_t first, std::uint64_t end) const {
  first = std::max(origin_ + first, want_.window_first);
  end = std::min(origin_ + end, want_.window_end);
  if (first >= end) return 0;
  first = align_up(first, want_.alignment);
  if (first >= end) return 0;
  if (want_.boundary == 0 || want_.alignment <= want_.boundary) return end - first;
  // An extent reaches from a multiple of the alignment at most to the next boundary.
  const std::uint64_t before_last = (end - 1 - first) / want_.alignment;
  return before_last * want_.boundary + std::min(want_.boundary, end - (first + before_last * want_.alignment));
}

}  // namespace memsim
