// A recorded state: the free blocks of a real machine's zone at one moment, as a start for a replay or to compare with.
#pragma once

#include <optional>
#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/phys/linux_free_lists.hpp>
#include <memsim/replay/trace.hpp>

namespace memsim {

struct RecordedState {
  std::string zone;         // "Normal"
  Extent extent;            // all frames that the zone spans; what is not free is in use, or not there yet
  LinuxFreeLists lists;     // `page_block_types` filled as far as known, `movable` where not
  std::vector<bool> known;  // by page block: whether its type is told by a block in it
  unsigned page_block_order = 9;
  // By processor: moments at which the recording shows its lists decayed, ascending. The kernel decays them about once
  // a second, most often without a trace.
  std::vector<std::vector<SimTime>> decays;
  // The limits of the lists per processor, as policy options of `linux`; empty where not recorded.
  PolicyOptions limits;
};

// Reads PREFIX.blocks, PREFIX.pcp and the meta.json beside them (".xz", ".zst", ".gz" or nothing behind their names):
// `path` is such a prefix, as build.before for build.before.blocks.xz, or the file of blocks itself. Without pcp no
// block is cached; without meta.json the zone spans from the first page block that is listed to the last one.
// Errors: a file that is damaged or contradicts itself: blocks that overlap, are not aligned, lie outside of the zone.
[[nodiscard]] HostResult<RecordedState> read_recorded_state(const std::string& path, const std::string& zone,
                                                            const TraceLimits& limits = {});

// Fills `page_block_types` and `known` from the blocks. Requires: they lie in the extent.
void note_page_block_types(RecordedState& state);

// Fills in what only the recording tells of its own start, from the zone layer of the whole trace:
//   - the type of a page block that holds no free block, from the first event in it that says one;
//   - moments of the kernel's housekeeping: drains of a processor's lists that no release brought about.
[[nodiscard]] HostResult<void> infer_from_trace(RecordedState& state, TraceReader& trace);

}  // namespace memsim
