// The policy `next_fit`: first fit that goes on where it left off (Knuth, "The Art of Computer Programming" 1, 2.5,
// exercise 6). NextFit is its part of ExtentAllocator.
//
// The *rover* is the frame behind the extent handed out last, at first the region's first frame. A search begins with
// the extent that holds the rover, or the next above it, and goes up and round once; the lowest conforming start of the
// extent it finds serves, be it below the rover. Every extent handed out moves the rover; a release does not.
//
// Steps: the extents that a list walked from there shows up to the one that serves. The program itself finds it in a
// tree (extent_index.hpp).
#pragma once

#include <cstdint>

#include <memsim/phys/policy.hpp>
#include <memsim/phys/request.hpp>

#include "phys/fits/extent_allocator.hpp"
#include "phys/requests/extent_places.hpp"
#include "phys/structures/extent_index.hpp"

namespace memsim {

class NextFit : public ExtentIndex {
 public:
  using ExtentIndex::ExtentIndex;

  [[nodiscard]] ExtentPlace find(std::uint64_t count, Mobility mobility, std::uint32_t& steps) const;
  [[nodiscard]] ExtentPlace find(const ExtentPlaces& places, std::uint64_t count, Mobility mobility,
                                 std::uint32_t& steps) const;
  void handed_out(std::uint64_t start, std::uint64_t count) { rover_ = start + count; }

 private:
  // The extent with which a search begins. Requires: there is an extent.
  [[nodiscard]] std::uint64_t beginning() const;
  [[nodiscard]] std::uint32_t steps_to(std::uint64_t extent) const;
  // The first extent in [from, end) that holds a place.
  [[nodiscard]] ExtentPlace find_between(std::uint64_t from, std::uint64_t end, const ExtentPlaces& places,
                                         std::uint64_t count) const;

  std::uint64_t rover_ = 0;  // up to the region's size
};

[[nodiscard]] const Policy& next_fit_policy();

}  // namespace memsim
