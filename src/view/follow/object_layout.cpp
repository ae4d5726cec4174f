#include <memsim/view/follow/object_layout.hpp>

#include <algorithm>
#include <iterator>

namespace memsim {

void ObjectLayout::add_owned(Bytes offset, PhysAddr paddr, Bytes length) {
  pieces_[offset] = {paddr, length};
  owned_[paddr] = offset;
}

void ObjectLayout::allocate(const FramesAllocated& record) {
  Bytes offset = record.offset;
  for (const Extent& extent : record.extents) {
    const bool is_last = &extent == &record.extents.back();
    const Bytes length = page_size_.bytes_of(is_last ? extent.count - record.tail : extent.count);
    add_owned(offset, page_size_.address_of(extent.first), length);
    offset += length;
  }
}

void ObjectLayout::overlay(const ObjectOverlaid& record) {
  for (const Segment& segment : record.segments) pieces_[segment.offset] = {segment.paddr, segment.length};
}

void ObjectLayout::split_at(PhysAddr address) {
  const auto above = owned_.upper_bound(address);
  if (above == owned_.begin()) return;
  const auto [start, offset] = *std::prev(above);
  Piece& piece = pieces_.at(offset);
  const Bytes before = address - start;
  if (before.is_zero() || before >= piece.length) return;
  const Bytes rest = piece.length - before;
  piece.length = before;
  add_owned(offset + before, address, rest);
}

void ObjectLayout::take_out(Extent extent, std::vector<Segment>& out) {
  const PhysAddr first = page_size_.address_of(extent.first);
  const PhysAddr end = first + page_size_.bytes_of(extent.count);
  split_at(first);
  split_at(end);
  auto next = owned_.lower_bound(first);
  while (next != owned_.end() && next->first < end) {
    const auto piece = pieces_.find(next->second);
    out.push_back({piece->first, piece->second.paddr, piece->second.length});
    pieces_.erase(piece);
    next = owned_.erase(next);
  }
}

void ObjectLayout::release(const FramesReleased& record) {
  std::vector<Segment> gone;
  for (const Extent& extent : record.extents) take_out(extent, gone);
}

void ObjectLayout::move(const FramesMoved& record) {
  std::vector<Segment> moved;
  for (const Extent& extent : record.from) take_out(extent, moved);
  auto place = moved.begin();
  for (const Extent& extent : record.to) {
    PhysAddr paddr = page_size_.address_of(extent.first);
    Bytes left = page_size_.bytes_of(extent.count);
    while (!left.is_zero() && place != moved.end()) {
      const Bytes length = std::min(left, place->length);
      add_owned(place->offset, paddr, length);
      paddr += length;
      left -= length;
      place->offset += length;
      place->length -= length;
      if (place->length.is_zero()) ++place;
    }
  }
}

std::vector<Segment> ObjectLayout::segments(Bytes size, bool joined, std::size_t most) const {
  std::vector<Segment> listed;
  for (const auto& [offset, piece] : pieces_) {
    if (offset >= size) break;
    const Bytes length = std::min(piece.length, size - offset);
    const bool runs_on = joined && !listed.empty() && listed.back().end() == offset &&
                         listed.back().paddr + listed.back().length == piece.paddr;
    if (runs_on) {
      listed.back().length += length;
      continue;
    }
    if (listed.size() == most) break;
    listed.push_back({offset, piece.paddr, length});
  }
  return listed;
}

}  // namespace memsim
