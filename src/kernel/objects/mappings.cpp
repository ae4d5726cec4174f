#include "kernel/objects/mappings.hpp"

#include <algorithm>

#include "kernel/objects/defragment.hpp"
#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

// What lies in CMA areas of the pages of an object that could move so far, by ascending page.
std::vector<MovableRun> borrowed(const State& state, ObjectSlot slot, PageRange pages) {
  std::vector<MovableRun> runs;
  const PhysicalMemory& memory = state.memory();
  const MemoryObject& object = state.objects.at(slot);
  if (memory.general().areas().empty() || object.stays_put || !object.owns_frames()) return runs;
  object.for_each_run(state.page_size(), [&](PageNumber page, Extent frames) {
    const PageNumber first = std::max(page, pages.first);
    const PageNumber end = std::min(page + frames.count, pages.end());
    for (PageNumber at = first; at < end; at += runs.back().frames.count) {
      const FrameNumber frame = frames.first + (at - page);
      const RegionId region = *memory.region_of(frame);
      const FrameCount count = std::min(end - at, memory.region_extent(region).end() - frame);
      runs.push_back({{frame, count}, at, slot});
    }
  });
  std::erase_if(runs, [&](const MovableRun& run) { return !memory.region(*memory.region_of(run.frames.first)).cma; });
  return runs;
}

bool has_room(const State& state, FrameCount count, CpuId cpu) {
  const PhysicalMemory& memory = state.memory();
  const FrameRequest request{.count = count, .mobility = Mobility::movable, .cpu = cpu};
  return count.is_zero() || memory.can_allocate(request, memory.general().fixed());
}

FrameCount frames_of(std::span<const MovableRun> runs) {
  FrameCount frames;
  for (const MovableRun& run : runs) frames += run.frames.count;
  return frames;
}

void leave_areas(Context& context, ObjectSlot slot, std::span<const PageRange> locked) {
  for (const PageRange& pages : locked) {
    const std::vector<MovableRun> runs = borrowed(context.state, slot, pages);
    if (runs.empty() || !has_room(context.state, frames_of(runs), context.request.cpu)) continue;
    context.work().allocator += move_frames(context, runs);
    std::vector<Extent> left;
    for (const MovableRun& run : runs) left.push_back(run.frames);
    context.work().allocator += context.state.machine.vacate(context.records, left, context.request.cpu);
  }
}

}  // namespace

bool may_lock(const State& state, std::span<const Mapping> mappings) {
  std::vector<MovableRun> runs;
  for (const Mapping& mapping : mappings) {
    if (mapping.object == kNoObject) continue;
    const std::vector<MovableRun> more = borrowed(state, mapping.object, pages_shown(mapping, state.page_size()));
    runs.insert(runs.end(), more.begin(), more.end());
  }
  // Several mappings may show the same.
  std::sort(runs.begin(), runs.end(),
            [](const MovableRun& a, const MovableRun& b) { return a.frames.first < b.frames.first; });
  FrameCount frames;
  FrameNumber counted;
  for (const MovableRun& run : runs) {
    const FrameNumber first = std::max(counted, run.frames.first);
    counted = std::max(first, run.frames.end());
    frames += counted - first;
  }
  return has_room(state, frames, CpuId());
}

std::vector<Mapping> pieces_of(const AddressSpace& space, VirtRange range) {
  std::vector<Mapping> pieces;
  for (VirtAddr at = range.start; at < range.end();) {
    const Mapping& mapping = *space.find(at);
    Mapping piece = mapping;
    piece.start = at;
    piece.length = std::min(mapping.end(), range.end()) - at;
    piece.offset = mapping.offset + (at - mapping.start);
    pieces.push_back(piece);
    at = mapping.end();
  }
  return pieces;
}

std::optional<VirtRange> pages_of(std::uint64_t address, Bytes length, PageSize page_size) {
  const VirtAddr end = std::min(saturating_add(VirtAddr(address), length), AddressSpace::kEnd);
  const std::uint64_t mask = page_size.bytes().count() - 1;
  const VirtAddr start(address & ~mask);
  if (VirtAddr(address) > AddressSpace::kEnd) return std::nullopt;
  if (end <= VirtAddr(address)) return VirtRange{start, Bytes()};
  return VirtRange{start, page_size.bytes_of(page_size.frames_covering(end - start))};
}

PageRange pages_shown(const Mapping& mapping, PageSize page_size) {
  return {page_at(mapping.offset, page_size), page_size.frames_covering(mapping.length)};
}

void lock_pages(Context& context, const Mapping& mapping) {
  if (mapping.object == kNoObject) return;
  State& state = context.state;
  MemoryObject& object = state.objects.at(mapping.object);
  std::vector<PageRange> newly;
  object.locks.add(pages_shown(mapping, state.page_size()), newly);
  if (object.stays_put || !object.owns_frames()) return;
  leave_areas(context, mapping.object, newly);
  std::vector<Extent> extents;
  for (const PageRange& range : newly) object.collect(range, state.page_size(), extents);
  change_pinned(context, object, extents, Pinning::pin);
}

void unlock_pages(Context& context, const Mapping& mapping) {
  if (mapping.object == kNoObject) return;
  State& state = context.state;
  MemoryObject& object = state.objects.at(mapping.object);
  std::vector<PageRange> no_longer;
  object.locks.remove(pages_shown(mapping, state.page_size()), no_longer);
  if (object.stays_put || !object.owns_frames()) return;
  std::vector<Extent> extents;
  for (const PageRange& range : no_longer) object.collect(range, state.page_size(), extents);
  change_pinned(context, object, extents, Pinning::unpin);
}

void lock_range(Context& context, VirtRange range, bool locked) {
  std::vector<Mapping> changed;
  context.process.space.set_locked(range.start, range.length, locked, changed);
  for (const Mapping& piece : changed) {
    if (piece.object != kNoObject) context.outcome.object = context.state.objects.at(piece.object).id;
    locked ? lock_pages(context, piece) : unlock_pages(context, piece);
  }
}

void enter_mapping(Context& context, const Mapping& mapping) {
  State& state = context.state;
  const PageSize page_size = state.page_size();
  context.process.space.insert(mapping);
  FrameCount entered = page_size.frames_covering(mapping.length);
  if (mapping.object != kNoObject) {
    MemoryObject& object = state.objects.at(mapping.object);
    object.mapped_pages += entered;
    entered = object.resident(mapping.offset, mapping.length, page_size);
  }
  context.work().pages_mapped += entered.count();
}

void remove_mappings(Context& context, VirtRange range) {
  State& state = context.state;
  const PageSize page_size = state.page_size();
  std::vector<Mapping> removed;
  context.process.space.remove(range.start, range.length, removed);
  for (const Mapping& piece : removed) {
    FrameCount left = page_size.frames_covering(piece.length);
    if (piece.object == kNoObject) {
      context.work().pages_unmapped += left.count();
      continue;
    }
    if (piece.locked) unlock_pages(context, piece);
    const FrameCount resident = state.objects.at(piece.object).resident(piece.offset, piece.length, page_size);
    context.work().pages_unmapped += resident.count();
    state.objects.at(piece.object).mapped_pages -= left;
    const MemoryObject& object = state.objects.at(piece.object);
    if (object.of_mapping && object.is_referenced() && !resident.is_zero()) {
      ObjectEdit edit(state, piece.object);
      release_pages(context, edit.object(), pages_shown(piece, page_size));
      publish_populated(context, edit.object());
    }
    destroy_if_unreferenced(context, piece.object);
  }
}

}  // namespace memsim::memmgr
