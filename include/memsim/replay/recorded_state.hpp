// A recorded state: the free blocks of a real machine's zone at one moment, as a start for a replay or to compare with.
#pragma once

#include <optional>
#include <string>
#include <vector>

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

// What only the recording tells of its own start, from the zone layer of the whole trace.
class StartInference {
 public:
  StartInference() = default;
  // Looks for the types of the extent's page blocks; of none, where it is empty.
  StartInference(Extent extent, unsigned page_block_order);

  void see(const TraceEvent& event);

  // Fills in the type of each page block that is not told: from the first event in it that says one. Both by page
  // block, from that which holds the extent's first frame, as note_page_block_types() has them.
  void complete(std::vector<Mobility>& page_block_types, const std::vector<bool>& told) const;
  // By processor, ascending: moments of the kernel's housekeeping, which are drains of a processor's lists that no
  // release brought about.
  [[nodiscard]] const std::vector<std::vector<SimTime>>& decays() const { return moments_; }

 private:
  std::vector<std::optional<Mobility>> types_;
  Extent extent_{};
  unsigned order_ = 9;
  std::vector<TraceOp> last_;  // by processor
  std::vector<std::vector<SimTime>> moments_;
};

}  // namespace memsim
