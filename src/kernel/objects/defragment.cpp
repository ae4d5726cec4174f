#include "kernel/objects/defragment.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>
#include <vector>

#include <memsim/base/check.hpp>
#include <memsim/base/contiguous_range.hpp>

#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

constexpr PageRange kAllPages{PageNumber(), PageNumber::max() - PageNumber()};

// Appends what of `run` is behind none of the ranges of `locked`, which ascend; ranges before the run are dropped.
void append_unlocked(const MovableRun& run, std::span<const PageRange>& locked, std::vector<MovableRun>& out) {
  PageNumber page = run.page;
  const PageNumber end = run.page + run.frames.count;
  while (!locked.empty() && locked.front().end() <= page) locked = locked.subspan(1);
  std::span<const PageRange> ahead = locked;
  while (page < end) {
    const PageNumber stop = ahead.empty() ? end : std::min(end, std::max(page, ahead.front().first));
    if (stop > page) out.push_back({{run.frames.first + (page - run.page), stop - page}, page, run.object});
    page = ahead.empty() ? end : std::max(stop, std::min(end, ahead.front().end()));
    if (!ahead.empty()) ahead = ahead.subspan(1);
  }
}

// Every run of the machine that can move, by address.
std::vector<MovableRun> movable_runs(const State& state) {
  std::vector<MovableRun> runs;
  std::vector<PageRange> held;
  state.objects.for_each([&](ObjectSlot slot, const MemoryObject& object) {
    if (!object.owns_frames() || object.stays_put) return;
    held.clear();
    object.locks.held(kAllPages, held);
    std::span<const PageRange> locked = held;
    object.for_each_run(state.page_size(), [&](PageNumber page, Extent frames) {
      append_unlocked({frames, page, slot}, locked, runs);
    });
  });
  std::sort(runs.begin(), runs.end(),
            [](const MovableRun& a, const MovableRun& b) { return a.frames.first < b.frames.first; });
  return runs;
}

// The free and the movable frames of the machine, by address; all others are pinned.
std::vector<FrameRun> frame_map(const PhysicalMemory& memory, std::span<const MovableRun> movable) {
  std::vector<FrameRun> map;
  for (std::size_t i = 0; i < memory.region_count(); ++i) {
    const RegionId region(static_cast<RegionId::rep>(i));
    memory.allocator(region).for_each_free([&map](Extent extent) { map.push_back({extent, FrameUse::free}); });
  }
  for (const MovableRun& run : movable) map.push_back({run.frames, FrameUse::movable});
  std::sort(map.begin(), map.end(),
            [](const FrameRun& a, const FrameRun& b) { return a.extent.first < b.extent.first; });
  return map;
}

std::optional<RangeChoice> cheapest_range_for(const PhysicalMemory& memory, const FrameRequest& request,
                                              std::span<const RegionId> from, std::span<const FrameRun> map) {
  const RangeShape shape{.count = request.count,
                         .alignment = request.alignment,
                         .boundary = request.boundary,
                         .window_first = request.window_first,
                         .window_end = request.window_end};
  std::optional<RangeChoice> best;
  for (const RegionId region : memory.candidates(from)) {
    const auto choice = cheapest_range(memory.region_extent(region), map, shape);
    if (choice && (!best || is_cheaper(*choice, *best))) best = choice;
  }
  return best;
}

// All frames of a range are free or find a free one in general memory, so that no request for more frames than these is
// worth a search.
FrameCount most_by_moving(const PhysicalMemory& memory, std::span<const RegionId> from) {
  return std::max(memory.free_frames(memory.general().movable()), memory.free_frames(from));
}

// The range that moves would clear for a request, or nothing where it cannot be served so.
std::optional<Extent> choose_range(const PhysicalMemory& memory, const FrameRequest& request,
                                   std::span<const RegionId> from, std::span<const FrameRun> map) {
  const auto choice = cheapest_range_for(memory, request, from, map);
  if (!choice || !choice->is_obtainable()) return std::nullopt;
  // The free frames of the range serve the requester, so that the moved ones must find room beside them. What moves is
  // general memory; where nothing does, the range is wherever the request wants it.
  const FrameRequest both{.count = request.count, .mobility = Mobility::movable, .cpu = request.cpu};
  if (!choice->movable.is_zero() && !memory.can_allocate(both, memory.general().movable())) return std::nullopt;
  return choice->range;
}

