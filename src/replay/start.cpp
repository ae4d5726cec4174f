#include "replay/start.hpp"

#include <algorithm>

#include <memsim/machine/start.hpp>
#include <memsim/phys/start_state.hpp>

namespace memsim {
HostResult<std::unique_ptr<FrameAllocator>> start_allocator(const Policy& policy, const PolicyOptions& options,
                                                            const RecordedState& start) {
  if (policy.name == "linux") {
    HostResult<void> fits = check_linux_lists(options, start.lists, start.page_block_order);
    if (!fits) return Unexpected(std::move(fits).error());
    return create_linux_allocator(start.extent, options, start.lists);
  }
  std::vector<Extent> free;
  for (const auto& block : start.lists.blocks) free.push_back({block.first, block.order.frames()});
  for (const auto& block : start.lists.cached) free.push_back({block.first, block.order.frames()});
  std::sort(free.begin(), free.end(), [](const Extent& a, const Extent& b) { return a.first < b.first; });
  return create_with_free(policy, start.extent, options, free);
}

}  // namespace memsim
