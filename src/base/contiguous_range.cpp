#include <memsim/base/contiguous_range.hpp>

#include <algorithm>
#include <bit>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

// Walks upwards over stretches of frames of one use each, the gaps between runs included.
class Cursor {
 public:
  Cursor(std::span<const FrameRun> runs, FrameNumber at) : runs_(runs), at_(at) { look(); }

  [[nodiscard]] FrameNumber at() const { return at_; }
  [[nodiscard]] FrameUse use() const { return use_; }  // of the frames in [at(), end())
  [[nodiscard]] FrameNumber end() const { return end_; }

  // Requires: at() <= to <= end().
  void advance(FrameNumber to) {
    at_ = to;
    if (at_ == end_) look();
  }

 private:
  void look() {
    while (!runs_.empty() && runs_.front().extent.end() <= at_) runs_ = runs_.subspan(1);
    const bool is_in_run = !runs_.empty() && runs_.front().extent.first <= at_;
    use_ = is_in_run ? runs_.front().use : FrameUse::pinned;
    end_ = is_in_run ? runs_.front().extent.end() : FrameNumber::max();
    if (!is_in_run && !runs_.empty()) end_ = runs_.front().extent.first;
  }

  std::span<const FrameRun> runs_;
  FrameNumber at_;
  FrameUse use_ = FrameUse::pinned;
  FrameNumber end_;
};

// What `count` frames of a use add to, or take from, a range.
void add(RangeChoice& choice, FrameUse use, FrameCount count) {
  if (use == FrameUse::movable) choice.movable += count;
  if (use == FrameUse::pinned) choice.pinned += count;
}
void subtract(RangeChoice& choice, FrameUse use, FrameCount count) {
  if (use == FrameUse::movable) choice.movable -= count;
  if (use == FrameUse::pinned) choice.pinned -= count;
}

// The starts that conform in alignment and boundary. Where a start does not fit, the alignment is smaller than the
// boundary (a multiple of a greater one always fits), so that it divides every multiple of it.
class Starts {
 public:
  // Requires: no boundary, or one of at least the count.
  explicit Starts(const RangeShape& shape)
      : alignment_(shape.alignment.count()),
        boundary_(shape.boundary.count()),
        slack_(boundary_ == 0 ? 0 : boundary_ - shape.count.count()) {}

  // The first at or after `frame`.
  [[nodiscard]] FrameNumber first_from(FrameNumber frame) const {
    const std::uint64_t start = round_up(frame.value(), alignment_);
    return FrameNumber(fits(start) ? start : round_up(start, boundary_));
  }
  // The last at or before `frame`; frame 0 always is one.
  [[nodiscard]] FrameNumber last_until(FrameNumber frame) const {
    const std::uint64_t start = round_down(frame.value(), alignment_);
    return FrameNumber(fits(start) ? start : round_down(start, boundary_) + round_down(slack_, alignment_));
  }

 private:
  static std::uint64_t round_down(std::uint64_t value, std::uint64_t unit) { return value & ~(unit - 1); }
  // Frames are at most 2^52 and units at most 2^63: no sum wraps.
  static std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) { return round_down(value + unit - 1, unit); }
  [[nodiscard]] bool fits(std::uint64_t start) const {
    return boundary_ == 0 || start - round_down(start, boundary_) <= slack_;
  }

  std::uint64_t alignment_;
  std::uint64_t boundary_;
  std::uint64_t slack_;  // how far behind a multiple of the boundary a range may start
};

// Slides a range of the shape's count over [first, end), stretch by stretch: while its lower edge stays in frames of
// one use and its upper edge too, what it holds changes evenly from step to step, so that the cheapest of these ranges
// is the first or the last that conforms.
class Slide {
 public:
  Slide(std::span<const FrameRun> runs, const RangeShape& shape, FrameNumber first, FrameNumber end)
      : starts_(shape), lower_(runs, first), upper_(runs, first), end_(end) {
    now_.range = {first, shape.count};
    while (upper_.at() < first + shape.count) {
      const FrameNumber to = std::min(upper_.end(), first + shape.count);
      add(now_, upper_.use(), to - upper_.at());
      upper_.advance(to);
    }
  }

  [[nodiscard]] std::optional<RangeChoice> cheapest() {
    while (true) {
      const FrameNumber to = std::min({lower_.end(), upper_.end() - now_.range.count, end_ - now_.range.count});
      consider(to);
      const bool nothing_is_in_the_way = best_ && best_->pinned.is_zero() && best_->movable.is_zero();
      if (nothing_is_in_the_way || to + now_.range.count == end_) return best_;
      now_ = moved_to(to);
      lower_.advance(to);
      upper_.advance(now_.range.end());
    }
  }

 private:
  // The range of now, slid up within the stretch.
  [[nodiscard]] RangeChoice moved_to(FrameNumber start) const {
    RangeChoice choice = now_;
    const FrameCount steps = start - now_.range.first;
    choice.range.first = start;
    add(choice, upper_.use(), steps);
    subtract(choice, lower_.use(), steps);
    return choice;
  }

  // Looks at the ranges that start from now's start to `last`, both included.
  void consider(FrameNumber last) {
    const FrameNumber start = now_.range.first;
    const bool gets_cheaper = last != start && is_cheaper(moved_to(start + FrameCount(1)), now_);
    const FrameNumber choice = gets_cheaper ? starts_.last_until(last) : starts_.first_from(start);
    if (choice < start || last < choice) return;
    const RangeChoice candidate = moved_to(choice);
    if (!best_ || is_cheaper(candidate, *best_)) best_ = candidate;
  }

  Starts starts_;
  Cursor lower_;     // at the range's first frame
  Cursor upper_;     // at the frame behind its last
  FrameNumber end_;  // of what it slides over
  RangeChoice now_;
  std::optional<RangeChoice> best_;
};

}  // namespace

std::optional<RangeChoice> cheapest_range(Extent space, std::span<const FrameRun> runs, const RangeShape& shape) {
  MEMSIM_CHECK(std::has_single_bit(shape.alignment.count()));
  MEMSIM_CHECK(shape.boundary.is_zero() || std::has_single_bit(shape.boundary.count()));
  const FrameNumber first = std::max(space.first, shape.window_first);
  const FrameNumber end = std::min(space.end(), shape.window_end);
  if (first >= end || shape.count.is_zero() || shape.count > end - first) return std::nullopt;
  if (!shape.boundary.is_zero() && shape.count > shape.boundary) return std::nullopt;
  const auto begin = std::partition_point(runs.begin(), runs.end(),
                                          [first](const FrameRun& run) { return run.extent.end() <= first; });
  return Slide(runs.subspan(static_cast<std::size_t>(begin - runs.begin())), shape, first, end).cheapest();
}

}  // namespace memsim
