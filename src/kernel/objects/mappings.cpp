#include "kernel/objects/mappings.hpp"

#include <algorithm>

#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {

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
