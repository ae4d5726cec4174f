// PhysicalMemory: the simulated machine's RAM, in named regions, each behind an allocator of the chosen policy.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/phys/linux_free_lists.hpp>
#include <memsim/phys/measures.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/phys/region_lists.hpp>
#include <memsim/phys/request.hpp>

namespace memsim {

// A named range of RAM. Several regions may share a name (QNX asinfo entries do); ranges must not overlap.
struct RegionConfig {
  std::string name;  // a path such as "memory/below4G/ram/sysram"
  PhysAddr base;     // page aligned
  Bytes size;        // a multiple of the page size, not zero
  // Whether ordinary (not typed-memory) requests may use it. Regions with `false` are carve-outs for typed memory.
  bool general = true;
  // Ordinary requests try regions in descending preference, then in the order listed.
  std::int32_t preference = 0;
  // Of typed memory: what else the range is called. Requests without a name do not care.
  std::vector<std::string> further_names = {};
  // Whether it is a CMA area: see RegionLists. Made of whole page blocks, and general.
  bool cma = false;
};

// What the areas of memory are made of, as in Linux (CMA_MIN_ALIGNMENT_BYTES): the blocks of a large page.
[[nodiscard]] Bytes page_block(PageSize page_size);

// A range taken at boot and not given back (firmware, kernel image), unless it is added. Must lie inside one region;
// may not overlap another. Its frames count as pinned.
struct ReservationConfig {
  std::string name;
  PhysAddr base;
  Bytes size;
};

struct PhysicalMemoryConfig {
  PageSize page_size;
  std::vector<RegionConfig> regions;
  std::vector<ReservationConfig> reservations;
  std::string policy = "buddy";
  PolicyOptions policy_options;
};

// How memory stands when a run begins, beside its reservations: exactly these frames are in use, all others are free.
struct StartState {
  std::vector<Extent> held;  // in any order; disjoint, each inside a region
  // Regions of the policy `linux` may begin with its free lists as they stood. What is on none of them is in use, in
  // place of `held` and with the reservations.
  struct RegionLists {
    RegionId region;
    LinuxFreeLists lists;  // as create_linux_allocator() requires
  };
  std::vector<RegionLists> linux_lists;
};

// Frames handed out by one call.
struct Allocation {
  std::vector<Extent> extents;  // add up to the count asked for, in the order of the object they will back
  Extent tail{};                // what a policy gave behind a contiguous extent, as one block with it; mostly empty
  AllocatorWork work;
};

class PhysicalMemory {
 public:
  // Errors (bad_input): no region, a region or reservation that is empty, unaligned, overlapping, or past the last
  // frame (2^32 frames in all), a reservation in a CMA area, an unknown policy or option. Region sizes are honoured to
  // the frame.
  // Of the start: frames held that are no region's, held twice, reserved or in a CMA area; lists for a region that does
  // not exist, is a CMA area or has another policy. O(extents held), for a million well below a second.
  [[nodiscard]] static HostResult<PhysicalMemory> create(const PhysicalMemoryConfig& config,
                                                         const StartState& start = {});

  // The same memory under another policy or other options: exactly the same frames are in use, with the same pins and
  // measures; how the free ones are kept begins anew, as after a start with the frames in use held. Errors (bad_input):
  // an unknown policy or option.
  [[nodiscard]] HostResult<PhysicalMemory> with_policy(const std::string& policy, const PolicyOptions& options) const;

  PhysicalMemory(const PhysicalMemory& other);
  PhysicalMemory& operator=(const PhysicalMemory& other);
  PhysicalMemory(PhysicalMemory&&) noexcept;
  PhysicalMemory& operator=(PhysicalMemory&&) noexcept;
  ~PhysicalMemory();

  // Serves `request` from the regions listed in `from` (in that order), or from every general region but CMA areas in
  // preference order when `from` is empty. A contiguous request is served inside one region. A scattered one fills
  // regions in turn. All or nothing. Errors as FrameAllocator::allocate(): ENOMEM, EINVAL.
  [[nodiscard]] SimResult<Allocation> allocate(const FrameRequest& request, std::span<const RegionId> from = {});

  // Gives frames back, those of a tail too, on behalf of a processor. `extent` must lie inside one region and be wholly
  // allocated.
  AllocatorWork release(Extent extent, CpuId cpu = CpuId());

  // Gives frames of a reservation to the region's allocator for good: memory that is added at run time. Nothing where
  // they are not all of one reservation. O(reservations).
  [[nodiscard]] std::optional<AllocatorWork> add_reserved(Extent extent);

  // What a kernel does once a second, for drivers that know when it did: see decay_linux_cpu_lists(). Other policies
  // have nothing to do.
  AllocatorWork decay(CpuId cpu);

  // Marks allocated frames as unable to move, or able again. Nests: a frame may be pinned several times.
  // Only the share of pinned ranges depends on it.
  void pin(Extent extent);
  void unpin(Extent extent);

  // Whether allocate() would succeed now. Changes nothing: a probe is invisible to the simulation.
  [[nodiscard]] bool can_allocate(const FrameRequest& request, std::span<const RegionId> from = {}) const;
  // The largest count that a request like `shape`, whose own is not looked at, would be served for now: allocate()
  // gives so many frames, and no more. 0 where it gives none. O(log frames) times can_allocate().
  [[nodiscard]] FrameCount largest_request(FrameRequest shape, std::span<const RegionId> from = {}) const;

  // The option of the policy that rules out a request that was just refused, although enough is free for it in one of
  // the regions (FrameAllocator::refusing_option()); empty where there is none.
  [[nodiscard]] std::string_view refusing_option(const FrameRequest& request,
                                                 std::span<const RegionId> from = {}) const;

  // The current measures of one region, in blocks of up to the policy's top order. O(orders): kept up to date at each
  // call, never scanned.
  [[nodiscard]] FreeSpace measure(RegionId region) const;

  // General memory, for whoever may use its areas. Good until memory is assigned to.
  [[nodiscard]] const RegionLists& general() const;
  // The same of any regions, in their order.
  [[nodiscard]] RegionLists lists_of(std::span<const RegionId> regions) const;
  // The regions that allocate() tries for a request, in that order. Good until memory is assigned to.
  [[nodiscard]] std::span<const RegionId> candidates(std::span<const RegionId> from = {}) const;

  [[nodiscard]] std::size_t region_count() const;
  [[nodiscard]] const RegionConfig& region(RegionId region) const;
  [[nodiscard]] Extent region_extent(RegionId region) const;
  // The region that manages `frame`, or nothing (then the address is not RAM).
  [[nodiscard]] std::optional<RegionId> region_of(FrameNumber frame) const;
  [[nodiscard]] PageSize page_size() const;
  [[nodiscard]] FrameCount free_frames(std::span<const RegionId> from = {}) const;
  [[nodiscard]] const FrameAllocator& allocator(RegionId region) const;
  [[nodiscard]] const std::string& policy() const;
  [[nodiscard]] const PolicyOptions& policy_options() const;              // as given
  [[nodiscard]] std::span<const ReservationConfig> reservations() const;  // what is left of them
  // The frames in use, by ascending region and address: maximal runs, from which reservations are cut out. O(extents).
  [[nodiscard]] std::vector<Extent> frames_held() const;

  // The longest free run over the given regions (as allocate() takes them), for posix_typed_mem_get_info().
  [[nodiscard]] FrameCount largest_free_run(std::span<const RegionId> from = {}) const;

  void check_invariants() const;

 private:
  struct Impl;
  explicit PhysicalMemory(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace memsim
