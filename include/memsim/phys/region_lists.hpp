// RegionLists: which regions serve what kind of request, each list in the order in which they are tried.
//
// A CMA area is a region that stands by for contiguous requests of more than a frame, as the contiguous memory
// allocator of Linux keeps page blocks of the type MIGRATE_CMA (mm/cma.c, mm/page_alloc.c). What cannot move never
// lies in one, but for such requests. What can move borrows one, last of all: the kernel evens the two out once more
// than half of an area is free, because what it leaves free it would reclaim in vain; nothing is reclaimed here, and
// the later an area is borrowed, the less must be evicted. Without areas the three lists are the same.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/phys/request.hpp>

namespace memsim {

class RegionLists {
 public:
  RegionLists() = default;
  // Each region once; the order of either list is kept.
  RegionLists(std::span<const RegionId> areas, std::span<const RegionId> others);

  [[nodiscard]] std::span<const RegionId> areas() const { return std::span(order_).first(areas_); }
  [[nodiscard]] std::span<const RegionId> fixed() const {  // no area
    return std::span(order_).subspan(areas_, order_.size() - 2 * areas_);
  }
  [[nodiscard]] std::span<const RegionId> movable() const { return std::span(order_).subspan(areas_); }
  [[nodiscard]] std::span<const RegionId> contiguous() const { return std::span(order_).first(order_.size() - areas_); }

  // Whether the areas serve such a request first: contiguous, of what cannot move, and of more than a frame (where
  // there are areas alone, of any size).
  [[nodiscard]] bool claims_area(const FrameRequest& request) const {
    const bool is_run = request.count > FrameCount(1) || fixed().empty();
    return areas_ != 0 && is_run && request.contiguity == Contiguity::contiguous &&
           request.mobility != Mobility::movable;
  }
  // What serves the request; nothing where only areas could, and must not.
  [[nodiscard]] std::span<const RegionId> serving(const FrameRequest& request) const {
    if (request.mobility == Mobility::movable) return movable();
    return claims_area(request) ? contiguous() : fixed();
  }

 private:
  std::vector<RegionId> order_;  // the areas, the others, the areas
  std::size_t areas_ = 0;
};

}  // namespace memsim