Extent intersection(Extent a, Extent b) {
  const FrameNumber first = std::max(a.first, b.first);
  return {first, std::max(first, std::min(a.end(), b.end())) - first};
}

// Makes the free frames of a range the requester's.
class Claiming {
 public:
  Claiming(Context& context, const FrameRequest& request, Extent range)
      : context_(context), mobility_(request.mobility), region_(*context.state.memory().region_of(range.first)) {
    made_.extents.push_back(range);
  }

  // Takes free frames from the allocator, as aligned blocks.
  void claim(Extent free) {
    while (!free.count.is_zero()) {
      const Order order = order_within(free.count);
      const int alignment = std::countr_zero(free.first.value());
      const Order block(std::min(order.value(), static_cast<unsigned>(alignment)));
      claim_block({free.first, block.frames()});
      free = {free.first + block.frames(), free.count - block.frames()};
    }
  }

  // The range, with the work that its free frames took, which are told of.
  [[nodiscard]] Allocation finish() {
    if (!claimed_.empty()) {
      context_.records.publish(FramesClaimed{
          .pid = context_.request.pid, .cpu = context_.request.cpu, .mobility = mobility_, .extents = claimed_});
    }
    return std::move(made_);
  }

 private:
  // A policy need not have a block of this shape even where its frames are free: then its halves.
  void claim_block(Extent block) {
    const FrameRequest exactly{.count = block.count,
                               .contiguity = Contiguity::contiguous,
                               .mobility = mobility_,
                               .cpu = context_.request.cpu,
                               .window_first = block.first,
                               .window_end = block.end()};
    const auto claimed = context_.state.machine.take(exactly, std::span(&region_, 1));
    if (claimed) {
      made_.work += claimed->allocation.work;
      claimed_.push_back(block);
      return;
    }
    MEMSIM_CHECK_THAT(block.count > FrameCount(1), "a policy gives out a free frame that is asked for");
    const FrameCount half = block.count / 2;
    claim_block({block.first, half});
    claim_block({block.first + half, half});
  }

  Context& context_;
  Mobility mobility_;
  RegionId region_;
  Allocation made_;
  std::vector<Extent> claimed_;  // by claim(), and not yet published
};

// What of `movable` lies in the range, each object's together and by ascending page, the objects by ascending id.
std::vector<MovableRun> in_the_way(const State& state, Extent range, std::span<const MovableRun> movable) {
  std::vector<MovableRun> runs;
  for (const MovableRun& run : movable) {
    const Extent inside = intersection(run.frames, range);
    if (inside.count.is_zero()) continue;
    runs.push_back({inside, run.page + (inside.first - run.frames.first), run.object});
  }
  const auto key = [&state](const MovableRun& run) { return std::pair(state.objects.at(run.object).id, run.page); };
  std::sort(runs.begin(), runs.end(), [key](const MovableRun& a, const MovableRun& b) { return key(a) < key(b); });
  return runs;
}

Allocation take_range(Context& context, const FrameRequest& request, Extent range, std::span<const FrameRun> map,
                      std::span<const MovableRun> movable) {
  Claiming claiming(context, request, range);
  for (const FrameRun& run : map) {
    if (run.use == FrameUse::free) claiming.claim(intersection(run.extent, range));
  }
  Allocation made = claiming.finish();
  const std::vector<MovableRun> runs = in_the_way(context.state, range, movable);
  for (std::size_t first = 0, end = 0; first < runs.size(); first = end) {
    while (end < runs.size() && runs[end].object == runs[first].object) ++end;
    made.work += move_frames(context, std::span(runs).subspan(first, end - first));
  }
  return made;
}

}  // namespace

