#include <memsim/vm/memory_object.hpp>

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

PageNumber page_at(Bytes offset, PageSize page_size) { return PageNumber(offset.count() >> page_size.shift()); }

}  // namespace

bool MemoryObject::is_physical_memory_object() const {
  switch (kind) {
    case ObjectKind::ram:
    case ObjectKind::contiguous:
    case ObjectKind::physical:
      return true;
    case ObjectKind::typed:
      return !of_mapping;
    case ObjectKind::empty:
    case ObjectKind::truncated:
    case ObjectKind::lazy:
    case ObjectKind::anonymous:
      return false;
  }
  return false;
}

bool MemoryObject::is_referenced() const {
  return named || descriptions != 0 || copies != 0 || !mapped_pages.is_zero();
}

FrameCount MemoryObject::frames(PageSize page_size) const {
  if (!owns_frames()) return {};
  return is_paged() ? pages.frames() : page_size.frames_covering(segments.backing());
}

std::uint64_t MemoryObject::segment_count() const {
  return is_paged() ? pages.run_count() : segments.segments().size();
}

std::optional<MemoryObject::Place> MemoryObject::find(Bytes offset, PageSize page_size) const {
  if (is_paged()) {
    const auto place = pages.find(page_at(offset, page_size));
    if (!place) return std::nullopt;
    const Bytes in_page = offset % page_size.bytes();
    return Place{page_size.address_of(place->frame) + in_page, page_size.bytes_of(place->run) - in_page};
  }
  if (offset >= segments.backing()) return std::nullopt;
  const std::span<const Segment> all = segments.segments();
  std::size_t index = segments.find(offset);
  const PhysAddr paddr = all[index].paddr + (offset - all[index].offset);
  while (index + 1 < all.size() && all[index].paddr + all[index].length == all[index + 1].paddr) ++index;
  return Place{paddr, all[index].end() - offset};
}

FrameCount MemoryObject::resident(Bytes offset, Bytes length, PageSize page_size) const {
  const PageRange range{page_at(offset, page_size), page_size.frames_covering(length)};
  if (is_paged()) return pages.resident(range);
  const FrameCount backed = page_size.frames_covering(segments.backing());
  const PageNumber end = std::min(range.end(), PageNumber() + backed);
  return end > range.first ? end - range.first : FrameCount();
}

void MemoryObject::collect(PageRange range, PageSize page_size, std::vector<Extent>& out) const {
  if (is_paged()) {
    pages.collect(range, out);
    return;
  }
  const PageNumber end = std::min(range.end(), PageNumber() + page_size.frames_covering(segments.backing()));
  if (range.first >= end) return;
  const Bytes first(range.first.value() << page_size.shift());
  const Bytes last(end.value() << page_size.shift());
  const std::span<const Segment> all = segments.segments();
  for (std::size_t i = segments.find(first); i < all.size() && all[i].offset < last; ++i) {
    const Bytes from = std::max(first, all[i].offset);
    const Bytes to = std::min(last, all[i].end());
    const PhysAddr paddr = all[i].paddr + (from - all[i].offset);
    out.push_back({page_size.frame_of(paddr), page_size.frames_covering(to - from)});
  }
}

ObjectSlot ObjectTable::create() {
  MEMSIM_CHECK_THAT(!is_exhausted(), "an id is left");
  ObjectSlot slot(static_cast<std::uint32_t>(objects_.size()));
  if (free_.empty()) {
    objects_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  objects_[slot.value()].id = ObjectId(++last_id_);
  return slot;
}

void ObjectTable::destroy(ObjectSlot slot) {
  at(slot) = MemoryObject{};
  free_.push_back(slot);
}

MemoryObject& ObjectTable::at(ObjectSlot slot) {
  MEMSIM_CHECK_THAT(slot.value() < objects_.size() && objects_[slot.value()].id != ObjectId(), "a live object");
  return objects_[slot.value()];
}

const MemoryObject& ObjectTable::at(ObjectSlot slot) const {
  MEMSIM_CHECK_THAT(slot.value() < objects_.size() && objects_[slot.value()].id != ObjectId(), "a live object");
  return objects_[slot.value()];
}

}  // namespace memsim
