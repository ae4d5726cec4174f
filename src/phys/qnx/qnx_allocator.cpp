#include "phys/qnx/qnx_allocator.hpp"

#include <algorithm>
#include <bit>

#include "phys/requests/scatter_units.hpp"

namespace memsim {
namespace {

constexpr unsigned log2_floor(std::uint64_t value) { return static_cast<unsigned>(std::bit_width(value)) - 1; }

constexpr unsigned kLargestPiece = 32;  // of a scattered request
// A window of so few frames is searched by address first: often one run alone conforms, and then no queue decides.
constexpr std::uint64_t kNarrowWindow = 1024;

// The highest start in [first, end) that conforms: Constraints::lowest_start() from the other end.
std::optional<std::uint64_t> highest_start(const Constraints& want, std::uint64_t first, std::uint64_t end,
                                           std::uint64_t count) {
  first = std::max(first, want.window_first);
  end = std::min(end, want.window_end);
  if (first >= end || end - first < count) return std::nullopt;
  std::uint64_t start = (end - count) & ~(want.alignment - 1);
  if (want.boundary != 0 && (start & (want.boundary - 1)) + count > want.boundary) {
    // The highest that ends at the boundary below; a boundary smaller than the alignment is never crossed.
    const std::uint64_t crossed = (start | (want.boundary - 1)) + 1;
    if (crossed < count) return std::nullopt;
    start = (crossed - count) & ~(want.alignment - 1);
  }
  if (start < first) return std::nullopt;
  return start;
}

}  // namespace

QnxAllocator::QnxAllocator(Extent extent, const Options& options)
    : extent_(extent),
      options_(options),
      free_(extent.count.count()),
      taken_(extent.count.count()),
      links_(extent.count.count()),
      zones_(extent, options.zone_order),
      touched_(((size() - 1) >> kPartOrder) + 1) {
  MEMSIM_CHECK(!extent.count.is_zero() && extent.count.count() <= std::uint64_t{1} << 32);
  insert({0, size()});
}

QnxAllocator::QnxAllocator(const QnxAllocator& other)
    : FrameAllocator(other),
      extent_(other.extent_),
      options_(other.options_),
      free_(other.free_),
      taken_(other.taken_),
      links_(other.size()),
      queues_(other.queues_),
      longest_known_(other.longest_known_),
      zones_(other.zones_),
      touched_(other.touched_) {
  any_run(0, size(), [&](Run run) {
    links_.copy(other.links_, static_cast<std::uint32_t>(run.first));
    return false;
  });
}

std::unique_ptr<FrameAllocator> QnxAllocator::clone() const {
  return std::unique_ptr<FrameAllocator>(new QnxAllocator(*this));
}

// --- Runs ---

auto QnxAllocator::run_at(std::uint64_t index) const -> Run {
  const std::uint64_t below = taken_.previous(index);
  const std::uint64_t above = taken_.next(index);
  return {below == kNone ? 0 : below + 1, above == kNone ? size() : above};
}

template <class Visit>
bool QnxAllocator::any_run(std::uint64_t low, std::uint64_t high, Visit&& visit) const {
  for (std::uint64_t at = low; at < high;) {
    at = taken_.next_absent(at);
    if (at >= high) return false;
    const Run run = run_at(at);
    if (visit(run)) return true;
    at = run.end;
  }
  return false;
}

void QnxAllocator::insert(Run run) {
  if (run.first == run.end) return;
  const std::size_t queue = queue_of(run);
  const auto block = static_cast<std::uint32_t>(run.first);
  if (queue == 0 && run.end - run.first < longest_known_) return links_.push_tail(queues_[queue], block);
  links_.push_head(queues_[queue], block);
  if (queue == 0) longest_known_ = run.end - run.first;
}

void QnxAllocator::remove(Run run) { links_.remove(queues_[queue_of(run)], static_cast<std::uint32_t>(run.first)); }

// --- Search ---

auto QnxAllocator::wish_for(const FrameRequest& request, std::uint64_t count, std::uint64_t alignment) const -> Wish {
  Wish wish{.want = Constraints(request), .count = count, .kind = QnxZones::Kind::paged};
  wish.want.alignment = std::max(wish.want.alignment, alignment);
  const bool is_contiguous = request.contiguity == Contiguity::contiguous && request.count.count() > 1;
  if (is_contiguous) wish.kind = QnxZones::Kind::contiguous;
  return wish;
}

std::optional<std::uint64_t> QnxAllocator::start_in(const Wish& wish, QnxZones::Pass pass, Run run) const {
  const std::uint64_t first = std::max(base() + run.first, wish.want.window_first);
  std::uint64_t end = std::min(base() + run.end, wish.want.window_end);
  while (first < end) {
    end = pass == QnxZones::Pass::any ? end : zones_.allowed_end(first, end, wish.kind, pass);
    const std::optional<std::uint64_t> start = highest_start(wish.want, first, end, wish.count);
    if (!start) return std::nullopt;
    const std::uint64_t from = zones_.allowed_from(*start, *start + wish.count, wish.kind, pass);
    if (from == *start) return *start - base();
    end = from;
  }
  return std::nullopt;
}

auto QnxAllocator::find_in_queues(const Wish& wish, QnxZones::Pass pass, std::uint32_t& steps,
                                  std::uint64_t* longest) const -> std::optional<Place> {
  std::optional<Place> place;
  std::uint64_t seen = 0;
  const auto look_at = [&](std::uint32_t block) {
    ++steps;
    const Run run = run_at(block);
    seen = std::max(seen, run.end - run.first);
    if (const auto start = start_in(wish, pass, run)) place = Place{run, *start};
    return place.has_value();
  };
  for (std::uint64_t queue = wish.count; queue < kQueueCount; ++queue) {
    if (links_.any_of(queues_[queue], look_at)) return place;
  }
  if (wish.count > longest_known_) return std::nullopt;
  seen = 0;
  if (links_.any_of(queues_[0], look_at)) return place;
  if (longest != nullptr) *longest = seen;
  return std::nullopt;
}

auto QnxAllocator::find(const Wish& wish, std::uint32_t& steps, std::uint64_t* longest) const -> std::optional<Place> {
  const std::uint64_t low = std::min(std::max(wish.want.window_first, base()) - base(), size());
  const std::uint64_t high = std::min(std::max(wish.want.window_end, base()) - base(), size());
  if (low >= high) return std::nullopt;
  if (high - low <= kNarrowWindow && high - low < size()) {
    std::optional<Place> only;
    const bool are_two = any_run(low, high, [&](Run run) {
      ++steps;
      const auto start = start_in(wish, QnxZones::Pass::any, run);
      const bool is_second = start && only;
      if (start) only = Place{run, *start};
      return is_second;
    });
    if (!are_two && (!only || zones_.strictest() == QnxZones::Pass::any)) return only;
  }
  for (const QnxZones::Pass pass : {QnxZones::Pass::own, QnxZones::Pass::own_or_fresh, QnxZones::Pass::any}) {
    if (pass < zones_.strictest()) continue;
    const std::optional<Place> place = find_in_queues(wish, pass, steps, longest);
    if (place) return place;
  }
  return std::nullopt;
}

auto QnxAllocator::find_contiguous(const FrameRequest& request, std::uint64_t count, std::uint32_t& steps) const
    -> std::optional<Place> {
  if (options_.big_page_order && count >= options_.big_page_order->frames().count()) {
    const auto place = find(wish_for(request, count, options_.big_page_order->frames().count()), steps);
    if (place) return place;
  }
  return find(wish_for(request, count, 1), steps);
}

// --- Allocation ---

bool QnxAllocator::can_scatter(const FrameRequest& request) const {
  PlaceCount places(request, kLargestPiece);
  const std::uint64_t low = std::min(std::max(request.window_first.value(), base()) - base(), size());
  const std::uint64_t high = std::min(std::max(request.window_end.value(), base()) - base(), size());
  if (low == 0 && high == size() && request.alignment.count() == 1) return true;  // as many frames are free
  return any_run(low, high, [&](Run run) {
    places.add_run(base() + run.first, base() + run.end);
    return places.is_enough();
  });
}

bool QnxAllocator::can_allocate(const FrameRequest& request) const {
  if (validate(request) != Errno::eok || request.count.count() > free_) return false;
  if (request.contiguity == Contiguity::scattered && request.count.count() > 1) return can_scatter(request);
  std::uint32_t steps = 0;
  return find(wish_for(request, request.count.count(), 1), steps).has_value();
}

Errno QnxAllocator::do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  if (const Errno error = validate(request); error != Errno::eok) return error;
  const std::uint64_t count = request.count.count();
  if (count > free_) return Errno::enomem;
  if (request.contiguity == Contiguity::scattered && count > 1) {
    if (!can_scatter(request)) return Errno::enomem;
    scatter(request, out, work);
    return Errno::eok;
  }
  const std::optional<Place> place = find_contiguous(request, count, work.steps);
  if (!place) return Errno::enomem;
  take(*place, wish_for(request, count, 1), out, work);
  return Errno::eok;
}

