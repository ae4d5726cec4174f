// Importers of machines: what a board says of its memory becomes the `machine:` section of a scenario, ready to paste.
// What could not be told stands in it as comments, so nothing is lost silently.
#pragma once

#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/base/units.hpp>
#include <memsim/phys/free_block_counts.hpp>
#include <memsim/replay/recorded_state.hpp>
#include <memsim/replay/trace.hpp>

namespace memsim {

// /proc/iomem: each "System RAM" is a region, what the kernel keeps of it a reservation. Errors (bad_input): no RAM in
// it; addresses hidden, as they are from all but root.
[[nodiscard]] HostResult<std::string> import_iomem(const std::string& path, PageSize page_size = {},
                                                   const TraceLimits& limits = {});

// A device tree's source: `memory` nodes are regions, children of `reserved-memory` with a `reg` and /memreserve/ are
// reservations, a reusable pool too. What is computed when the tree is compiled (macros, includes) cannot be told.
[[nodiscard]] HostResult<std::string> import_dts(const std::string& path, PageSize page_size = {},
                                                 const TraceLimits& limits = {});

// What QNX's `pidin syspage=asinfo` prints: entries below `ram` are regions, those named sysram general ones. A range
// that several entries name bears the first one's name; the others stand as comments.
[[nodiscard]] HostResult<std::string> import_asinfo(const std::string& path, PageSize page_size = {},
                                                    const TraceLimits& limits = {});

// A start state from /proc/buddyinfo or /proc/pagetypeinfo: exactly the free blocks that are counted for the zone, by
// mobility where the file tells, in places drawn from the seed, because counts do not say where. No two of them merge.
// `frames`: of the zone, from `first` on; zero: twice what is free.
// Errors (bad_input): no such zone; blocks that do not fit.
struct BuddyinfoOptions {
  std::string zone = "Normal";
  std::string node{};  // empty: the first that has the zone
  FrameNumber first{0x100000};
  FrameCount frames{};
  std::uint64_t seed = 1;
};
[[nodiscard]] HostResult<RecordedState> import_buddyinfo(const std::string& path, const BuddyinfoOptions& options,
                                                         const TraceLimits& limits = {});

// What either file counts for a zone; `node` empty: of the first that has the zone. Blocks of reserves and CMA count as
// unmovable. Errors (bad_input): no such zone; more than the limits allow.
[[nodiscard]] HostResult<FreeBlockCounts> read_buddyinfo(const std::string& path, const std::string& zone,
                                                         const std::string& node = {}, const TraceLimits& limits = {});

// Writes the state as PREFIX.blocks, and PREFIX.pcp where anything is cached, for read_recorded_state().
[[nodiscard]] HostResult<void> write_recorded_state(const RecordedState& state, const std::string& prefix);

}  // namespace memsim
