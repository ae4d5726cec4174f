// What BuddyAllocator's functions do, for buddy.cpp, which instantiates it for every placement, and for tests that
// instantiate it for blocks of their own.
#pragma once

#include <algorithm>
#include <bit>

#include "phys/buddy/buddy.hpp"
#include "phys/requests/scatter_units.hpp"

namespace memsim {
namespace buddy_detail {

constexpr std::uint64_t size_of(unsigned order) { return std::uint64_t{1} << order; }

// Member by member, for the reason given at BuddyCore::kNoBlock.
inline void set(Extent& extent, FrameNumber first, FrameCount count) {
  extent.first = first;
  extent.count = count;
}

constexpr unsigned log2_floor(std::uint64_t value) { return static_cast<unsigned>(std::bit_width(value)) - 1; }

}  // namespace buddy_detail

template <BuddyBlocks Blocks>
BuddyAllocator<Blocks>::BuddyAllocator(Extent extent, const BuddyOptions& options)
    : core_(BuddyGeometry(extent, options.top_order, options.range_order)),
      reserve_(options.reserve.count()),
      first_(extent.first.value()),
      end_(extent.end().value()),
      top_size_(buddy_detail::size_of(geometry().top)),
      tail_(options.tail),
      top_order_(options.top_order) {}

template <BuddyBlocks Blocks>
std::unique_ptr<FrameAllocator> BuddyAllocator<Blocks>::clone() const {
  return std::unique_ptr<FrameAllocator>(new BuddyAllocator(*this));
}

// --- Allocation ---

// One power-of-two block without constraints is the same request, scattered or not.
template <BuddyBlocks Blocks>
Errno BuddyAllocator<Blocks>::do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  const std::uint64_t count = request.count.count();
  const std::uint64_t alignment = request.alignment.count();
  const bool is_block = is_block_size(count) && is_power_of_two(alignment) && alignment <= count &&
                        request.boundary.is_zero() && window_covers_all(request) &&
                        (reserve_ == 0 || request.contiguity == Contiguity::contiguous);
  if (is_block) {
    const Errno error = do_allocate_run({request.count, request.mobility, request.cpu}, out.emplace_back(), work);
    if (error == Errno::eok) return error;
    out.pop_back();
  }
  return allocate_otherwise(request, out, work);
}

// A block, and not a part of one, is by far the most frequent. Where one of its size is free, its path is short, calls
// nothing and saves no register: a busy allocator waits for memory, and what it executes in between decides how many of
// these waits overlap.
template <BuddyBlocks Blocks>
Errno BuddyAllocator<Blocks>::do_allocate_run(RunRequest request, Extent& run, AllocatorWork& work) {
  const std::uint64_t count = request.count.count();
  if (!is_block_size(count)) return allocate_carved(request, run, work);
  const std::uint64_t block = core_.allocate_whole(buddy_detail::log2_floor(count));
  if (block == core_.kNoBlock) return allocate_split(request, run, work);
  work.steps = 1;
  buddy_detail::set(run, geometry().frame(block), request.count);
  return Errno::eok;
}

// A block that takes a split, or that there is none for.
template <BuddyBlocks Blocks>
Errno BuddyAllocator<Blocks>::allocate_split(RunRequest request, Extent& run, AllocatorWork& work) {
  const std::uint64_t block = core_.allocate(buddy_detail::log2_floor(request.count.count()), work.splits);
  if (block == core_.kNoBlock) return Errno::enomem;
  work.steps = 1;
  buddy_detail::set(run, geometry().frame(block), request.count);
  return Errno::eok;
}

// A run that is no block, or longer than the longest.
template <BuddyBlocks Blocks>
Errno BuddyAllocator<Blocks>::allocate_carved(RunRequest request, Extent& run, AllocatorWork& work) {
  if (request.count.is_zero()) return Errno::einval;
  if (request.count.count() > core_.free_frames()) return Errno::enomem;
  return allocate_contiguous(to_request(request), run, work);
}

template <BuddyBlocks Blocks>
Errno BuddyAllocator<Blocks>::allocate_otherwise(const FrameRequest& request, std::vector<Extent>& out,
                                                 AllocatorWork& work) {
  if (const Errno error = validate(request); error != Errno::eok) return error;
  if (request.count.count() > core_.free_frames() || !leaves_reserve(request)) return Errno::enomem;
  if (request.contiguity == Contiguity::contiguous || request.count.count() == 1) {
    const Errno error = allocate_contiguous(request, out.emplace_back(), work);
    if (error != Errno::eok) out.pop_back();
    return error;
  }
  if (request.alignment.count() == 1 && window_covers_all(request)) {
    scatter_freely(request, out, work);
    return Errno::eok;
  }
  if (!can_scatter(request)) return Errno::enomem;
  scatter_constrained(request, out, work);
  return Errno::eok;
}