// Requires: can_scatter(request).
void QnxAllocator::scatter(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  const std::uint64_t big_page = options_.big_page_order ? options_.big_page_order->frames().count() : 0;
  const auto take_piece = [&](unsigned order) {
    const std::uint64_t count = std::uint64_t{1} << order;
    // A piece of several units, each at the alignment, starts at its own size's where the alignment is more than 1.
    const std::uint64_t own = request.alignment.count() == 1 ? 1 : count;
    const Wish wish = wish_for(request, count, big_page != 0 && count >= big_page ? std::max(own, big_page) : own);
    std::uint64_t longest = longest_known_;
    const std::optional<Place> place = find(wish, work.steps, &longest);
    longest_known_ = longest;
    if (place) take(*place, wish, out, work);
    return place.has_value();
  };
  const auto take_rest = [&](std::uint64_t count) {
    const Wish wish = wish_for(request, count, 1);
    const std::optional<Place> place = find(wish, work.steps);
    if (place) take(*place, wish, out, work);
    return place.has_value();
  };
  scatter_in_units(ScatterUnits(request, kLargestPiece), take_piece, take_rest);
}

void QnxAllocator::take(const Place& place, const Wish& wish, std::vector<Extent>& out, AllocatorWork& work) {
  const std::uint64_t end = place.start + wish.count;
  remove(place.run);
  taken_.insert_range(place.start, end);
  touch({place.start, end});
  insert({place.run.first, place.start});
  insert({end, place.run.end});
  if (place.run.first != place.start) ++work.splits;
  if (place.run.end != end) ++work.splits;
  zones_.take(base() + place.start, base() + end, wish.kind);
  free_ -= wish.count;
  out.push_back({FrameNumber(base() + place.start), FrameCount(wish.count)});
}

