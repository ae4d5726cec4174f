#include <memsim/vm/segment_map.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include <memsim/base/check.hpp>

namespace memsim {

static_assert(std::is_trivially_copyable_v<Segment> && sizeof(Segment) == 24, "a reply is copied as it stands");

void SegmentMap::append(PhysAddr paddr, Bytes length, TouchingSegments touching) {
  if (length.is_zero()) return;
  if (touching == TouchingSegments::merge && !segments_.empty()) {
    Segment& last = segments_.back();
    if (last.paddr + last.length == paddr) {
      last.length += length;
      return;
    }
  }
  segments_.push_back({backing(), paddr, length});
}

void SegmentMap::truncate(Bytes backing_wanted) {
  MEMSIM_CHECK_THAT(backing_wanted <= backing(), "truncation never grows");
  while (!segments_.empty() && segments_.back().offset >= backing_wanted) segments_.pop_back();
  if (!segments_.empty()) segments_.back().length = backing_wanted - segments_.back().offset;
  size_ = std::min(size_, backing_wanted);
}

void SegmentMap::set_size(Bytes size) {
  MEMSIM_CHECK_THAT(size <= backing(), "a size is backed");
  size_ = size;
}

// Many segments do not fit the cache: there each step far out misses it, and a guessed branch lets the processor fetch
// ahead. Where all is in the cache, or near the goal, a wrong guess is the dearest part, so no branch there depends on
// the data.
std::size_t SegmentMap::find(Bytes offset) const {
  MEMSIM_CHECK_THAT(offset < backing(), "the byte exists");
  constexpr std::size_t kCached = 4096;
  constexpr std::size_t kNear = 32;
  const std::size_t near = segments_.size() <= kCached ? kCached : kNear;
  const Segment* base = segments_.data();
  std::size_t left = segments_.size();
  while (left > near) {
    const std::size_t half = left / 2;
    if (base[half].offset <= offset) {
      base += half;
      left -= half;
    } else {
      left = half;
    }
  }
  while (left > 1) {
    const std::size_t half = left / 2;
    base += base[half].offset <= offset ? half : 0;
    left -= half;
  }
  return static_cast<std::size_t>(base - segments_.data());
}

std::uint64_t SegmentMap::seek_cost() const {
  return segments_.empty() ? 0 : static_cast<std::uint64_t>(std::bit_width(segments_.size() - 1));
}

SegmentMap::Walk SegmentMap::walk(Bytes offset, Bytes length, std::span<Segment> out) const {
  const Bytes end = std::min(saturating_add(offset, length), size_);
  if (offset >= end) return {};
  Walk walk;
  const bool from_start = offset < segments_.front().length;
  const bool to_end = segments_.back().offset < end;
  walk.seek_steps = (from_start ? 0 : seek_cost()) + (to_end ? 0 : seek_cost());
  const std::size_t first = from_start ? 0 : find(offset);
  const std::size_t last = to_end ? segments_.size() - 1 : find(end - Bytes(1));
  walk.in_range = last - first + 1;
  walk.delivered = std::min<std::uint64_t>(out.size(), walk.in_range);
  if (walk.delivered == 0) return walk;

  std::memcpy(out.data(), &segments_[first], walk.delivered * sizeof(Segment));
  const Segment& head = segments_[first];
  out[0] = {offset, head.paddr + (offset - head.offset), std::min(end, head.end()) - offset};
  const bool reaches_last = walk.delivered == walk.in_range;
  if (reaches_last && last != first) out[walk.delivered - 1].length = end - segments_[last].offset;
  return walk;
}

}  // namespace memsim