// Requires: a request that makes sense, for no more frames than are free.
template <BuddyBlocks Blocks>
Errno BuddyAllocator<Blocks>::allocate_contiguous(const FrameRequest& request, Extent& run, AllocatorWork& work) {
  const std::optional<Place> place = find_contiguous(Constraints(request), request.count.count(), work.steps);
  if (!place) return Errno::enomem;
  // Without constraints the place is the start of a block of the covering order.
  const FrameCount given =
      keeps_tail(tail_, request, extent()) ? order_covering(request.count).frames() : request.count;
  take_place(*place, given.count(), run, work);
  return Errno::eok;
}

// Requires: at least request.count frames are free.
template <BuddyBlocks Blocks>
void BuddyAllocator<Blocks>::scatter_freely(const FrameRequest& request, std::vector<Extent>& out,
                                            AllocatorWork& work) {
  unsigned order = geometry().top;
  if (!request.boundary.is_zero()) order = std::min(order, buddy_detail::log2_floor(request.boundary.count()));
  for (std::uint64_t left = request.count.count(); left != 0;) {
    order = std::min(order, buddy_detail::log2_floor(left));
    const std::uint64_t block = core_.allocate(order, work.splits);
    if (block == core_.kNoBlock) {
      order = buddy_detail::log2_floor(core_.blocks().free_orders());
      continue;
    }
    buddy_detail::set(out.emplace_back(), geometry().frame(block), FrameCount(buddy_detail::size_of(order)));
    left -= buddy_detail::size_of(order);
    ++work.steps;
  }
}

// Requires: can_scatter(request).
template <BuddyBlocks Blocks>
void BuddyAllocator<Blocks>::scatter_constrained(const FrameRequest& request, std::vector<Extent>& out,
                                                 AllocatorWork& work) {
  const Constraints want(request);
  const auto take_if_found = [&](const std::optional<Place>& place, std::uint64_t count) {
    if (place) take_place(*place, count, out.emplace_back(), work);
    return place.has_value();
  };
  const auto take_piece = [&](unsigned order) {
    const std::uint64_t size = buddy_detail::size_of(order);
    const auto start_in = [&](std::uint64_t first, std::uint64_t end) {
      return want.lowest_start(first, end, size, std::max(size, want.alignment));
    };
    return take_if_found(find_place(order, want, work.steps, start_in), size);
  };
  scatter_in_units(ScatterUnits(request, geometry().top), take_piece,
                   [&](std::uint64_t count) { return take_if_found(find_contiguous(want, count, work.steps), count); });
}

template <BuddyBlocks Blocks>
bool BuddyAllocator<Blocks>::can_scatter(const FrameRequest& request) const {
  PlaceCount places(request, geometry().top);
  const auto [low, high] = indices_of(Constraints(request));
  for (std::uint64_t orders = core_.blocks().free_orders(); orders != 0; orders &= orders - 1) {
    const auto order = static_cast<unsigned>(std::countr_zero(orders));
    const auto count_places = [&](std::uint32_t block) {
      const std::uint64_t first = geometry().frame(block).value();
      places.add_run(first, first + buddy_detail::size_of(order));
      return places.is_enough();
    };
    if (core_.blocks().any_free(order, low, high, count_places)) return true;
  }
  return false;
}

template <BuddyBlocks Blocks>
auto BuddyAllocator<Blocks>::find_contiguous(const Constraints& want, std::uint64_t count, std::uint32_t& steps) const
    -> std::optional<Place> {
  const unsigned covering = order_covering(FrameCount(count)).value();
  const std::uint64_t block_alignment = std::max(buddy_detail::size_of(covering), want.alignment);
  return find_place(covering, want, steps, [&](std::uint64_t first, std::uint64_t end) {
    const auto start = want.lowest_start(first, end, count, block_alignment);
    return start ? start : want.lowest_start(first, end, count);
  });
}

// start_in(first, end) says where in a free block, given in frame numbers, the extent would start.
template <BuddyBlocks Blocks>
template <class StartIn>
auto BuddyAllocator<Blocks>::find_place(unsigned least_order, const Constraints& want, std::uint32_t& steps,
                                        StartIn&& start_in) const -> std::optional<Place> {
  const auto [low, high] = indices_of(want);
  if (least_order > geometry().top) return std::nullopt;
  std::optional<Place> place;
  const auto look_at = [&](std::uint32_t block, unsigned order) {
    ++steps;
    const std::uint64_t first = geometry().frame(block).value();
    const std::optional<std::uint64_t> start = start_in(first, first + buddy_detail::size_of(order));
    if (start) place = Place{block, order, *start - geometry().origin};
    return start.has_value();
  };
  if constexpr (Blocks::kSmallestFirst) {
    for (std::uint64_t orders = core_.blocks().free_orders() >> least_order << least_order; orders != 0;
         orders &= orders - 1) {
      const auto order = static_cast<unsigned>(std::countr_zero(orders));
      const auto look_at_order = [&](std::uint32_t block) { return look_at(block, order); };
      if (core_.blocks().any_free(order, low, high, look_at_order)) break;
    }
  } else {
    core_.blocks().any_in_turn(least_order, low, high, look_at);
  }
  return place;
}

