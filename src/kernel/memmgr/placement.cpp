#include "kernel/memmgr/placement.hpp"

#include <algorithm>
#include <bit>

namespace memsim::memmgr {
namespace {

bool is_power_or_none(Bytes size) { return size.is_zero() || std::has_single_bit(size.count()); }

}  // namespace

SimResult<Placement> placement_of(const PlacementArguments& arguments, Bytes size, Contiguity contiguity,
                                  PageSize page_size) {
  Placement place;
  if (arguments.is_free()) return place;
  PlacementArguments wanted = arguments;
  if (!is_power_or_none(wanted.alignment) || !is_power_or_none(wanted.boundary)) return refused(Errno::einval);
  if (!wanted.boundary.is_zero() && wanted.boundary < page_size.bytes()) return refused(Errno::einval);
  const bool is_contiguous = contiguity == Contiguity::contiguous;
  if (wanted.keeps_in_64k && is_contiguous && size > kIsaDmaBoundary) {
    wanted.alignment = std::max(wanted.alignment, kIsaDmaBoundary);
  } else if (wanted.keeps_in_64k) {
    wanted.boundary = wanted.boundary.is_zero() ? kIsaDmaBoundary : std::min(wanted.boundary, kIsaDmaBoundary);
  }
  // A page that is itself longer than the boundary crosses it: what the flags ask cannot be had with such pages.
  if (!wanted.boundary.is_zero() && is_contiguous && size > wanted.boundary) return refused(Errno::einval);
  place.alignment = std::max(FrameCount(1), page_size.frames_covering(wanted.alignment));
  place.boundary = page_size.frames_covering(wanted.boundary);
  place.window_first = FrameNumber(page_size.frames_covering(Bytes(wanted.above)).count());
  std::uint64_t end = wanted.below == 0 ? PhysAddr::max().value() : wanted.below;
  if (wanted.keeps_below_16m) end = std::min(end, kIsaDmaEnd.value());
  place.window_end = FrameNumber(end >> page_size.shift());
  if (place.window_first >= place.window_end) return refused(Errno::einval);
  return place;
}

}  // namespace memsim::memmgr
