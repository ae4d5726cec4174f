// The policy `first_fit`: the lowest place that conforms (Knuth, "The Art of Computer Programming" 1, 2.5, method A, on
// a list in address order). FirstFit is its part of ExtentAllocator.
//
// Steps: the extents that a list walked from the lowest address shows up to the one that serves. The program itself
// finds it in a tree (extent_index.hpp). Only where long enough extents hold no conforming run, because of alignment,
// boundary or window, does it look at these one by one.
#pragma once

#include <cstdint>

#include <memsim/phys/policy.hpp>
#include <memsim/phys/request.hpp>

#include "phys/fits/extent_allocator.hpp"
#include "phys/requests/extent_places.hpp"
#include "phys/structures/extent_index.hpp"

namespace memsim {

class FirstFit : public ExtentIndex {
 public:
  using ExtentIndex::ExtentIndex;

  [[nodiscard]] ExtentPlace find(std::uint64_t count, Mobility mobility, std::uint32_t& steps) const;
  [[nodiscard]] ExtentPlace find(const ExtentPlaces& places, std::uint64_t count, Mobility mobility,
                                 std::uint32_t& steps) const;
};

[[nodiscard]] const Policy& first_fit_policy();

}  // namespace memsim
