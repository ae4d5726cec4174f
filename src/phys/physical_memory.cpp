#include <memsim/phys/physical_memory.hpp>

#include <algorithm>
#include <utility>

#include <memsim/base/fragmentation.hpp>
#include <memsim/phys/physical_memory_check.hpp>
#include <memsim/phys/start_state.hpp>

#include "phys/free_space_tracker.hpp"
#include "phys/requests/placement.hpp"

namespace memsim {
namespace {

struct Region {
  RegionConfig config;
  Extent extent;
  std::unique_ptr<FrameAllocator> allocator;
  FreeSpaceTracker tracker;

  Region(RegionConfig region, Extent frames, std::unique_ptr<FrameAllocator> made, Order large_order)
      : config(std::move(region)), extent(frames), allocator(std::move(made)), tracker(frames, large_order) {}
  // The same frames in the same use, behind another allocator.
  Region(const Region& other, std::unique_ptr<FrameAllocator> made)
      : config(other.config), extent(other.extent), allocator(std::move(made)), tracker(other.tracker) {}
  Region(const Region& other)
      : config(other.config), extent(other.extent), allocator(other.allocator->clone()), tracker(other.tracker) {}
  Region(Region&&) noexcept = default;
  Region& operator=(const Region&) = delete;
  Region& operator=(Region&&) = delete;
  ~Region() = default;
};

// log2 of the frames of a large page.
Order large_page_order(PageSize page_size) {
  return order_covering(page_size.frames_covering(large_page_size(page_size.bytes())));
}

}  // namespace

Bytes page_block(PageSize page_size) { return large_page_size(page_size.bytes()); }

struct PhysicalMemory::Impl {
  PageSize page_size;
  std::string policy;
  PolicyOptions policy_options;
  std::vector<ReservationConfig> reservations;
  std::vector<Region> regions;       // in the order listed
  RegionLists general;               // for ordinary requests, in preference order
  std::vector<RegionId> by_address;  // ascending

  Region& at(RegionId region) {
    MEMSIM_CHECK_THAT(region.value() < regions.size(), "a region of this machine");
    return regions[region.value()];
  }
  const Region& at(RegionId region) const {
    MEMSIM_CHECK_THAT(region.value() < regions.size(), "a region of this machine");
    return regions[region.value()];
  }
  std::span<const RegionId> candidates(std::span<const RegionId> from) const {
    return from.empty() ? general.fixed() : from;
  }

  struct Share {
    RegionId region;
    FrameCount count;
  };
  std::vector<Share> shares(const FrameRequest& request, std::span<const RegionId> from) const;
  static FrameCount total_of(std::span<const Share> shares);
  RegionLists lists_of(std::span<const RegionId> from) const;
  const Region* find(FrameNumber frame) const;
  Region& owner(Extent extent);
  void order_regions();
  void add_region(const RegionConfig& region, std::span<const Extent> held);
  void add_region(const RegionConfig& region, const LinuxFreeLists& lists);
  void reserve(Extent extent);
};

namespace {

// Serves the request from the region and adds what it got to `made`, or changes nothing and says false.
bool serve(Region& region, const FrameRequest& request, Allocation& made) {
  const std::size_t before = made.extents.size();
  const bool is_run = request.contiguity == Contiguity::contiguous && is_unconstrained(request, region.extent);
  const auto work = is_run ? region.allocator->allocate_run({request.count, request.mobility, request.cpu},
                                                            made.extents.emplace_back())
                           : region.allocator->allocate(request, made.extents);
  if (!work) {
    made.extents.resize(before);
    return false;
  }
  made.work += *work;
  for (std::size_t i = before; i < made.extents.size(); ++i) region.tracker.allocated(made.extents[i]);
  return true;
}

// Tells apart what a contiguous request asked for and what its block holds beyond that.
void cut_tail(Allocation& made, FrameCount count) {
  Extent& extent = made.extents.front();
  made.tail = {extent.first + count, extent.count - count};
  extent.count = count;
}

// The largest count up to `most` that the region could serve now. What a policy can serve it alone knows; that it
// serves less when it serves more, which the conformance suite holds every policy to, lets us search by halving.
FrameCount largest_share(const Region& region, FrameRequest request, FrameCount most) {
  const auto serves = [&](std::uint64_t count) {
    request.count = FrameCount(count);
    return count == 0 || region.allocator->can_allocate(request);
  };
  std::uint64_t high = std::min(most, region.allocator->free_frames()).count();
  if (serves(high)) return FrameCount(high);
  std::uint64_t low = 0;  // serves(low) and not serves(high)
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (serves(middle) ? low : high) = middle;
  }
  return FrameCount(low);
}

}  // namespace

