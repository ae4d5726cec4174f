// What the buddy policy promises to serve (src/phys/buddy/buddy.hpp), decided by trying every place on a page array.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/page_array.hpp"

namespace memsim::model {

class BuddyPromise {
 public:
  BuddyPromise(const PageArray& pages, unsigned top_order)
      : first_(pages.first()), end_(pages.end()), free_lengths_(pages.free_lengths()), top_order_(top_order) {}

  // Requires: a request that makes sense.
  [[nodiscard]] bool serves(const FrameRequest& request) const {
    const std::uint64_t count = request.count.count();
    if (request.contiguity == Contiguity::contiguous || count == 1) return places(request, count, 1) > 0;
    const std::uint64_t alignment = request.alignment.count();
    std::uint64_t unit = std::min(alignment, std::uint64_t{1} << top_order_);
    if (!request.boundary.is_zero()) unit = std::min(unit, request.boundary.count());
    const std::uint64_t whole = places(request, unit, alignment);
    const std::uint64_t rest = count % unit;
    if (whole < count / unit) return false;
    if (whole > count / unit || rest == 0) return true;
    return places(request, rest, alignment) > whole;  // every place for a unit is one for the rest
  }

 private:
  // How many multiples of `step` start a conforming run of `count` frames inside one free block.
  [[nodiscard]] std::uint64_t places(const FrameRequest& request, std::uint64_t count, std::uint64_t step) const {
    std::uint64_t found = 0;
    for (std::uint64_t first = first_; first + count <= end_; ++first) {
      if (first % step == 0 && PageArray::conforms(request, first, count) && in_one_block(first, count)) ++found;
    }
    return found;
  }
  [[nodiscard]] bool in_one_block(std::uint64_t first, std::uint64_t count) const {
    unsigned order = 0;
    while (first >> order != (first + count - 1) >> order) ++order;
    const std::uint64_t block = first >> order << order;
    return order <= top_order_ && block >= first_ && free_lengths_[block - first_] >= std::uint64_t{1} << order;
  }

  std::uint64_t first_;
  std::uint64_t end_;
  std::vector<std::uint64_t> free_lengths_;
  unsigned top_order_;
};

}  // namespace memsim::model
