#include "phys/fits/two_region_policy.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <memsim/base/check.hpp>

#include "phys/requests/option_values.hpp"

namespace memsim {

// --- First fit from both ends ---

ExtentPlace TwoEndedFit::find(std::uint64_t count, Mobility mobility, std::uint32_t& steps) const {
  const bool from_above = mobility == Mobility::movable;
  const std::uint64_t extent = from_above ? previous(extents().size() - 1, count) : next(0, count);
  if (extent == kNone) return {};
  const std::uint64_t rank_below = rank(extent);
  steps += static_cast<std::uint32_t>(from_above ? this->count() - rank_below : rank_below + 1);
  return {extent, from_above ? extents().last(extent) + 1 - count : extent};
}

ExtentPlace TwoEndedFit::find(const ExtentPlaces& places, std::uint64_t count, Mobility mobility,
                              std::uint32_t& steps) const {
  return mobility == Mobility::movable ? find_highest(places, count, steps) : find_lowest(places, count, steps);
}

ExtentPlace TwoEndedFit::find_lowest(const ExtentPlaces& places, std::uint64_t count, std::uint32_t& steps) const {
  std::uint64_t from = extents().at_or_after(places.first());
  for (std::uint64_t extent = next(from, count); extent < places.end(); extent = next(from, count)) {
    const std::uint64_t start = places.lowest_start(extent, extents().last(extent) + 1, count);
    if (start != ExtentPlaces::kNone) {
      steps += static_cast<std::uint32_t>(rank(extent)) + 1;
      return {extent, start};
    }
    from = extents().last(extent) + 1;
  }
  return {};
}

ExtentPlace TwoEndedFit::find_highest(const ExtentPlaces& places, std::uint64_t count, std::uint32_t& steps) const {
  for (std::uint64_t end = places.end(); end > places.first();) {
    const std::uint64_t extent = previous(end - 1, count);
    if (extent == kNone || extents().last(extent) < places.first()) break;
    const std::uint64_t start = places.highest_start(extent, extents().last(extent) + 1, count);
    if (start != ExtentPlaces::kNone) {
      steps += static_cast<std::uint32_t>(this->count() - rank(extent));
      return {extent, start};
    }
    end = extent;
  }
  return {};
}

// --- The boundary ---

TwoRegionAllocator::TwoRegionAllocator(Extent region, unsigned share_percent, FrameCount step, Overflow overflow)
    : frames_(region),
      size_(region.count.count()),
      step_(step.count()),
      boundary_(size_ * share_percent / 100 / step_ * step_),
      overflow_(overflow) {
  MEMSIM_CHECK(share_percent <= 100 && step_ > 0);
  if (share_percent == 100) boundary_ = size_;
}

std::uint64_t TwoRegionAllocator::highest_boundary() const {
  const auto& extents = frames_.fit().extents();
  if (!extents.is_free(boundary_)) return boundary_;
  const std::uint64_t end = extents.last(extents.previous(boundary_)) + 1;
  return end == size_ ? size_ : end - end % step_;
}

std::uint64_t TwoRegionAllocator::lowest_boundary() const {
  const auto& extents = frames_.fit().extents();
  if (boundary_ == 0 || !extents.is_free(boundary_ - 1)) return boundary_;
  const std::uint64_t first = extents.previous(boundary_ - 1);
  return std::min(boundary_, (first + step_ - 1) / step_ * step_);
}

void TwoRegionAllocator::move_up_to(std::uint64_t end) {
  if (end > boundary_) boundary_ = std::min(size_, (end + step_ - 1) / step_ * step_);
}

void TwoRegionAllocator::move_down_to(std::uint64_t first) {
  if (first < boundary_) boundary_ = first / step_ * step_;
}

auto TwoRegionAllocator::reach_of(const FrameRequest& request) const -> Reach {
  Reach reach{.request = request};
  const bool is_movable = request.mobility == Mobility::movable;
  const FrameNumber first = std::max(request.window_first, extent().first);
  const FrameNumber end = std::min(request.window_end, extent().end());
  if (first >= end || end - first == request.count) return reach;
  const bool is_elsewhere = is_movable ? end <= boundary() && boundary_ < size_ : first >= boundary() && boundary_ > 0;
  if (is_elsewhere) return reach;
  reach.may_move_boundary = true;
  reach.may_overflow = overflow_ == Overflow::all || (overflow_ == Overflow::movable && is_movable);
  if (is_movable) {
    reach.request.window_first = std::max(first, extent().first + FrameCount(lowest_boundary()));
  } else {
    reach.request.window_end = std::min(end, extent().first + FrameCount(highest_boundary()));
  }
  return reach;
}

// --- Allocation ---

Errno TwoRegionAllocator::do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  if (const Errno error = validate(request); error != Errno::eok) return error;
  const Reach reach = reach_of(request);
  const std::size_t before = out.size();
  auto done = frames_.allocate(reach.request, out);
  if (!done && reach.may_overflow) {
    done = frames_.allocate(request, out);
  } else if (done && reach.may_move_boundary) {
    for (std::size_t i = before; i < out.size(); ++i) {
      if (request.mobility == Mobility::movable) {
        move_down_to((out[i].first - extent().first).count());
      } else {
        move_up_to((out[i].end() - extent().first).count());
      }
    }
  }
  if (!done) return done.error();
  work = *done;
  return Errno::eok;
}

