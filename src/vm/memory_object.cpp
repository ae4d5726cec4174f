#include <memsim/vm/memory_object.hpp>

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

PageNumber page_at(Bytes offset, PageSize page_size) { return PageNumber(offset.count() >> page_size.shift()); }

// Deals out extents from the front, cut to what is asked for.
class Dealer {
 public:
  explicit Dealer(std::span<const Extent> extents) : extents_(extents) {}

  // Calls take(part) for the next `count` frames. Requires: so many are left.
  template <class Take>
  void deal(FrameCount count, Take&& take) {
    while (!count.is_zero()) {
      MEMSIM_CHECK_THAT(!extents_.empty(), "as many frames as pages");
      const Extent front = extents_.front();
      const Extent part{front.first + dealt_, std::min(count, front.count - dealt_)};
      take(part);
      count -= part.count;
      dealt_ += part.count;
      if (dealt_ != front.count) continue;
      extents_ = extents_.subspan(1);
      dealt_ = FrameCount();
    }
  }
  [[nodiscard]] bool is_empty() const { return extents_.empty(); }

 private:
  std::span<const Extent> extents_;
  FrameCount dealt_;  // of the first
};

// The part of `pages` from its start on that is in no range of `moved`, or that is in the first of them.
PageRange first_part(PageRange pages, std::span<const PageRange> moved) {
  if (moved.empty() || moved.front().first >= pages.end()) return pages;
  if (moved.front().first > pages.first) return {pages.first, moved.front().first - pages.first};
  return {pages.first, std::min(pages.end(), moved.front().end()) - pages.first};
}

// The segments of a populated object with frames of the dealer's behind the moved pages.
SegmentMap with_frames_dealt(const MemoryObject& object, std::span<const PageRange> moved, Dealer& dealer,
                             PageSize page_size, TouchingSegments touching) {
  SegmentMap rebuilt;
  const auto append = [&](Extent part) {
    rebuilt.append(page_size.address_of(part.first), page_size.bytes_of(part.count), touching);
  };
  object.for_each_run(page_size, [&](PageNumber page, Extent frames) {
    for (PageRange left{page, frames.count}; !left.count.is_zero();) {
      while (!moved.empty() && moved.front().end() <= left.first) moved = moved.subspan(1);
      const PageRange part = first_part(left, moved);
      if (!moved.empty() && moved.front().first <= part.first) {
        dealer.deal(part.count, append);
      } else {
        append({frames.first + (part.first - page), part.count});
      }
      left = {part.end(), left.end() - part.end()};
    }
  });
  rebuilt.set_size(object.segments.size());
  return rebuilt;
}

}  // namespace

bool MemoryObject::is_physical_memory_object() const {
  switch (kind) {
    case ObjectKind::ram:
    case ObjectKind::contiguous:
    case ObjectKind::physical:
      return true;
    case ObjectKind::typed:
      return !of_mapping;
    case ObjectKind::none:
    case ObjectKind::truncated:
    case ObjectKind::lazy:
    case ObjectKind::anonymous:
      return false;
  }
  return false;
}

bool MemoryObject::is_referenced() const {
  return of_system || named || descriptions != 0 || copies != 0 || !mapped_pages.is_zero();
}

FrameCount MemoryObject::frames(PageSize page_size) const {
  if (!owns_frames()) return {};
  return is_paged() ? pages.frames() + identities.frames() : page_size.frames_covering(segments.backing());
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
  if (by_identity) {
    for (const auto& [page, frames] : runs_by_identity()) {
      const PageNumber first = std::max(range.first, page);
      const PageNumber end = std::min(range.end(), page + frames.count);
      if (first < end) out.push_back({frames.first + (first - page), end - first});
    }
    return;
  }
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

void MemoryObject::put_pages(PageNumber first, std::span<const Extent> frames) {
  constexpr FrameCount kFew{8};
  FrameCount count;
  for (const Extent& extent : frames) count += extent.count;
  const bool are_few = by_identity && count <= kFew;
  for (const Extent& extent : frames) {
    are_few ? identities.insert(first, extent) : pages.insert(first, extent);
    first += extent.count;
  }
}

void MemoryObject::take_pages(PageRange range, std::vector<Extent>& removed) {
  identities.remove(range, removed);
  if (pages.run_count() != 0) pages.remove(range, removed);
}

std::vector<std::pair<PageNumber, Extent>> MemoryObject::runs_by_identity() const {
  std::vector<std::pair<PageNumber, Extent>> all;
  const auto add = [&all](PageNumber page, Extent frames) { all.emplace_back(page, frames); };
  identities.for_each_run(add);
  const auto large = static_cast<std::ptrdiff_t>(all.size());
  pages.for_each_run(add);
  const auto is_before = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::inplace_merge(all.begin(), all.begin() + large, all.end(), is_before);
  std::size_t kept = 0;
  for (const auto& [page, frames] : all) {
    if (kept != 0 && all[kept - 1].first + all[kept - 1].second.count == page &&
        all[kept - 1].second.end() == frames.first) {
      all[kept - 1].second.count += frames.count;
    } else {
      all[kept++] = {page, frames};
    }
  }
  all.resize(kept);
  return all;
}

void MemoryObject::replace_frames(std::span<const PageRange> moved, std::span<const Extent> to, PageSize page_size,
                                  TouchingSegments touching) {
  Dealer dealer(to);
  if (is_paged()) {
    std::vector<Extent> removed;
    for (const PageRange& range : moved) {
      take_pages(range, removed);
      std::vector<Extent> parts;
      dealer.deal(range.count, [&](Extent part) { parts.push_back(part); });
      put_pages(range.first, parts);
    }
  } else {
    segments = with_frames_dealt(*this, moved, dealer, page_size, touching);
  }
  MEMSIM_CHECK_THAT(dealer.is_empty(), "as many frames as pages");
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