// How a scattered request is shared among regions, each filled in turn. The shares add up to less than its count where
// the regions cannot serve it together.
auto PhysicalMemory::Impl::shares(const FrameRequest& request, std::span<const RegionId> from) const
    -> std::vector<Share> {
  std::vector<Share> shares;
  FrameCount left = request.count;
  for (const RegionId region : candidates(from)) {
    const bool is_repeated =
        std::any_of(shares.begin(), shares.end(), [&](const Share& share) { return share.region == region; });
    if (is_repeated || left.is_zero()) continue;
    const FrameCount count = largest_share(at(region), request, left);
    shares.push_back({region, count});
    left -= count;
  }
  return shares;
}

FrameCount PhysicalMemory::Impl::total_of(std::span<const Share> shares) {
  FrameCount total;
  for (const Share& share : shares) total += share.count;
  return total;
}

const Region* PhysicalMemory::Impl::find(FrameNumber frame) const {
  const auto above = std::upper_bound(by_address.begin(), by_address.end(), frame, [this](FrameNumber f, RegionId id) {
    return f < regions[id.value()].extent.first;
  });
  if (above == by_address.begin()) return nullptr;
  const Region& region = regions[std::prev(above)->value()];
  return region.extent.contains(frame) ? &region : nullptr;
}

Region& PhysicalMemory::Impl::owner(Extent extent) {
  const Region* found = find(extent.first);
  MEMSIM_CHECK_THAT(found != nullptr && found->extent.contains(extent), "an extent lies inside one region");
  return regions[static_cast<std::size_t>(found - regions.data())];
}

RegionLists PhysicalMemory::Impl::lists_of(std::span<const RegionId> from) const {
  std::vector<RegionId> order(from.begin(), from.end());
  const auto others =
      std::stable_partition(order.begin(), order.end(), [this](RegionId id) { return at(id).config.cma; });
  const auto areas = static_cast<std::size_t>(others - order.begin());
  return {std::span(order).first(areas), std::span(order).subspan(areas)};
}

void PhysicalMemory::Impl::order_regions() {
  std::vector<RegionId> ordinary;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const auto id = RegionId(static_cast<RegionId::rep>(i));
    by_address.push_back(id);
    if (regions[i].config.general) ordinary.push_back(id);
  }
  std::stable_sort(ordinary.begin(), ordinary.end(), [this](RegionId a, RegionId b) {
    return regions[a.value()].config.preference > regions[b.value()].config.preference;
  });
  general = lists_of(ordinary);
  std::stable_sort(by_address.begin(), by_address.end(), [this](RegionId a, RegionId b) {
    return regions[a.value()].extent.first < regions[b.value()].extent.first;
  });
}

// Takes exactly the frames of `extent`, for ever. Requires: they are free.
void PhysicalMemory::Impl::reserve(Extent extent) {
  Region& region = owner(extent);
  if (region.tracker.is_allocated(extent)) return region.tracker.pin(extent);  // by the free lists that it began with
  FrameRequest request{.count = extent.count};
  request.window_first = extent.first;
  request.window_end = extent.end();
  std::vector<Extent> taken;
  if (!region.allocator->allocate(request, taken)) {
    // The policy keeps these frames from scattered requests. One by one every policy gives them contiguously.
    request = {.count = FrameCount(1), .contiguity = Contiguity::contiguous};
    for (request.window_first = extent.first; request.window_first < extent.end();) {
      request.window_end = request.window_first + FrameCount(1);
      const auto done = region.allocator->allocate(request, taken);
      MEMSIM_CHECK_THAT(done.has_value(), "a reservation's frames are free at boot");
      request.window_first = request.window_end;
    }
  }
  for (const Extent& part : taken) region.tracker.allocated(part);
  region.tracker.pin(extent);
}