// --- Release ---

void QnxAllocator::do_release(Extent extent, CpuId, AllocatorWork& work) {
  MEMSIM_CHECK_THAT(!extent.count.is_zero() && extent.first >= extent_.first && extent.count <= extent_.count &&
                        extent.first - extent_.first <= extent_.count - extent.count,
                    "only frames of this allocator come back");
  Run run{extent.first.value() - base(), extent.end().value() - base()};
  MEMSIM_CHECK_THAT(taken_.contains_range(run.first, run.end), "a frame that is released was allocated");
  zones_.give(base() + run.first, base() + run.end);
  free_ += extent.count.count();
  ++work.steps;
  const Run whole = {run.first != 0 && !taken_.contains(run.first - 1) ? run_at(run.first - 1).first : run.first,
                     run.end != size() && !taken_.contains(run.end) ? run_at(run.end).end : run.end};
  if (whole.first != run.first) {
    remove({whole.first, run.first});
    ++work.merges;
  }
  if (whole.end != run.end) {
    remove({run.end, whole.end});
    ++work.merges;
  }
  taken_.erase_range(run.first, run.end);
  insert(whole);
}

// --- Observers ---

void QnxAllocator::for_each_free(const std::function<void(Extent)>& visit) const {
  any_run(0, size(), [&](Run run) {
    visit({FrameNumber(base() + run.first), FrameCount(run.end - run.first)});
    return false;
  });
}

std::size_t QnxAllocator::metadata_bytes() const {
  constexpr std::uint64_t kFrames = std::uint64_t{1} << kPartOrder;
  std::uint64_t parts = 0;
  for (std::uint64_t at = 0; at << kPartOrder < size(); ++at) {
    at = touched_.next(at);
    if (at == kNone) break;
    ++parts;
  }
  const std::size_t per_part = kFrames / 8 + kFrames * BlockLinks::kBytesPerBlock + zones_.bytes_for(kFrames);
  return sizeof(*this) + touched_.byte_size() + parts * per_part;
}

void QnxAllocator::check_invariants() const {
  std::uint64_t runs = 0;
  std::uint64_t free = 0;
  any_run(0, size(), [&](Run run) {
    ++runs;
    free += run.end - run.first;
    return false;
  });
  MEMSIM_CHECK_THAT(free == free_, "the free frames add up");
  for (std::size_t queue = 0; queue < kQueueCount; ++queue) {
    links_.any_of(queues_[queue], [&](std::uint32_t block) {
      MEMSIM_CHECK_THAT(!taken_.contains(block), "a listed run is free");
      const Run run = run_at(block);
      MEMSIM_CHECK_THAT(run.first == block && queue_of(run) == queue, "a run is listed in the queue of its length");
      MEMSIM_CHECK_THAT(queue != 0 || run.end - run.first <= longest_known_, "no run is longer than the longest known");
      --runs;
      return false;
    });
  }
  MEMSIM_CHECK_THAT(runs == 0, "every free run is listed once");
}

}  // namespace memsim
