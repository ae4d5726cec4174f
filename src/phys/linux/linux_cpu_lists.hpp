// LinuxCpuLists: the per-CPU lists of free blocks in front of a LinuxZone, as mm/page_alloc.c of Linux 6.18 keeps them.
//
// Blocks of the orders 0..3 and of a page block's order pass through the lists of the processor that asks; a freed
// block joins the list of its page block's type. Refills and drains go in batches, whose sizes tune themselves:
//   refill  order 0: the batch doubles with each refill in a row that no free interrupts, up to 32 times, and room
//           below `high` permitting; other orders: batch >> order, at least 2 (nr_pcp_alloc).
//   high    rises by the batch at every refill, and to the frees in a row plus a batch when they reach it, between
//           high_min and high_max (nr_pcp_high). Equal limits switch the tuning off.
//   drain   when `high` frames are cached: as many as were freed in a row, at least a batch; from the tails, starting
//           with the list just used and then in turn (nr_pcp_free, free_pcppages_bulk). Many frees of orders 1..3 in
//           a row drain more: up to 32 batches.
//   decay   falls by an eighth, or to what is cached less 32 batches where that is more, and drains what is then too
//           much. The kernel does this once a second; time is not ours, so whoever knows it calls decay().
// Left out: what the kernel does under reclaim.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/phys/request.hpp>

#include "phys/linux/linux_zone.hpp"

namespace memsim {

class LinuxCpuLists {
 public:
  // In frames. Requires: high_min <= high_max, batch > 0.
  struct Limits {
    std::uint32_t batch = 1;
    std::uint32_t high_min = 0;
    std::uint32_t high_max = 0;
  };
  // The lists of one processor.
  static constexpr std::size_t kListCount = 14;  // orders 0..3 of each type, then page blocks: other, movable
  struct Processor {
    std::array<BlockList, kListCount> lists{};
    std::uint32_t count = 0;         // frames on the lists
    std::uint32_t high = 0;          // frames that start a drain
    std::uint32_t free_count = 0;    // freed in a row, up to 32 batches
    std::uint32_t alloc_factor = 0;  // refills in a row
    bool freed_high_order = false;   // the block freed last was of order 1..3
  };

  explicit LinuxCpuLists(Limits limits) : limits_(limits) {}

  // Whether blocks of this order are cached.
  [[nodiscard]] static bool holds(const LinuxZone& zone, unsigned order) {
    return order <= kCostlyOrder || order == zone.page_block_order();
  }
  // Whether take() will find a block on the processor's own list.
  [[nodiscard]] bool has(const LinuxZone& zone, CpuId cpu, unsigned order, Mobility type) const;

  // Takes a block into hand, refilling the list from the zone where it is empty; kNoBlock where that gives none.
  // Requires: holds(order).
  std::uint64_t take(LinuxZone& zone, CpuId cpu, unsigned order, Mobility type, AllocatorWork& work);
  // Caches a block in hand, and drains what is too much. Requires: holds(order).
  void give(LinuxZone& zone, CpuId cpu, std::uint32_t block, unsigned order, AllocatorWork& work);
  // Lowers `high` of the processor, and drains what is then too much (decay_pcp_high).
  void decay(LinuxZone& zone, CpuId cpu, AllocatorWork& work);
  // Returns everything that is cached to the zone.
  void drain(LinuxZone& zone, AllocatorWork& work);

  [[nodiscard]] std::uint64_t cached_frames() const;
  [[nodiscard]] const std::vector<Processor>& processors() const { return processors_; }
  [[nodiscard]] static unsigned order_of_list(const LinuxZone& zone, std::size_t list) {
    return list < kLowLists ? static_cast<unsigned>(list / kMobilityCount) : zone.page_block_order();
  }
  [[nodiscard]] static Mobility type_of_list(std::size_t list) {
    if (list < kLowLists) return static_cast<Mobility>(list % kMobilityCount);
    return list == kLowLists ? Mobility::unmovable : Mobility::movable;
  }
  [[nodiscard]] static std::size_t list_of(unsigned order, Mobility type);
  // For a start from given lists: appends a block in hand to a list of the processor.
  void start_cached(LinuxZone& zone, CpuId cpu, std::uint32_t block, unsigned order, Mobility type);
  void start_tuned(CpuId cpu, std::uint32_t high) { processor(cpu).high = high; }

  // Checks that the lists hold what is counted, and blocks of the right order. Changes nothing.
  void check(const LinuxZone& zone) const;

 private:
  static constexpr unsigned kCostlyOrder = 3;  // PAGE_ALLOC_COSTLY_ORDER
  static constexpr unsigned kScaleMax = 5;     // CONFIG_PCP_BATCH_SCALE_MAX
  static constexpr std::size_t kLowLists = (kCostlyOrder + 1) * kMobilityCount;

  Processor& processor(CpuId cpu);
  [[nodiscard]] std::uint32_t refill_blocks(Processor& own, unsigned order) const;
  [[nodiscard]] std::uint32_t drain_threshold(Processor& own, bool many_high_orders) const;
  [[nodiscard]] std::uint32_t drain_frames(const Processor& own, std::uint32_t high, bool many_high_orders) const;
  static void drain_lists(LinuxZone& zone, Processor& own, std::uint32_t frames, std::size_t first_list,
                          AllocatorWork& work);

  Limits limits_;
  std::vector<Processor> processors_;  // by number, as far as any was used
};

}  // namespace memsim
