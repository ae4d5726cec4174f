#include "phys/linux/linux_allocator.hpp"

#include <algorithm>
#include <bit>

#include "phys/requests/scatter_units.hpp"

namespace memsim {
namespace {

constexpr unsigned log2_floor(std::uint64_t value) { return static_cast<unsigned>(std::bit_width(value)) - 1; }

unsigned covering_order(const FrameRequest& request) { return order_covering(request.count).value(); }

}  // namespace

LinuxAllocator::LinuxAllocator(Extent extent, const Options& options)
    : options_(options),
      zone_(extent, options.top_order, options.page_block_order),
      cpu_lists_(options.limits),
      free_(extent.count.count()) {}

LinuxAllocator::LinuxAllocator(Extent extent, const Options& options, const LinuxFreeLists& start)
    : LinuxAllocator(extent, options) {
  const auto index_of = [this](FrameNumber frame) {
    return static_cast<std::uint32_t>(frame.value() - geometry().origin);
  };
  std::uint64_t index = geometry().first;
  for (const Mobility type : start.page_block_types) {
    zone_.set_page_block_type(static_cast<std::uint32_t>(index), type);
    index = align_up(index + 1, frames_of_order(zone_.page_block_order()));
  }
  MEMSIM_CHECK_THAT(index >= geometry().end, "every page block has a type");
  zone_.start_allocated();
  free_ = 0;
  const auto is_fitting = [&](FrameNumber first, Order order) {
    return order.value() <= geometry().top && extent.contains(Extent{first, order.frames()});
  };
  for (const LinuxFreeLists::Block& block : start.blocks) {
    MEMSIM_CHECK_THAT(is_fitting(block.first, block.order), "a listed block lies in the zone");
    zone_.clear_allocated(index_of(block.first), block.order.value());
    zone_.start_free(index_of(block.first), block.order.value());
    free_ += block.order.frames().count();
  }
  for (const LinuxFreeLists::CachedBlock& block : start.cached) {
    MEMSIM_CHECK_THAT(is_fitting(block.first, block.order) && options_.has_cpu_lists &&
                          LinuxCpuLists::holds(zone_, block.order.value()),
                      "a cached block lies in the zone and is of an order that is cached");
    zone_.clear_allocated(index_of(block.first), block.order.value());
    cpu_lists_.start_cached(zone_, block.cpu, index_of(block.first), block.order.value(), block.type);
    free_ += block.order.frames().count();
  }
  for (std::size_t cpu = 0; cpu < start.high.size(); ++cpu) {
    cpu_lists_.start_tuned(CpuId(static_cast<CpuId::rep>(cpu)), start.high[cpu]);
  }
}

std::unique_ptr<FrameAllocator> LinuxAllocator::clone() const {
  return std::unique_ptr<FrameAllocator>(new LinuxAllocator(*this));
}

// --- What a request needs ---

std::uint64_t LinuxAllocator::low(const FrameRequest& request) const {
  const std::uint64_t first = request.window_first.value();
  return first > geometry().origin ? std::min(first - geometry().origin, geometry().end) : 0;
}

std::uint64_t LinuxAllocator::high(const FrameRequest& request) const {
  const std::uint64_t end = request.window_end.value();
  return end > geometry().origin ? std::min(end - geometry().origin, geometry().end) : 0;
}

auto LinuxAllocator::kind_of(const FrameRequest& request) const -> Kind {
  const bool is_everywhere = low(request) <= geometry().first && high(request) == geometry().end;
  const bool is_scattered = request.contiguity == Contiguity::scattered && request.count.count() > 1;
  if (is_scattered) return is_everywhere && request.alignment.count() == 1 ? Kind::pages : Kind::units;
  const std::uint64_t size = frames_of_order(covering_order(request));
  const bool is_block = is_everywhere && request.alignment.count() <= size &&
                        (request.boundary.is_zero() || request.boundary.count() >= size);
  return is_block ? Kind::block : Kind::run;
}

bool LinuxAllocator::is_ready(const FrameRequest& request) const {
  switch (kind_of(request)) {
    case Kind::block:
      return has_block(request, covering_order(request));
    case Kind::run: {
      std::uint32_t steps = 0;
      return find_place(request, request.count.count(), request.alignment.count(), steps).has_value();
    }
    case Kind::pages:
      return true;  // as many frames are free
    case Kind::units:
      break;
  }
  PlaceCount places(request, geometry().top);
  for (unsigned order = 0; order <= geometry().top; ++order) {
    for (const Mobility type : LinuxZone::search_order(request.mobility)) {
      const bool is_enough = zone_.any_free(order, type, low(request), high(request), [&](std::uint32_t block) {
        const std::uint64_t first = geometry().frame(block).value();
        places.add_run(first, first + frames_of_order(order));
        return places.is_enough();
      });
      if (is_enough) return true;
    }
  }
  return false;
}

bool LinuxAllocator::is_ready_if_drained(const FrameRequest& request) const {
  if (cpu_lists_.cached_frames() == 0) return false;
  const Constraints want(request);
  const Kind kind = kind_of(request);
  PlaceCount places(request, geometry().top);
  return zone_.any_block_if_drained(low(request), high(request), [&](std::uint32_t block, unsigned order) {
    if (kind == Kind::block) return order >= covering_order(request);
    if (kind == Kind::run) {
      return start_in(want, block, order, request.count.count(), request.alignment.count()).has_value();
    }
    const std::uint64_t first = geometry().frame(block).value();
    places.add_run(first, first + frames_of_order(order));
    return places.is_enough();
  });
}

bool LinuxAllocator::can_allocate(const FrameRequest& request) const {
  if (validate(request) != Errno::eok || request.count.count() > free_) return false;
  return is_ready(request) || is_ready_if_drained(request);
}

// --- Allocation ---

Errno LinuxAllocator::do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  if (const Errno error = validate(request); error != Errno::eok) return error;
  if (request.count.count() > free_) return Errno::enomem;
  if (!is_ready(request)) {
    if (!is_ready_if_drained(request)) return Errno::enomem;
    cpu_lists_.drain(zone_, work);
  }
  switch (kind_of(request)) {
    case Kind::block:
      allocate_block(request, out, work);
      break;
    case Kind::run:
      allocate_place(request, request.count.count(), out, work);
      break;
    case Kind::pages:
      allocate_pages(request, out, work);
      break;
    case Kind::units:
      allocate_units(request, out, work);
      break;
  }
  free_ -= request.count.count();
  return Errno::eok;
}