// What is left of it by those of `held`, which ascend, that lie in it.
void PhysicalMemory::Impl::add_region(const RegionConfig& config, std::span<const Extent> held) {
  const Extent extent = frames_of(page_size, config.base, config.size);
  const auto first = std::lower_bound(held.begin(), held.end(), extent.first,
                                      [](const Extent& a, FrameNumber frame) { return a.first < frame; });
  const auto end = std::find_if(first, held.end(), [&](const Extent& a) { return a.first >= extent.end(); });
  const std::vector<Extent> free = complement(extent, std::span(first, end));
  Region& made = regions.emplace_back(config, extent,
                                      create_with_free(*find_policy(policy), extent, policy_options, free, page_size),
                                      large_page_order(page_size));
  for (const Extent& taken : std::span(first, end)) made.tracker.allocated(taken);
}

// With its free lists as given.
void PhysicalMemory::Impl::add_region(const RegionConfig& config, const LinuxFreeLists& lists) {
  const Extent extent = frames_of(page_size, config.base, config.size);
  Region& made = regions.emplace_back(config, extent, create_linux_allocator(extent, policy_options, lists, page_size),
                                      large_page_order(page_size));
  for (const Extent& taken : complement(extent, free_runs(*made.allocator))) made.tracker.allocated(taken);
}

HostResult<PhysicalMemory> PhysicalMemory::create(const PhysicalMemoryConfig& config, const StartState& start) {
  if (auto checked = check_physical_memory(config); !checked) return Unexpected<HostError>(checked.error());
  if (auto checked = check_start(config, start); !checked) return Unexpected<HostError>(checked.error());
  auto impl = std::make_unique<Impl>();
  impl->page_size = config.page_size;
  impl->policy = config.policy;
  impl->policy_options = config.policy_options;
  impl->reservations = config.reservations;
  impl->regions.reserve(config.regions.size());
  std::vector<Extent> held = start.held;
  std::sort(held.begin(), held.end(), [](const Extent& a, const Extent& b) { return a.first < b.first; });
  for (const RegionConfig& region : config.regions) {
    const auto id = RegionId(static_cast<RegionId::rep>(impl->regions.size()));
    const auto given = std::find_if(start.linux_lists.begin(), start.linux_lists.end(),
                                    [id](const StartState::RegionLists& lists) { return lists.region == id; });
    given == start.linux_lists.end() ? impl->add_region(region, held) : impl->add_region(region, given->lists);
  }
  impl->order_regions();
  for (const ReservationConfig& reserved : config.reservations) {
    impl->reserve(frames_of(config.page_size, reserved.base, reserved.size));
  }
  return PhysicalMemory(std::move(impl));
}

HostResult<PhysicalMemory> PhysicalMemory::with_policy(const std::string& policy, const PolicyOptions& options) const {
  if (auto checked = check_policy_choice(policy, options); !checked) return Unexpected<HostError>(checked.error());
  auto impl = std::make_unique<Impl>();
  impl->page_size = impl_->page_size;
  impl->policy = policy;
  impl->policy_options = options;
  impl->reservations = impl_->reservations;
  impl->regions.reserve(impl_->regions.size());
  for (const Region& region : impl_->regions) {
    impl->regions.emplace_back(region, create_with_free(*find_policy(policy), region.extent, options,
                                                        free_runs(*region.allocator), page_size()));
  }
  impl->order_regions();
  return PhysicalMemory(std::move(impl));
}

