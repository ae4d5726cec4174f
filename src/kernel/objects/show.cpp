#include "kernel/objects/show.hpp"

#include <algorithm>

#include "kernel/objects/mappings.hpp"
#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

// The part of a run of an object's pages that a mapping shows.
void append_shown(const Mapping& mapping, PageRange shown, PageNumber page, Extent frames, PageSize page_size,
                  std::vector<ShownRun>& out) {
  const PageNumber first = std::max(page, shown.first);
  const PageNumber end = std::min(page + frames.count, shown.end());
  if (first >= end) return;
  out.push_back({.start = mapping.start + page_size.bytes_of(first - shown.first),
                 .length = page_size.bytes_of(end - first),
                 .paddr = page_size.address_of(frames.first + (first - page)),
                 .protection = mapping.protection});
}

}  // namespace

ShownMemory show(const State& state, const ProcessState& process) {
  const PageSize page_size = state.page_size();
  ShownMemory shown;
  for (const Mapping& mapping : process.space.mappings()) {
    shown.mapped.push_back({mapping.start, mapping.length});
    if (mapping.object == kNoObject) {
      shown.present.push_back({mapping.start, mapping.length, PhysAddr(mapping.offset.count()), mapping.protection});
      continue;
    }
    const PageRange pages = pages_shown(mapping, page_size);
    state.objects.at(mapping.object).for_each_run(page_size, [&](PageNumber page, Extent frames) {
      append_shown(mapping, pages, page, frames, page_size, shown.present);
    });
  }
  return shown;
}

std::optional<PhysAddr> page_to_copy(const State& state, const ProcessState& process, VirtAddr address) {
  const Mapping* mapping = process.space.find(address);
  if (mapping == nullptr || mapping->object == kNoObject) return std::nullopt;
  const MemoryObject& copy = state.objects.at(mapping->object);
  if (copy.origin == kNoObject) return std::nullopt;
  const Bytes page_bytes = state.page_size().bytes();
  Bytes offset = mapping->offset + (address - mapping->start);
  offset -= offset % page_bytes;
  if (copy.find(offset, state.page_size())) return std::nullopt;
  const auto place = state.objects.at(copy.origin).find(copy.origin_offset + offset, state.page_size());
  if (!place) return std::nullopt;
  return place->paddr;
}

}  // namespace memsim::memmgr
