// ExtentAllocator: what all policies on free extents share. Extents are coalesced at once, so a free extent is a
// maximal free run. `Fit` keeps them and says which one serves (best_fit_policy.hpp and its neighbours).
//
// What is guaranteed, exactly:
//   contiguous  Served iff some free run holds a conforming run of that length, and the fit finds it: that all do, but
//               tlsf with requests that have no constraints.
//   scattered   Served iff the free runs of the window hold that many frames that conforming extents can cover; without
//               alignment that is every free frame of the window. A request that fits in one extent goes where the fit
//               puts it. Else runs are used up, the one that offers most first, until the rest fits in one extent, and
//               that goes where the fit puts it: no way of serving it uses fewer runs. Among runs that offer equally
//               much the lowest comes first; only without constraints may the fit say otherwise (`Fit::largest()`).
//               A rest that the fit finds no place for goes into the run that is next to be used up.
// Where a boundary cuts a run, its parts are handed out one by one.
//
// Work: a split is one remainder cut off, a merge one neighbour joined. The steps of an allocation are the extents that
// the policy's textbook form looks at, whatever this program looks at, so a faster structure changes no simulated time.
// A release takes one step, as with boundary tags.
//
// A Fit provides, with all positions in indices relative to the region:
//   Fit(region, ...)                       no extent yet
//   extents()                              its ExtentMap, whose frames are marked here and whose extents it changes
//   add(first, last), remove(first)        an extent comes, goes
//   move_first(first, new_first)           an extent grows or shrinks at its lower end
//   move_last(first, new_last)             the same at its upper end
//   find(count, mobility, steps)           the place for an unconstrained extent
//   find(places, count, mobility, steps)   the same for one of a request with constraints
//   largest(steps)                         the extent to use up first. Requires: there is one
//   refusing_option()                      where it has it: FrameAllocator::refusing_option() of a run
//   latest_serves(count), take_latest()    where it has them: whether find(count) would name the extent that changed
//   last
//                                          and all of it, at a cost of one step; and that extent, removed. Requires of
//                                          the former: count > 0; it may say no where the answer costs time
//   handed_out(start, count)               told after an extent was handed out
//   metadata_bytes()                       of its own
//   check_invariants(count)                of its own. Requires: the map is sound and holds `count` extents
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include <memsim/base/check.hpp>
#include <memsim/phys/frame_allocator.hpp>

#include "phys/requests/extent_places.hpp"
#include "phys/requests/placement.hpp"
#include "phys/structures/extent_map.hpp"

namespace memsim {

// A place for an extent: the free extent that holds it, and the index where it starts.
struct ExtentPlace {
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  std::uint64_t extent = kNone;
  std::uint64_t start = kNone;

  [[nodiscard]] bool is_none() const { return extent == kNone; }
};

template <class Fit>
class ExtentAllocator final : public FrameAllocator {
 public:
  // All of `region` is free. Requires: not empty, at most 2^32 frames. `options` go to the Fit.
  template <class... Options>
  explicit ExtentAllocator(Extent region, Options... options)
      : region_(region), free_(region.count.count()), fit_(region, options...) {
    MEMSIM_CHECK(0 < free_ && free_ <= std::uint64_t{1} << 32);
    fit_.add(0, free_ - 1);
  }
  ExtentAllocator(const ExtentAllocator&) = default;

  [[nodiscard]] std::unique_ptr<FrameAllocator> clone() const override {
    return std::make_unique<ExtentAllocator>(*this);
  }
  [[nodiscard]] bool can_allocate(const FrameRequest& request) const override;
  [[nodiscard]] Extent extent() const override { return region_; }
  [[nodiscard]] FrameCount free_frames() const override { return FrameCount(free_); }
  void for_each_free(const std::function<void(Extent)>& visit) const override;
  [[nodiscard]] std::size_t metadata_bytes() const override { return sizeof(*this) + fit_.metadata_bytes(); }
  void check_invariants() const override;

