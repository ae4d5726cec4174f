// How memory is to stand when a run begins, as a scenario says it, and what comes of that on a machine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/phys/free_block_counts.hpp>
#include <memsim/phys/physical_memory.hpp>

namespace memsim {

struct MachineStart {
  // A region of which exactly some blocks are free; what else it has is in use.
  struct Zone {
    RegionId region;  // among those of the configuration
    // Either the blocks themselves, with lists per processor or without, or how many of each order there are: then each
    // seed has them in other places.
    std::shared_ptr<const LinuxFreeLists> lists;  // `page_block_types` filled in
    FreeBlockCounts counts;                       // where there are no lists
    unsigned page_block_order = 9;                // of the types
  };
  std::optional<Zone> zone;
  std::vector<Extent> held;  // frames in use, of any region but the zone's; disjoint

  [[nodiscard]] bool is_empty() const { return !zone && held.empty(); }
};

// The start under the configuration's policy: `linux` begins with these lists as they stand, any other policy with just
// these frames free. Requires: a configuration that PhysicalMemory::create() accepts. Errors (bad_input): blocks that
// lie outside of the region or do not fit into it; a reservation in a free block; lists of another shape than the
// options of `linux` say; more than PhysicalMemory::create() says. O(blocks log blocks).
[[nodiscard]] HostResult<StartState> lay_out(const PhysicalMemoryConfig& config, const MachineStart& start,
                                             std::uint64_t seed);

// Whether lists are those of a kernel with these orders: blocks up to the top order, each of the type of its page
// blocks, which are of the option's order. Requires: valid options of `linux`. Errors: bad_input.
[[nodiscard]] HostResult<void> check_linux_lists(const PolicyOptions& options, const LinuxFreeLists& lists,
                                                 unsigned page_block_order);

}  // namespace memsim
