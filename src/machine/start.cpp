#include <memsim/machine/start.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>
#include <memsim/phys/physical_memory_check.hpp>
#include <memsim/phys/start_state.hpp>

namespace memsim {
namespace {

Unexpected<HostError> fail(std::string message, std::string help = {}) {
  return host_failure(ExitCode::bad_input, std::move(message), std::move(help));
}

// The free blocks as extents, by address.
std::vector<Extent> free_extents(const LinuxFreeLists& lists) {
  std::vector<Extent> free;
  for (const auto& block : lists.blocks) free.push_back({block.first, block.order.frames()});
  for (const auto& block : lists.cached) free.push_back({block.first, block.order.frames()});
  std::sort(free.begin(), free.end(), [](const Extent& a, const Extent& b) { return a.first < b.first; });
  return free;
}

HostResult<void> check_places(const PhysicalMemoryConfig& config, const RegionConfig& region,
                              const std::vector<Extent>& free) {
  const Extent extent = frames_of(config.page_size, region.base, region.size);
  for (std::size_t i = 0; i < free.size(); ++i) {
    if (!extent.contains(free[i])) {
      return fail(fmt::format("{} frames are free from frame {:#x} on, and region '{}' has frames {:#x} to {:#x}",
                              free[i].count.count(), free[i].first.value(), escaped_for_terminal(region.name),
                              extent.first.value(), extent.end().value()),
                  "give the region the base and the size of the zone that was recorded");
    }
    if (i != 0 && free[i - 1].end() > free[i].first) {
      return fail(fmt::format("frame {:#x} is free twice", free[i].first.value()));
    }
  }
  for (const ReservationConfig& reserved : config.reservations) {
    const Extent taken = frames_of(config.page_size, reserved.base, reserved.size);
    const bool is_free = std::any_of(free.begin(), free.end(), [&](const Extent& run) { return run.overlaps(taken); });
    if (is_free) {
      return fail(fmt::format("reservation '{}' lies in frames that are free at the start",
                              escaped_for_terminal(reserved.name)));
    }
  }
  return {};
}

// What of the region is neither free nor reserved.
std::vector<Extent> in_use(const PhysicalMemoryConfig& config, Extent region, std::vector<Extent> free) {
  for (const ReservationConfig& reserved : config.reservations) {
    const Extent taken = frames_of(config.page_size, reserved.base, reserved.size);
    if (region.contains(taken)) free.push_back(taken);
  }
  std::sort(free.begin(), free.end(), [](const Extent& a, const Extent& b) { return a.first < b.first; });
  return complement(region, free);
}

HostResult<LinuxFreeLists> lists_of(const MachineStart::Zone& zone, Extent region, std::uint64_t seed) {
  if (zone.lists) return *zone.lists;
  auto blocks = lay_out(zone.counts, region, seed);
  if (!blocks) {
    return fail(fmt::format("the free blocks, of {} frames, do not fit into the region's {}",
                            zone.counts.total_frames(), region.count.count()),
                fmt::format("blocks of order {} begin at multiples of their size, and no two may merge: make the "
                            "region larger",
                            zone.counts.top_order));
  }
  LinuxFreeLists lists;
  lists.blocks = std::move(*blocks);
  static_cast<void>(note_page_block_types(lists, region, zone.page_block_order));
  return lists;
}

}  // namespace

HostResult<StartState> lay_out(const PhysicalMemoryConfig& config, const MachineStart& start, std::uint64_t seed) {
  StartState state;
  if (start.is_empty()) return state;
  state.held = start.held;
  if (start.zone) {
    const RegionConfig& region = config.regions.at(start.zone->region.value());
    const Extent extent = frames_of(config.page_size, region.base, region.size);
    HostResult<LinuxFreeLists> lists = lists_of(*start.zone, extent, seed);
    if (!lists) return Unexpected(std::move(lists).error());
    const PolicyOptions& options = config.policy_options;
    const auto cpu_lists = options.find("pcp");
    // What is cached is in use as the zone sees it.
    if (config.policy == "linux" && cpu_lists != options.end() && cpu_lists->second == "off") lists->cached.clear();
    std::vector<Extent> free = free_extents(*lists);
    HostResult<void> checked = check_places(config, region, free);
    if (checked && config.policy == "linux" && config.page_size != PageSize()) {
      return fail("free lists of 'linux' are of pages of 4KiB", "leave out page_size, or take another policy");
    }
    if (checked && config.policy == "linux") {
      checked = check_linux_lists(options, *lists, start.zone->page_block_order);
    }
    if (!checked) return Unexpected(std::move(checked).error());
    if (config.policy == "linux") {
      state.linux_lists.push_back({start.zone->region, std::move(*lists)});
    } else {
      const std::vector<Extent> used = in_use(config, extent, std::move(free));
      state.held.insert(state.held.end(), used.begin(), used.end());
    }
  }
  HostResult<void> checked = check_start(config, state);
  if (!checked) return Unexpected(std::move(checked).error());
  return state;
}

HostResult<void> check_linux_lists(const PolicyOptions& options, const LinuxFreeLists& lists,
                                   unsigned page_block_order) {
  const auto order_of = [&](std::string_view name, unsigned otherwise) {
    const auto found = options.find(name);
    if (found == options.end() || found->second == kAutomatic) return otherwise;
    return static_cast<unsigned>(*parse_unsigned(found->second));
  };
  const unsigned top = order_of("top_order", 10);
  const unsigned page_block = order_of("pageblock_order", 9);
  if (page_block != page_block_order) {
    return fail(
        fmt::format("pageblock_order {}: the recorded page blocks are of order {}", page_block, page_block_order));
  }
  for (const LinuxFreeLists::Block& block : lists.blocks) {
    if (block.order.value() <= top) continue;
    return fail(fmt::format("a free block of order {} at frame {:#x}: the top order is {}", block.order.value(),
                            block.first.value(), top),
                "give it with --policy linux:top_order=N");
  }
  for (const LinuxFreeLists::CachedBlock& block : lists.cached) {
    if (block.order.value() <= 3 || (block.order.value() == page_block && page_block <= top)) continue;
    return fail(
        fmt::format("a block of order {} at frame {:#x} on a list per processor, which hold orders 0 "
                    "to 3 and page blocks",
                    block.order.value(), block.first.value()));
  }
  return {};
}

}  // namespace memsim