  [[nodiscard]] std::string_view refusing_option(const FrameRequest& request) const override {
    if constexpr (requires { fit_.refusing_option(); }) {
      if (request.contiguity == Contiguity::contiguous && is_unconstrained(request, region_)) {
        return fit_.refusing_option();
      }
    }
    return {};
  }

  [[nodiscard]] const Fit& fit() const { return fit_; }

 private:
  // A free run that a scattered request may use, and how many frames it offers.
  struct Offer {
    std::uint64_t capacity;
    std::uint64_t extent;
  };

  [[nodiscard]] Errno do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) override;
  [[nodiscard]] Errno do_allocate_run(RunRequest request, Extent& run, AllocatorWork& work) override;
  void do_release(Extent extent, CpuId cpu, AllocatorWork& work) override;
  // The same for frames that have free neighbours or reach into another word of the map. Apart, so that the frequent
  // case saves no registers.
  [[gnu::noinline]] void release_otherwise(std::uint64_t first, std::uint64_t count, AllocatorWork& work);

  // The same by a search. Apart, so that what needs none saves no registers.
  [[gnu::noinline]] Errno allocate_by_search(RunRequest request, Extent& run, AllocatorWork& work);
  [[gnu::noinline]] Errno allocate_otherwise(const FrameRequest& request, std::vector<Extent>& out,
                                             AllocatorWork& work);
  void scatter_freely(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work);
  Errno scatter_constrained(const FrameRequest& request, const ExtentPlaces& places, std::vector<Extent>& out,
                            AllocatorWork& work);
  // Every run that offers something, the one that offers most first.
  [[nodiscard]] std::vector<Offer> offers(const ExtentPlaces& places, std::uint32_t& steps) const;

  // Hands out [start, start + count) of the place's extent as `taken`; what is left of it on both sides stays free.
  void take(ExtentPlace place, std::uint64_t count, Extent& taken, AllocatorWork& work);
  // Its part of the extents, where it leaves something of one. Apart, so that taking a whole one saves no registers.
  [[gnu::noinline]] void cut_out(ExtentPlace place, std::uint64_t count, AllocatorWork& work);

  [[nodiscard]] FrameNumber frame(std::uint64_t index) const { return FrameNumber(region_.first.value() + index); }

  Extent region_;
  std::uint64_t free_;  // frames
  Fit fit_;
};

// --- Allocation ---

// Without constraints a scattered request, too, is served by one run where that can be.
template <class Fit>
Errno ExtentAllocator<Fit>::do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  if (is_unconstrained(request, region_)) {
    const Errno error = do_allocate_run({request.count, request.mobility, request.cpu}, out.emplace_back(), work);
    if (error == Errno::eok) return error;
    out.pop_back();
  }
  return allocate_otherwise(request, out, work);
}

template <class Fit>
Errno ExtentAllocator<Fit>::do_allocate_run(RunRequest request, Extent& run, AllocatorWork& work) {
  if constexpr (requires { fit_.take_latest(); }) {
    const std::uint64_t count = request.count.count();
    if (count != 0 && fit_.latest_serves(count)) {
      const std::uint64_t first = fit_.take_latest();
      fit_.extents().take(first, first + count);
      free_ -= count;
      run.first = frame(first);
      run.count = request.count;
      work.steps = 1;
      return Errno::eok;
    }
  }
  return allocate_by_search(request, run, work);
}

template <class Fit>
Errno ExtentAllocator<Fit>::allocate_by_search(RunRequest request, Extent& run, AllocatorWork& work) {
  const std::uint64_t count = request.count.count();
  if (count - 1 >= free_) return count == 0 ? Errno::einval : Errno::enomem;
  const ExtentPlace place = fit_.find(count, request.mobility, work.steps);
  if (place.is_none()) return Errno::enomem;
  take(place, count, run, work);
  return Errno::eok;
}

