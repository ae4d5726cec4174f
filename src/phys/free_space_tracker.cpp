#include "phys/free_space_tracker.hpp"

namespace memsim {

FreeSpaceTracker::FreeSpaceTracker(Extent region, Order large_order)
    : region_(region),
      large_order_(large_order),
      free_(region.count),
      taken_(region.count.count()),
      pins_(region, large_order.value()) {
  runs_.add(region.count.count());
  blocks_.merge({}, {}, blocks_of(0, region.count.count()));
}

auto FreeSpaceTracker::free_around(std::uint64_t first, std::uint64_t end) const -> Neighbourhood {
  Neighbourhood around{0, region_.count.count()};
  if (first != 0) {
    const std::uint64_t below = taken_.previous(first - 1);
    if (below != decltype(taken_)::kNone) around.first = below + 1;
  }
  if (end != region_.count.count()) {
    const std::uint64_t above = taken_.next(end);
    if (above != decltype(taken_)::kNone) around.end = above;
  }
  return around;
}

void FreeSpaceTracker::allocated(Extent extent) {
  MEMSIM_CHECK_THAT(!extent.count.is_zero() && region_.contains(extent), "a policy hands out frames of its region");
  const std::uint64_t first = index_of(extent.first);
  const std::uint64_t end = first + extent.count.count();
  MEMSIM_CHECK_THAT(taken_.next(first) >= end, "a policy hands out free frames only");
  const Neighbourhood run = free_around(first, end);
  runs_.remove(run.end - run.first);
  if (run.first != first) runs_.add(first - run.first);
  if (run.end != end) runs_.add(run.end - end);
  blocks_.split(blocks_of(run.first, run.end), blocks_of(run.first, first), blocks_of(end, run.end));
  taken_.insert_range(first, end);
  free_ -= extent.count;
}

void FreeSpaceTracker::released(Extent extent) {
  MEMSIM_CHECK_THAT(!extent.count.is_zero() && region_.contains(extent), "frames come back to their region");
  const std::uint64_t first = index_of(extent.first);
  const std::uint64_t end = first + extent.count.count();
  MEMSIM_CHECK_THAT(taken_.contains_range(first, end), "a frame that is released was allocated");
  const Neighbourhood run = free_around(first, end);
  if (run.first != first) runs_.remove(first - run.first);
  if (run.end != end) runs_.remove(run.end - end);
  runs_.add(run.end - run.first);
  blocks_.merge(blocks_of(run.first, first), blocks_of(end, run.end), blocks_of(run.first, run.end));
  taken_.erase_range(first, end);
  free_ += extent.count;
}

bool FreeSpaceTracker::is_allocated(Extent extent) const {
  const std::uint64_t first = index_of(extent.first);
  return taken_.contains_range(first, first + extent.count.count());
}

void FreeSpaceTracker::pin(Extent extent) {
  MEMSIM_CHECK_THAT(!extent.count.is_zero() && region_.contains(extent), "pinned frames belong to the region");
  const std::uint64_t first = index_of(extent.first);
  MEMSIM_CHECK_THAT(taken_.contains_range(first, first + extent.count.count()), "pinned frames are allocated");
  pins_.pin(extent);
}

FreeSpace FreeSpaceTracker::measure() const {
  FreeSpace space;
  space.total = region_.count;
  space.free = free_;
  space.free_blocks = blocks_.per_order();
  space.free_runs_by_log2 = runs_.by_log2();
  space.largest_free_run = FrameCount(runs_.largest());
  space.free_run_count = runs_.count();
  for (unsigned order = large_order_.value(); order < kOrderCount; ++order) {
    space.large_pages_free += space.free_blocks[order] << (order - large_order_.value());
  }
  space.large_page_ranges = pins_.whole_ranges();
  space.large_page_ranges_pinned = pins_.pinned_ranges();
  return space;
}

void FreeSpaceTracker::check_invariants() const {
  RunLengths runs;
  BlockCounts blocks;
  std::uint64_t free = 0;
  const std::uint64_t end = region_.count.count();
  for (std::uint64_t at = 0; at < end;) {
    const std::uint64_t next = taken_.next(at);
    const std::uint64_t run_end = next == decltype(taken_)::kNone ? end : next;
    if (run_end != at) {
      runs.add(run_end - at);
      blocks.merge({}, {}, blocks_of(at, run_end));
      free += run_end - at;
    }
    at = run_end;
    while (at < end && taken_.contains(at)) ++at;
  }
  MEMSIM_CHECK_THAT(free == free_.count(), "the free frames add up");
  MEMSIM_CHECK_THAT(runs == runs_, "the free runs are counted");
  MEMSIM_CHECK_THAT(blocks.per_order() == blocks_.per_order(), "the free blocks are counted");
}

}  // namespace memsim
