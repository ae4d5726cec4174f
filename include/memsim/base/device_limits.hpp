// DeviceLimits: what the descriptors of a device that gathers scattered memory can say, and how many of them a buffer
// takes.
//
// A descriptor is an address and a length. Hardware limits both: a length field of 23 bits holds at most 8 MiB - 1, an
// engine of 32 address bits reaches 4 GiB, a ring of 64 entries holds 64. So a buffer of one segment may still take
// many descriptors, and one that is scattered takes at least one for each segment.
#pragma once

#include <cstdint>
#include <span>

#include <memsim/base/units.hpp>

namespace memsim {

struct DeviceLimits {
  Bytes max_length = Bytes::max();   // of a descriptor
  Bytes alignment{1};                // of its address, and of its length where the segment goes on in the next one
  Bytes boundary{};                  // a power of two of which a descriptor may not cross a multiple; 0: none
  PhysAddr first{};                  // the lowest and
  PhysAddr last = PhysAddr::max();   // the highest address that it reaches
  std::uint64_t count = UINT64_MAX;  // descriptors that it takes for one buffer
  bool operator==(const DeviceLimits&) const = default;
};

struct DescriptorNeed {
  std::uint64_t descriptors = 0;  // for what the device reaches
  std::uint64_t unreachable = 0;  // segments that it does not: beyond its addresses, or beginning off its alignment
  [[nodiscard]] bool fits(const DeviceLimits& limits) const { return unreachable == 0 && descriptors <= limits.count; }
  bool operator==(const DescriptorNeed&) const = default;
};

// What the longest descriptor can be: max_length rounded down to the alignment. Zero where no descriptor is possible.
[[nodiscard]] Bytes longest_descriptor(const DeviceLimits& limits);

// The descriptors for the segments, one after the other; those that run on in physical address are taken together.
// O(segments). Requires: longest_descriptor() > 0; alignment and boundary powers of two, the boundary 0 or at least the
// alignment.
[[nodiscard]] DescriptorNeed descriptors_for(std::span<const Segment> segments, const DeviceLimits& limits);

}  // namespace memsim