template <class Fit>
Errno ExtentAllocator<Fit>::allocate_otherwise(const FrameRequest& request, std::vector<Extent>& out,
                                               AllocatorWork& work) {
  const std::uint64_t count = request.count.count();
  if (const Errno error = validate(request); error != Errno::eok) return error;
  if (count > free_) return Errno::enomem;
  if (is_unconstrained(request, region_)) {  // and no extent holds it
    if (request.contiguity == Contiguity::contiguous) return Errno::enomem;
    scatter_freely(request, out, work);
    return Errno::eok;
  }
  const ExtentPlaces places(request, region_);
  if (places.fits_boundary(count)) {
    const ExtentPlace place = fit_.find(places, count, request.mobility, work.steps);
    if (!place.is_none()) {
      take(place, count, out.emplace_back(), work);
      return Errno::eok;
    }
  }
  if (request.contiguity == Contiguity::contiguous) return Errno::enomem;
  return scatter_constrained(request, places, out, work);
}

// Requires: at least request.count frames are free, but no extent holds them all.
template <class Fit>
void ExtentAllocator<Fit>::scatter_freely(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  for (std::uint64_t left = request.count.count(); left != 0;) {
    const std::uint64_t extent = fit_.largest(work.steps);
    const std::uint64_t length = fit_.extents().length(extent);
    if (left <= length) {
      const ExtentPlace place = fit_.find(left, request.mobility, work.steps);
      return take(place.is_none() ? ExtentPlace{extent, extent} : place, left, out.emplace_back(), work);
    }
    take({extent, extent}, length, out.emplace_back(), work);
    left -= length;
  }
}

template <class Fit>
Errno ExtentAllocator<Fit>::scatter_constrained(const FrameRequest& request, const ExtentPlaces& places,
                                                std::vector<Extent>& out, AllocatorWork& work) {
  std::uint64_t left = request.count.count();
  const std::vector<Offer> runs = offers(places, work.steps);
  std::uint64_t offered = 0;
  for (const Offer& run : runs) offered += run.capacity;
  if (offered < left) return Errno::enomem;
  for (auto run = runs.begin(); left != 0; ++run) {
    if (left <= run->capacity && places.fits_boundary(left)) {
      const ExtentPlace place = fit_.find(places, left, request.mobility, work.steps);
      if (!place.is_none()) {
        take(place, left, out.emplace_back(), work);
        break;
      }
    }
    std::uint64_t extent = run->extent;  // what is left of the run begins where the piece before ended
    places.for_each_piece(extent, fit_.extents().last(extent) + 1, left, [&](std::uint64_t start, std::uint64_t count) {
      take({extent, start}, count, out.emplace_back(), work);
      extent = start + count;
      left -= count;
    });
  }
  return Errno::eok;
}

template <class Fit>
auto ExtentAllocator<Fit>::offers(const ExtentPlaces& places, std::uint32_t& steps) const -> std::vector<Offer> {
  std::vector<Offer> runs;
  const auto& extents = fit_.extents();
  extents.scan_from(extents.at_or_after(places.first()), [&](std::uint64_t first, std::uint64_t last) {
    if (first >= places.end()) return true;
    ++steps;
    const std::uint64_t capacity = places.capacity(first, last + 1);
    if (capacity != 0) runs.push_back({capacity, first});
    return false;
  });
  std::sort(runs.begin(), runs.end(), [](const Offer& a, const Offer& b) {
    return a.capacity != b.capacity ? a.capacity > b.capacity : a.extent < b.extent;
  });
  return runs;
}

template <class Fit>
[[gnu::always_inline]] inline void ExtentAllocator<Fit>::take(ExtentPlace place, std::uint64_t count, Extent& taken,
                                                              AllocatorWork& work) {
  free_ -= count;
  taken.first = frame(place.start);
  taken.count = FrameCount(count);
  fit_.extents().take(place.start, place.start + count);
  if (fit_.extents().length(place.extent) == count) {
    fit_.remove(place.extent);
  } else {
    cut_out(place, count, work);
  }
  fit_.handed_out(place.start, count);
}