// Requires: has_block().
std::uint32_t LinuxAllocator::take_block(const FrameRequest& request, unsigned order, AllocatorWork& work) {
  const bool is_cached = options_.has_cpu_lists && LinuxCpuLists::holds(zone_, order);
  const std::uint64_t block = is_cached ? cpu_lists_.take(zone_, request.cpu, order, request.mobility, work)
                                        : zone_.take(order, request.mobility, work);
  MEMSIM_CHECK_THAT(block != LinuxZone::kNoBlock, "a block that was seen is taken");
  return static_cast<std::uint32_t>(block);
}

void LinuxAllocator::allocate_block(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  const unsigned order = covering_order(request);
  const std::uint32_t block = take_block(request, order, work);
  const std::uint64_t count = request.count.count();
  set_allocated(block, count, request.mobility);
  for (std::uint64_t i = count; i < frames_of_order(order); ++i) {
    zone_.give(block + static_cast<std::uint32_t>(i), 0, work, LinuxZone::End::tail);
  }
  out.push_back({geometry().frame(block), request.count});
}

void LinuxAllocator::allocate_place(const FrameRequest& request, std::uint64_t count, std::vector<Extent>& out,
                                    AllocatorWork& work) {
  const std::optional<Place> place = find_place(request, count, request.alignment.count(), work.steps);
  MEMSIM_CHECK_THAT(place.has_value(), "a place that was seen is found");
  take_place(*place, request, count, out, work);
}

