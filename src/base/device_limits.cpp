#include <memsim/base/device_limits.hpp>

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

constexpr std::uint64_t rounded_up(std::uint64_t part, std::uint64_t whole) {
  return part / whole + (part % whole != 0);
}

// Descriptors for a stretch of addresses that the device reaches: it is cut at the boundaries first, as each of the
// pieces between begins anew.
std::uint64_t pieces_of(std::uint64_t address, std::uint64_t length, std::uint64_t longest, std::uint64_t boundary) {
  if (boundary == 0) return rounded_up(length, longest);
  const std::uint64_t first = std::min(length, boundary - address % boundary);
  const std::uint64_t rest = length - first;
  return rounded_up(first, longest) + rest / boundary * rounded_up(boundary, longest) +
         rounded_up(rest % boundary, longest);
}

}  // namespace

Bytes longest_descriptor(const DeviceLimits& limits) {
  return limits.max_length - Bytes(limits.max_length.count() % limits.alignment.count());
}

DescriptorNeed descriptors_for(std::span<const Segment> segments, const DeviceLimits& limits) {
  const std::uint64_t longest = longest_descriptor(limits).count();
  MEMSIM_CHECK_THAT(longest > 0, "some descriptor is possible");
  DescriptorNeed need;
  for (std::size_t i = 0; i < segments.size();) {
    const std::uint64_t address = segments[i].paddr.value();
    std::uint64_t length = 0;
    for (; i < segments.size() && segments[i].paddr.value() == address + length; ++i)
      length += segments[i].length.count();
    const bool is_in_reach = limits.first.value() <= address && address + (length - 1) <= limits.last.value();
    if (!is_in_reach || address % limits.alignment.count() != 0) {
      ++need.unreachable;
    } else {
      need.descriptors += pieces_of(address, length, longest, limits.boundary.count());
    }
  }
  return need;
}

}  // namespace memsim