FrameMap::FrameMap(const State& state) : movable(movable_runs(state)), runs(frame_map(state.memory(), movable)) {}

FrameMap::FrameMap(const State& state, std::span<const RegionId> of) : FrameMap(state) {
  const auto is_elsewhere = [&](Extent extent) {
    return std::none_of(of.begin(), of.end(),
                        [&](RegionId region) { return state.memory().region_extent(region).overlaps(extent); });
  };
  std::erase_if(movable, [&](const MovableRun& run) { return is_elsewhere(run.frames); });
  std::erase_if(runs, [&](const FrameRun& run) { return is_elsewhere(run.extent); });
}

AllocatorWork move_frames(Context& context, std::span<const MovableRun> runs) {
  State& state = context.state;
  std::vector<PageRange> pages;
  std::vector<Extent> frames;
  FrameRequest shelter{.count = FrameCount(), .mobility = Mobility::movable, .cpu = context.request.cpu};
  for (const MovableRun& run : runs) {
    pages.push_back({run.page, run.frames.count});
    frames.push_back(run.frames);
    shelter.count += run.frames.count;
  }
  const auto found = state.machine.take(shelter, state.memory().general().movable());
  MEMSIM_CHECK_THAT(found.has_value(), "memory serves what it said it could");
  context.work().frames_moved += shelter.count.count();
  ObjectEdit edit(state, runs.front().object);
  edit.object().replace_frames(pages, found->allocation.extents, state.page_size(), touching_of(state.semantics));
  context.records.publish(FramesMoved{.object = edit.object().id,
                                      .pid = context.request.pid,
                                      .cpu = shelter.cpu,
                                      .from = frames,
                                      .to = found->allocation.extents});
  if (!edit.object().of_system) publish_populated(context, edit.object());
  return found->allocation.work;
}

SimResult<TakenFrames> take_by_moving(Context& context, const FrameRequest& request, std::span<const RegionId> from) {
  State& state = context.state;
  if (request.count > most_by_moving(state.memory(), from)) return refused(Errno::enomem);
  const bool of_areas = state.memory().region(from.back()).cma;
  const FrameMap map = of_areas ? FrameMap(state, from) : FrameMap(state);
  context.work().allocator.steps += static_cast<std::uint32_t>(map.runs.size());
  const auto range = choose_range(state.memory(), request, from, map.runs);
  if (!range) return refused(Errno::enomem);
  return TakenFrames{
      .allocation = take_range(context, request, *range, map.runs, map.movable), .request = request, .from = from};
}

bool Prospects::serves(const FrameRequest& request, const RegionLists& pool) {
  const PhysicalMemory& memory = state_.memory();
  const std::span<const RegionId> from = pool.serving(request);
  if (from.empty()) return false;
  if (memory.can_allocate(request, from)) return true;
  std::span<const RegionId> cleared = pool.claims_area(request) ? pool.areas() : std::span<const RegionId>();
  if (may_move_for(state_, request.contiguity)) cleared = from;
  if (cleared.empty() || request.count > most_by_moving(memory, cleared)) return false;
  if (!map_) map_.emplace(state_);
  return choose_range(memory, request, cleared, map_->runs).has_value();
}

FrameCount Prospects::largest(FrameRequest shape, const RegionLists& pool) {
  const bool is_run = shape.contiguity == Contiguity::contiguous;
  const std::span<const RegionId> from = is_run ? pool.contiguous() : pool.serving(shape);
  if (from.empty()) return {};
  FrameCount served = state_.memory().largest_request(shape, from);
  if (!may_move_for(state_, shape.contiguity) && (!is_run || pool.areas().empty())) return served;
  // A range that can be cleared holds one for each smaller count, so that halving finds where that ends.
  FrameCount refused = most_by_moving(state_.memory(), from) + FrameCount(1);
  while (refused - served > FrameCount(1)) {
    shape.count = served + (refused - served) / 2;
    (serves(shape, pool) ? served : refused) = shape.count;
  }
  return served;
}

}  // namespace memsim::memmgr