void LinuxAllocator::allocate_pages(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  unsigned largest = std::min(options_.scatter_order.value(), geometry().top);
  if (!request.boundary.is_zero()) largest = std::min(largest, log2_floor(request.boundary.count()));
  const std::size_t before = out.size();
  for (std::uint64_t left = request.count.count(); left != 0;) {
    unsigned order = std::min(largest, log2_floor(left));
    while (order != 0 && !has_block(request, order)) --order;
    if (!has_block(request, order)) cpu_lists_.drain(zone_, work);
    const std::uint32_t block = take_block(request, order, work);
    zone_.set_allocated(block, order, request.mobility);
    left -= frames_of_order(order);
    append_block(request, {geometry().frame(block), FrameCount(frames_of_order(order))}, before, out);
  }
}

void LinuxAllocator::allocate_units(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  const auto take_piece = [&](unsigned order) {
    const std::uint64_t size = frames_of_order(order);
    const auto place = find_place(request, size, std::max(size, request.alignment.count()), work.steps);
    if (place) take_place(*place, request, size, out, work);
    return place.has_value();
  };
  scatter_in_units(ScatterUnits(request, geometry().top), take_piece, [&](std::uint64_t count) {
    allocate_place(request, count, out, work);
    return true;
  });
}

std::optional<std::uint64_t> LinuxAllocator::start_in(const Constraints& want, std::uint32_t block, unsigned order,
                                                      std::uint64_t count, std::uint64_t alignment) const {
  const std::uint64_t first = geometry().frame(block).value();
  const std::optional<std::uint64_t> start = want.lowest_start(first, first + frames_of_order(order), count, alignment);
  if (!start) return std::nullopt;
  return *start - geometry().origin;
}

auto LinuxAllocator::find_place(const FrameRequest& request, std::uint64_t count, std::uint64_t alignment,
                                std::uint32_t& steps) const -> std::optional<Place> {
  const Constraints want(request);
  const std::uint64_t first = low(request);
  const std::uint64_t end = high(request);
  if (first >= end) return std::nullopt;
  if (end - first <= frames_of_order(geometry().top)) return find_by_address(request, count, alignment, steps);
  for (unsigned order = order_covering(FrameCount(count)).value(); order <= geometry().top; ++order) {
    for (const Mobility type : LinuxZone::search_order(zone_.effective(request.mobility))) {
      Place place;
      const bool found = zone_.any_free(order, type, first, end, [&](std::uint32_t block) {
        ++steps;
        const std::optional<std::uint64_t> start = start_in(want, block, order, count, alignment);
        if (start) place = {block, order, *start};
        return start.has_value();
      });
      if (found) return place;
    }
  }
  return std::nullopt;
}

auto LinuxAllocator::find_by_address(const FrameRequest& request, std::uint64_t count, std::uint64_t alignment,
                                     std::uint32_t& steps) const -> std::optional<Place> {
  const Constraints want(request);
  std::optional<Place> best;
  zone_.any_block(low(request), high(request), [&](std::uint32_t block, unsigned order, LinuxZone::Use use) {
    ++steps;
    if (use != LinuxZone::Use::free || (best && best->order <= order)) return false;
    const std::optional<std::uint64_t> start = start_in(want, block, order, count, alignment);
    if (start) best = Place{block, order, *start};
    return false;
  });
  return best;
}

void LinuxAllocator::take_place(const Place& place, const FrameRequest& request, std::uint64_t count,
                                std::vector<Extent>& out, AllocatorWork& work) {
  zone_.carve(place.block, place.order, place.start, place.start + count, request.mobility, work);
  set_allocated(place.start, count, request.mobility);
  out.push_back({geometry().frame(place.start), FrameCount(count)});
}

// An aligned power of two is one block; other runs are single frames.
void LinuxAllocator::set_allocated(std::uint64_t first, std::uint64_t count, Mobility type) {
  if (is_power_of_two(count) && (first & (count - 1)) == 0) {
    return zone_.set_allocated(static_cast<std::uint32_t>(first), log2_floor(count), type);
  }
  for (std::uint64_t i = 0; i < count; ++i) zone_.set_allocated(static_cast<std::uint32_t>(first + i), 0, type);
}

// --- Release ---