bool TwoRegionAllocator::can_allocate(const FrameRequest& request) const {
  if (validate(request) != Errno::eok) return false;
  const Reach reach = reach_of(request);
  return frames_.can_allocate(reach.request) || (reach.may_overflow && frames_.can_allocate(request));
}

void TwoRegionAllocator::check_invariants() const {
  frames_.check_invariants();
  MEMSIM_CHECK_THAT(boundary_ == size_ || (boundary_ < size_ && boundary_ % step_ == 0),
                    "the boundary stands at a step or at the region's end");
}

// --- The policy ---

namespace {

constexpr std::array<std::string_view, 3> kOverflows = {"none", "movable", "all"};

constexpr std::array<PolicyOption, 3> kTwoRegionOptions = {{
    {.name = "share",
     .type = PolicyOption::Type::integer,
     .default_value = "50",
     .minimum = 0,
     .maximum = 100,
     .doc = "where the boundary stands at first: the per cent of the region that lie below it"},
    {.name = "step",
     .type = PolicyOption::Type::integer,
     .default_value = "512",
     .minimum = 1,
     .maximum = std::uint64_t{1} << 32,
     .doc = "frames by which the boundary moves, over free frames only"},
    {.name = "overflow",
     .type = PolicyOption::Type::choice,
     .default_value = "all",
     .choices = kOverflows,
     .doc = "which requests may be served on the other side once theirs is full and the boundary cannot move"},
}};

std::unique_ptr<FrameAllocator> make_two_region(Extent extent, const PolicyOptions& options, PageSize) {
  const auto* const overflow = std::find(kOverflows.begin(), kOverflows.end(), text_of(kTwoRegionOptions[2], options));
  return std::make_unique<TwoRegionAllocator>(extent, static_cast<unsigned>(number_of(kTwoRegionOptions[0], options)),
                                              FrameCount(number_of(kTwoRegionOptions[1], options)),
                                              static_cast<TwoRegionAllocator::Overflow>(overflow - kOverflows.begin()));
}

constexpr Policy kTwoRegionPolicy = {
    .name = "two_region",
    .doc = "unmovable frames below a moving boundary, movable ones above; first fit from both ends",
    .options = kTwoRegionOptions,
    .make = make_two_region,
};

}  // namespace

const Policy& two_region_policy() { return kTwoRegionPolicy; }

}  // namespace memsim