template <class Fit>
void ExtentAllocator<Fit>::cut_out(ExtentPlace place, std::uint64_t count, AllocatorWork& work) {
  const std::uint64_t last = fit_.extents().last(place.extent);
  const std::uint64_t end = place.start + count;
  ++work.splits;
  if (place.extent == place.start) return fit_.move_first(place.extent, end);
  fit_.move_last(place.extent, place.start - 1);
  if (end > last) return;
  fit_.add(end, last);
  ++work.splits;
}

template <class Fit>
bool ExtentAllocator<Fit>::can_allocate(const FrameRequest& request) const {
  const std::uint64_t count = request.count.count();
  if (validate(request) != Errno::eok || count > free_) return false;
  std::uint32_t steps = 0;
  if (is_unconstrained(request, region_)) {
    return request.contiguity == Contiguity::scattered || !fit_.find(count, request.mobility, steps).is_none();
  }
  const ExtentPlaces places(request, region_);
  if (places.fits_boundary(count) && !fit_.find(places, count, request.mobility, steps).is_none()) return true;
  if (request.contiguity == Contiguity::contiguous) return false;
  std::uint64_t offered = 0;
  for (const Offer& run : offers(places, steps)) offered += run.capacity;
  return offered >= count;
}

// --- Release ---

template <class Fit>
void ExtentAllocator<Fit>::do_release(Extent extent, CpuId, AllocatorWork& work) {
  const std::uint64_t first = extent.first.value() - region_.first.value();  // huge below the region
  const std::uint64_t count = extent.count.count();
  const std::uint64_t size = region_.count.count();
  MEMSIM_CHECK_THAT(first < size && count <= size - first, "only frames of this allocator come back");
  free_ += count;
  work.steps = 1;
  if (!fit_.extents().give_alone(first, count)) return release_otherwise(first, count, work);
  fit_.add(first, first + count - 1);
}

template <class Fit>
void ExtentAllocator<Fit>::release_otherwise(std::uint64_t first, std::uint64_t count, AllocatorWork& work) {
  MEMSIM_CHECK_THAT(count != 0, "some frame comes back");
  const std::uint64_t end = first + count;
  auto& extents = fit_.extents();
  extents.prefetch(first);
  extents.give(first, end);
  const bool joins_below = extents.is_free(first - 1);  // no frame where first is 0
  const bool joins_above = extents.is_free(end);
  work.merges = (joins_below ? 1U : 0U) + (joins_above ? 1U : 0U);
  if (!joins_below && !joins_above) {
    fit_.add(first, end - 1);
  } else if (!joins_below) {
    fit_.move_first(end, first);
  } else {
    std::uint64_t last = end - 1;
    if (joins_above) {
      last = extents.last(end);
      fit_.remove(end);
    }
    fit_.move_last(extents.first_of(first - 1), last);
  }
}

// --- Observers ---

template <class Fit>
void ExtentAllocator<Fit>::for_each_free(const std::function<void(Extent)>& visit) const {
  fit_.extents().scan_from(fit_.extents().next(0), [&](std::uint64_t first, std::uint64_t last) {
    visit({frame(first), FrameCount(last - first + 1)});
    return false;
  });
}

template <class Fit>
void ExtentAllocator<Fit>::check_invariants() const {
  std::uint64_t free = 0;
  std::uint64_t count = 0;
  std::uint64_t lowest = 0;  // where the next extent may begin at the lowest
  const auto& extents = fit_.extents();
  extents.scan_from(extents.next(0), [&](std::uint64_t first, std::uint64_t last) {
    MEMSIM_CHECK_THAT(lowest <= first && first <= last && last < extents.size(),
                      "extents lie apart, in order and inside the region");
    MEMSIM_CHECK_THAT(extents.first_of(last) == first, "the ends of an extent name each other");
    MEMSIM_CHECK_THAT(!extents.is_free(last + 1), "an extent is a whole free run");
    lowest = last + 2;
    free += last - first + 1;
    ++count;
    return false;
  });
  MEMSIM_CHECK_THAT(free == free_, "the free frames add up");
  fit_.check_invariants(count);
}

}  // namespace memsim
