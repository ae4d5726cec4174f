#include <memsim/vm/segment_map.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

__extension__ using Wide = unsigned __int128;

// The last of `left` segments from `base` on that starts at or before `offset`, the first of them taken for granted. No
// branch depends on the data: near the goal a wrong guess of the processor is the dearest part.
const Segment* last_at_or_before(const Segment* base, std::size_t left, Bytes offset) {
  while (left > 1) {
    const std::size_t half = left / 2;
    base += base[half].offset <= offset ? half : 0;
    left -= half;
  }
  return base;
}

}  // namespace

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
  const std::uint64_t whole = backing().count();
  if (whole != 0) density_ = static_cast<std::uint64_t>((Wide{segments_.size()} << 64) / whole);
}

// Segments of an object are alike more often than not, so that the offset says about where to look. As many segments of
// mixed lengths as lie before the goal put the guess wrong by the root of their number; a window of that width holds
// the goal nearly always, and where it does not, all of it is searched.
std::size_t SegmentMap::find(Bytes offset) const {
  MEMSIM_CHECK_THAT(offset < backing(), "the byte exists");
  constexpr std::size_t kFew = 64;
  const Segment* const all = segments_.data();
  const std::size_t count = segments_.size();
  if (count <= kFew) return static_cast<std::size_t>(last_at_or_before(all, count, offset) - all);
  const std::size_t reach = std::size_t{1} << std::bit_width(count) / 2;
  const std::size_t guess = std::min(static_cast<std::size_t>((Wide{offset.count()} * density_) >> 64), count - 1);
  const std::size_t first = guess - std::min(guess, reach);
  const std::size_t end = std::min(guess + reach, count);
  if (all[first].offset <= offset && (end == count || offset < all[end].offset)) {
    return static_cast<std::size_t>(last_at_or_before(all + first, end - first, offset) - all);
  }
  const auto starts_later = [](Bytes wanted, const Segment& segment) { return wanted < segment.offset; };
  return static_cast<std::size_t>(std::upper_bound(all, all + count, offset, starts_later) - all) - 1;
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