PhysicalMemory::PhysicalMemory(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PhysicalMemory::PhysicalMemory(const PhysicalMemory& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
PhysicalMemory& PhysicalMemory::operator=(const PhysicalMemory& other) {
  if (this != &other) impl_ = std::make_unique<Impl>(*other.impl_);
  return *this;
}
PhysicalMemory::PhysicalMemory(PhysicalMemory&&) noexcept = default;
PhysicalMemory& PhysicalMemory::operator=(PhysicalMemory&&) noexcept = default;
PhysicalMemory::~PhysicalMemory() = default;

SimResult<Allocation> PhysicalMemory::allocate(const FrameRequest& request, std::span<const RegionId> from) {
  if (const Errno error = validate(request); error != Errno::eok) return refused(error);
  Allocation made;
  for (const RegionId region : impl_->candidates(from)) {
    if (serve(impl_->at(region), request, made)) {
      if (request.contiguity == Contiguity::contiguous) cut_tail(made, request.count);
      return made;
    }
    if (request.contiguity == Contiguity::scattered) break;  // the first region gives what it has
  }
  if (request.contiguity == Contiguity::contiguous) return refused(Errno::enomem);
  const std::vector<Impl::Share> shares = impl_->shares(request, from);
  if (Impl::total_of(shares) != request.count) return refused(Errno::enomem);
  FrameRequest part = request;
  for (const Impl::Share& share : shares) {
    part.count = share.count;
    if (share.count.is_zero()) continue;
    MEMSIM_CHECK_THAT(serve(impl_->at(share.region), part, made), "a region serves what it said it could");
  }
  return made;
}

AllocatorWork PhysicalMemory::release(Extent extent, CpuId cpu) {
  Region& region = impl_->owner(extent);
  region.tracker.released(extent);
  return region.allocator->release(extent, cpu);
}

std::optional<AllocatorWork> PhysicalMemory::add_reserved(Extent extent) {
  std::vector<ReservationConfig>& reservations = impl_->reservations;
  const auto home = std::find_if(reservations.begin(), reservations.end(), [&](const ReservationConfig& reserved) {
    return frames_of(page_size(), reserved.base, reserved.size).contains(extent);
  });
  if (home == reservations.end()) return std::nullopt;
  const Extent whole = frames_of(page_size(), home->base, home->size);
  const std::string name = home->name;
  auto next = reservations.erase(home);
  for (const Extent& rest : complement(whole, std::span(&extent, 1))) {
    next = reservations.insert(next, {name, page_size().address_of(rest.first), page_size().bytes_of(rest.count)}) + 1;
  }
  impl_->owner(extent).tracker.unpin(extent);
  return release(extent, kNoCpu);
}

AllocatorWork PhysicalMemory::decay(CpuId cpu) {
  AllocatorWork work;
  if (impl_->policy != "linux") return work;
  for (Region& region : impl_->regions) work += decay_linux_cpu_lists(*region.allocator, cpu);
  return work;
}

void PhysicalMemory::pin(Extent extent) { impl_->owner(extent).tracker.pin(extent); }
void PhysicalMemory::unpin(Extent extent) { impl_->owner(extent).tracker.unpin(extent); }

bool PhysicalMemory::can_allocate(const FrameRequest& request, std::span<const RegionId> from) const {
  if (validate(request) != Errno::eok) return false;
  for (const RegionId region : impl_->candidates(from)) {
    if (impl_->at(region).allocator->can_allocate(request)) return true;
  }
  return request.contiguity == Contiguity::scattered && Impl::total_of(impl_->shares(request, from)) == request.count;
}

FrameCount PhysicalMemory::largest_request(FrameRequest shape, std::span<const RegionId> from) const {
  if (shape.contiguity == Contiguity::scattered) {
    shape.count = free_frames(from);
    return Impl::total_of(impl_->shares(shape, from));
  }
  FrameCount largest;
  for (const RegionId region : impl_->candidates(from)) {
    const Region& in = impl_->at(region);
    largest = std::max(largest, largest_share(in, shape, in.tracker.largest_free_run()));
  }
  return largest;
}

// The policy's own blocks are no larger than its top order: what lies together beyond that is several of these.
FreeSpace PhysicalMemory::measure(RegionId region) const {
  FreeSpace space = impl_->at(region).tracker.measure();
  const unsigned top = impl_->at(region).allocator->top_order().value();
  for (unsigned order = top + 1; order < kOrderCount; ++order) {
    space.free_blocks[top] += std::exchange(space.free_blocks[order], 0) << (order - top);
  }
  return space;
}

std::string_view PhysicalMemory::refusing_option(const FrameRequest& request, std::span<const RegionId> from) const {
  const bool is_run = request.contiguity == Contiguity::contiguous;
  for (const RegionId id : impl_->candidates(from)) {
    const Region& region = impl_->at(id);
    const FrameCount most = is_run ? region.tracker.largest_free_run() : region.tracker.free_frames();
    if (most < request.count) continue;
    const std::string_view option = region.allocator->refusing_option(request);
    if (!option.empty()) return option;
  }
  return {};
}

const RegionLists& PhysicalMemory::general() const { return impl_->general; }
RegionLists PhysicalMemory::lists_of(std::span<const RegionId> regions) const { return impl_->lists_of(regions); }
std::span<const RegionId> PhysicalMemory::candidates(std::span<const RegionId> from) const {
  return impl_->candidates(from);
}
std::size_t PhysicalMemory::region_count() const { return impl_->regions.size(); }
const RegionConfig& PhysicalMemory::region(RegionId region) const { return impl_->at(region).config; }
Extent PhysicalMemory::region_extent(RegionId region) const { return impl_->at(region).extent; }
PageSize PhysicalMemory::page_size() const { return impl_->page_size; }
const FrameAllocator& PhysicalMemory::allocator(RegionId region) const { return *impl_->at(region).allocator; }

const std::string& PhysicalMemory::policy() const { return impl_->policy; }
const PolicyOptions& PhysicalMemory::policy_options() const { return impl_->policy_options; }
std::span<const ReservationConfig> PhysicalMemory::reservations() const { return impl_->reservations; }

std::vector<Extent> PhysicalMemory::frames_held() const {
  std::vector<Extent> reserved;
  for (const ReservationConfig& config : impl_->reservations) {
    reserved.push_back(frames_of(impl_->page_size, config.base, config.size));
  }
  std::sort(reserved.begin(), reserved.end(), [](const Extent& a, const Extent& b) { return a.first < b.first; });
  std::vector<Extent> held;
  for (const Region& region : impl_->regions) {
    // Reservations are in use, so none lies in part in a run of the list.
    for (const Extent& run : complement(region.extent, free_runs(*region.allocator))) {
      const auto inside = [&run](const Extent& extent) { return run.contains(extent); };
      const auto first = std::find_if(reserved.begin(), reserved.end(), inside);
      const auto end = std::find_if_not(first, reserved.end(), inside);
      const std::vector<Extent> rest = complement(run, std::span(first, end));
      held.insert(held.end(), rest.begin(), rest.end());
    }
  }
  return held;
}

std::optional<RegionId> PhysicalMemory::region_of(FrameNumber frame) const {
  const Region* found = impl_->find(frame);
  if (found == nullptr) return std::nullopt;
  return RegionId(static_cast<RegionId::rep>(found - impl_->regions.data()));
}

FrameCount PhysicalMemory::free_frames(std::span<const RegionId> from) const {
  FrameCount free;
  for (const RegionId region : impl_->candidates(from)) free += impl_->at(region).tracker.free_frames();
  return free;
}

FrameCount PhysicalMemory::largest_free_run(std::span<const RegionId> from) const {
  FrameCount largest;
  for (const RegionId region : impl_->candidates(from)) {
    largest = std::max(largest, impl_->at(region).tracker.largest_free_run());
  }
  return largest;
}

void PhysicalMemory::check_invariants() const {
  for (const Region& region : impl_->regions) {
    region.allocator->check_invariants();
    region.tracker.check_invariants();
    MEMSIM_CHECK_THAT(region.allocator->free_frames() == region.tracker.free_frames(),
                      "both count the same free frames");
    FrameCount listed;
    region.allocator->for_each_free([&](Extent extent) { listed += extent.count; });
    MEMSIM_CHECK_THAT(listed == region.tracker.free_frames(), "the policy lists every free frame");
  }
}

}  // namespace memsim