template <BuddyBlocks Blocks>
void BuddyAllocator<Blocks>::take_place(const Place& place, std::uint64_t count, Extent& taken, AllocatorWork& work) {
  core_.carve_free(place.block, place.order, place.start, place.start + count, work.splits);
  buddy_detail::set(taken, geometry().frame(place.start), FrameCount(count));
}

template <BuddyBlocks Blocks>
bool BuddyAllocator<Blocks>::can_allocate(const FrameRequest& request) const {
  const std::uint64_t count = request.count.count();
  if (validate(request) != Errno::eok || count > core_.free_frames() || !leaves_reserve(request)) return false;
  if (request.contiguity == Contiguity::scattered && count > 1) {
    return (request.alignment.count() == 1 && window_covers_all(request)) || can_scatter(request);
  }
  const unsigned covering = order_covering(request.count).value();
  if (covering > geometry().top) return false;
  std::uint32_t steps = 0;
  return find_contiguous(Constraints(request), count, steps).has_value();
}

// --- Release ---

template <BuddyBlocks Blocks>
void BuddyAllocator<Blocks>::do_release(Extent extent, CpuId, AllocatorWork& work) {
  const std::uint64_t count = extent.count.count();
  const std::uint64_t first = extent.first.value();
  MEMSIM_CHECK_THAT(first_ <= first && first < end_ && count - 1 < end_ - first,
                    "only frames of this allocator come back");
  const auto block = static_cast<std::uint32_t>(first - geometry().origin);
  const unsigned order = buddy_detail::log2_floor(count);
  if (!is_block_size(count) || !core_.release_alone(block, order)) return release_otherwise(block, count, work);
  work.steps = 1;
}

template <BuddyBlocks Blocks>
void BuddyAllocator<Blocks>::release_otherwise(std::uint32_t block, std::uint64_t count, AllocatorWork& work) {
  const unsigned order = buddy_detail::log2_floor(count);
  if (!is_block_size(count) || !core_.is_allocated(block, order)) return release_parts(block, count, work);
  work.merges = core_.release(block, order);
  work.steps = 1;
}

// An extent that is not just one block that was handed out: parts of blocks, or several.
template <BuddyBlocks Blocks>
void BuddyAllocator<Blocks>::release_parts(std::uint64_t first, std::uint64_t count, AllocatorWork& work) {
  const std::uint64_t end = first + count;
  for (std::uint64_t at = first; at < end;) {
    const auto block = static_cast<std::uint32_t>(at);
    unsigned order = core_.isolate(block);
    while (buddy_detail::size_of(order) > end - at)
      order = core_.halve_allocated(block, order);  // only the lower part comes back
    work.merges += core_.release(block, order);
    ++work.steps;
    at += buddy_detail::size_of(order);
  }
}

// --- Observers ---

template <BuddyBlocks Blocks>
void BuddyAllocator<Blocks>::for_each_free(const std::function<void(Extent)>& visit) const {
  core_.blocks().for_each_block([&](std::uint32_t block, unsigned order, bool free) {
    if (free) visit({geometry().frame(block), FrameCount(buddy_detail::size_of(order))});
  });
}

template <BuddyBlocks Blocks>
void BuddyAllocator<Blocks>::check_invariants() const {
  PerOrder free_blocks{};
  std::uint64_t free_frames = 0;
  std::uint64_t expected = geometry().first;
  std::optional<std::uint64_t> free_lower_half;  // the block before, where it is free and its buddy comes next
  unsigned lower_half_order = 0;
  core_.blocks().for_each_block([&](std::uint32_t block, unsigned order, bool free) {
    MEMSIM_CHECK_THAT(block == expected && order <= geometry().top, "blocks tile the extent");
    MEMSIM_CHECK_THAT((block & (buddy_detail::size_of(order) - 1)) == 0, "blocks are aligned to their size");
    expected = block + buddy_detail::size_of(order);
    const bool is_buddy =
        free_lower_half && lower_half_order == order && (block ^ buddy_detail::size_of(order)) == *free_lower_half;
    MEMSIM_CHECK_THAT(!(free && is_buddy && order < geometry().top), "two free buddies are one block");
    free_lower_half.reset();
    if (!free) return;
    ++free_blocks[order];
    free_frames += buddy_detail::size_of(order);
    free_lower_half = block;
    lower_half_order = order;
  });
  MEMSIM_CHECK_THAT(expected == geometry().end, "blocks tile the extent to its end");
  MEMSIM_CHECK_THAT(free_frames == core_.free_frames(), "the free frames add up");
  core_.blocks().check_lists(free_blocks);
}

}  // namespace memsim
