// ScatterUnits, PlaceCount: whether free runs hold enough places for a scattered request with an alignment or boundary.
//
// Such a request is cut into whole units of min(alignment, boundary, largest block) frames, each at a multiple of the
// alignment, and one shorter extent for the remainder. Larger power-of-two pieces are whole units side by side, so a
// policy that starts large and falls back to smaller pieces, down to the unit, uses as many units as there are.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "phys/requests/placement.hpp"

namespace memsim {

struct ScatterUnits {
  std::uint64_t unit = 1;
  unsigned largest_order = 0;  // of one extent
  std::uint64_t whole = 0;     // frames in whole units
  std::uint64_t rest = 0;      // frames in the remainder

  // Requires: a request that makes sense.
  ScatterUnits(const FrameRequest& request, unsigned top_order) : largest_order(top_order) {
    const std::uint64_t boundary = request.boundary.count();
    if (boundary != 0) largest_order = std::min(largest_order, static_cast<unsigned>(std::bit_width(boundary)) - 1);
    unit = std::min(request.alignment.count(), std::uint64_t{1} << largest_order);
    rest = request.count.count() & (unit - 1);
    whole = request.count.count() - rest;
  }
};

class PlaceCount {
 public:
  explicit PlaceCount(const FrameRequest& request, unsigned top_order)
      : want_(request), units_(request, top_order), needed_(units_.whole / units_.unit), rest_fits_(units_.rest == 0) {}

  // Counts the places in the free run [first, end), in frame numbers.
  void add_run(std::uint64_t first, std::uint64_t end) {
    first = std::max(first, want_.window_first);
    end = std::min(end, want_.window_end);
    if (first >= end) return;
    first = align_up(first, want_.alignment);
    if (first + units_.unit <= end) {
      const std::uint64_t here = (end - first - units_.unit) / want_.alignment + 1;
      places_ += here;
      first += here * want_.alignment;
    }
    if (first + units_.rest <= end) rest_fits_ = true;
  }
  [[nodiscard]] bool is_enough() const { return places_ > needed_ || (places_ == needed_ && rest_fits_); }

 private:
  Constraints want_;
  ScatterUnits units_;
  std::uint64_t needed_;
  std::uint64_t places_ = 0;
  bool rest_fits_;  // in a place that holds no unit
};

}  // namespace memsim
