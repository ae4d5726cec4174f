// How a policy that works in blocks cuts up scattered requests.
//
// ScatterUnits, PlaceCount: whether free runs hold enough places for a request with an alignment or boundary, and
// scatter_in_units(): their pieces in turn.
//
// Such a request is cut into whole units of min(alignment, boundary, largest block) frames, each at a multiple of the
// alignment, and one shorter extent for the remainder. Larger power-of-two pieces are whole units side by side, so a
// policy that starts large and falls back to smaller pieces, down to the unit, uses as many units as there are.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include <memsim/base/check.hpp>

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

// Requires: the units have their places. Calls take_piece(order) for pieces of 2^order frames, the largest that there
// are first, which says whether it found one, and then take_rest(count).
template <class TakePiece, class TakeRest>
void scatter_in_units(const ScatterUnits& units, TakePiece&& take_piece, TakeRest&& take_rest) {
  unsigned order = units.largest_order;
  for (std::uint64_t left = units.whole; left != 0;) {
    order = std::min(order, static_cast<unsigned>(std::bit_width(left)) - 1);
    if (take_piece(order)) {
      left -= std::uint64_t{1} << order;
    } else {
      MEMSIM_CHECK_THAT(std::uint64_t{1} << order > units.unit, "every unit that was counted is found");
      --order;
    }
  }
  if (units.rest == 0) return;
  const bool is_served = take_rest(units.rest);
  MEMSIM_CHECK_THAT(is_served, "the place of the remainder that was counted is found");
}

// Adds a block to what a scattered request got: as part of the extent before it, the `before`-th or a later one, where
// it runs on from there and no boundary may lie between.
inline void append_block(const FrameRequest& request, Extent block, std::size_t before, std::vector<Extent>& out) {
  if (request.boundary.is_zero() && out.size() > before && out.back().end() == block.first) {
    out.back().count += block.count;
  } else {
    out.push_back(block);
  }
}

}  // namespace memsim