void LinuxAllocator::do_release(Extent extent, CpuId cpu, AllocatorWork& work) {
  MEMSIM_CHECK_THAT(!extent.count.is_zero() && extent.first >= geometry().extent.first &&
                        extent.count <= geometry().extent.count &&
                        extent.first - geometry().extent.first <= geometry().extent.count - extent.count,
                    "only frames of this allocator come back");
  const std::uint64_t end = extent.end().value() - geometry().origin;
  for (std::uint64_t at = extent.first.value() - geometry().origin; at < end;) {
    const auto block = static_cast<std::uint32_t>(at);
    const unsigned order = zone_.allocated_order(block, end);
    release_block(block, order, cpu, work);
    at += frames_of_order(order);
  }
  free_ += extent.count.count();
}

void LinuxAllocator::release_block(std::uint32_t block, unsigned order, CpuId cpu, AllocatorWork& work) {
  zone_.clear_allocated(block, order);
  if (options_.has_cpu_lists && cpu != kNoCpu && LinuxCpuLists::holds(zone_, order)) {
    return cpu_lists_.give(zone_, cpu, block, order, work);
  }
  // Page block by page block, because each goes to the lists of its own type (split_large_buddy).
  const unsigned part = std::min(order, zone_.page_block_order());
  for (std::uint64_t i = 0; i < frames_of_order(order); i += frames_of_order(part)) {
    zone_.give(block + static_cast<std::uint32_t>(i), part, work);
  }
}

AllocatorWork LinuxAllocator::decay(CpuId cpu) {
  AllocatorWork work;
  if (options_.has_cpu_lists) cpu_lists_.decay(zone_, cpu, work);
  return work;
}

// --- Observers ---

void LinuxAllocator::for_each_free(const std::function<void(Extent)>& visit) const {
  zone_.any_block(geometry().first, geometry().end, [&](std::uint32_t block, unsigned order, LinuxZone::Use use) {
    if (use != LinuxZone::Use::allocated) visit({geometry().frame(block), FrameCount(frames_of_order(order))});
    return false;
  });
}

std::size_t LinuxAllocator::metadata_bytes() const {
  return sizeof(*this) + zone_.metadata_bytes() + cpu_lists_.processors().capacity() * sizeof(LinuxCpuLists::Processor);
}

void LinuxAllocator::check_invariants() const {
  cpu_lists_.check(zone_);
  MEMSIM_CHECK_THAT(zone_.check() == free_, "the free frames add up");
}

PerOrder LinuxAllocator::free_blocks() const {
  PerOrder counts{};
  for (unsigned order = 0; order <= geometry().top; ++order) {
    for (std::size_t i = 0; i < kMobilityCount; ++i) {
      zone_.any_free(order, static_cast<Mobility>(i), 0, geometry().space, [&](std::uint32_t) {
        ++counts[order];
        return false;
      });
    }
  }
  return counts;
}

LinuxFreeLists LinuxAllocator::free_lists() const {
  LinuxFreeLists lists;
  for (unsigned order = 0; order <= geometry().top; ++order) {
    for (std::size_t i = 0; i < kMobilityCount; ++i) {
      const auto type = static_cast<Mobility>(i);
      zone_.any_free(order, type, 0, geometry().space, [&](std::uint32_t block) {
        lists.blocks.push_back({geometry().frame(block), Order(order), type});
        ++lists.free_blocks_by_type[i][order];
        return false;
      });
    }
  }
  for (std::size_t cpu = 0; cpu < cpu_lists_.processors().size(); ++cpu) {
    const LinuxCpuLists::Processor& processor = cpu_lists_.processors()[cpu];
    lists.high.push_back(processor.high);
    for (std::size_t i = 0; i < LinuxCpuLists::kListCount; ++i) {
      zone_.links().any_of(processor.lists[i], [&](std::uint32_t block) {
        lists.cached.push_back({geometry().frame(block), Order(LinuxCpuLists::order_of_list(zone_, i)),
                                LinuxCpuLists::type_of_list(i), CpuId(static_cast<CpuId::rep>(cpu))});
        return false;
      });
    }
  }
  for (std::uint64_t at = geometry().first; at < geometry().end;) {
    lists.page_block_types.push_back(zone_.page_block_type(static_cast<std::uint32_t>(at)));
    at = align_up(at + 1, frames_of_order(zone_.page_block_order()));
  }
  return lists;
}

}  // namespace memsim
