// The range of frames that a contiguous request could have at the least trouble, if frames were moved out of its way.
//
// A pure function of a map of frames, shared by who moves them (the memory manager) and who explains why a request
// failed (a view), so that both speak of the same range.
//
// Example: 12 frames, of which 1 and 2 may be moved, 6 is pinned and the rest is free. Four frames at a multiple of
// four: [8, 12) is free as it stands. Were 9 pinned too: [0, 4), with 2 frames to move; [4, 8) holds a pinned one
// (test: ContiguousRange, HeaderExample).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <memsim/base/units.hpp>

namespace memsim {

enum class FrameUse : std::uint8_t {
  free,
  movable,  // in use, but what is in it may be moved to another frame
  pinned,   // in use, and stays where it is
};

struct FrameRun {
  Extent extent;
  FrameUse use = FrameUse::free;
  constexpr bool operator==(const FrameRun&) const = default;
};

// What a contiguous request asks of its range: it starts at a multiple of `alignment`, crosses no multiple of
// `boundary` (0: none), and lies in [window_first, window_end). Alignment and boundary are powers of two.
struct RangeShape {
  FrameCount count;
  FrameCount alignment{1};
  FrameCount boundary{0};
  FrameNumber window_first{0};
  FrameNumber window_end = FrameNumber::max();
};

// A range that conforms to a shape, and what is in it; the rest of it is free.
struct RangeChoice {
  Extent range;
  FrameCount movable;
  FrameCount pinned;

  // Whether moving frames is enough to get it, given somewhere to move them.
  [[nodiscard]] constexpr bool is_obtainable() const { return pinned.is_zero(); }
  constexpr bool operator==(const RangeChoice&) const = default;
};

// Whether `a` is less trouble: fewer pinned frames, then fewer to move.
[[nodiscard]] constexpr bool is_cheaper(const RangeChoice& a, const RangeChoice& b) {
  return a.pinned != b.pinned ? a.pinned < b.pinned : a.movable < b.movable;
}

// The cheapest conforming range that lies in `space`, the lowest of equal ones; nothing where none conforms. Where its
// pinned frames are not zero, no conforming range is without one, and this is the nearest miss.
//
// `runs` ascend and are disjoint; they may reach beyond `space`. Frames of `space` in no run are pinned.
// O(runs in space + log runs), whatever the count of frames.
[[nodiscard]] std::optional<RangeChoice> cheapest_range(Extent space, std::span<const FrameRun> runs,
                                                        const RangeShape& shape);

}  // namespace memsim
