#include "replay/start.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>
#include <memsim/phys/start_state.hpp>

namespace memsim {
namespace {

// Whether the lists are those of a kernel with these orders. Requires: valid options.
HostResult<void> check_shape(const PolicyOptions& options, const RecordedState& start) {
  const auto order_of = [&](std::string_view name, unsigned otherwise) {
    const auto found = options.find(name);
    if (found == options.end() || found->second == kAutomatic) return otherwise;
    return static_cast<unsigned>(*parse_unsigned(found->second));
  };
  const unsigned top = order_of("top_order", 10);
  const unsigned page_block = order_of("pageblock_order", 9);
  if (page_block != start.page_block_order) {
    return host_failure(ExitCode::bad_input, fmt::format("pageblock_order {}: the recorded page blocks are of order {}",
                                                         page_block, start.page_block_order));
  }
  for (const LinuxFreeLists::Block& block : start.lists.blocks) {
    if (block.order.value() <= top) continue;
    return host_failure(ExitCode::bad_input,
                        fmt::format("a free block of order {} at frame {:#x}: the top order is {}", block.order.value(),
                                    block.first.value(), top),
                        "give it with --policy linux:top_order=N");
  }
  for (const LinuxFreeLists::CachedBlock& block : start.lists.cached) {
    if (block.order.value() <= 3 || (block.order.value() == page_block && page_block <= top)) continue;
    return host_failure(ExitCode::bad_input,
                        fmt::format("a block of order {} at frame {:#x} on a list per processor, which hold orders 0 "
                                    "to 3 and page blocks",
                                    block.order.value(), block.first.value()));
  }
  return {};
}

}  // namespace

HostResult<std::unique_ptr<FrameAllocator>> start_allocator(const Policy& policy, const PolicyOptions& options,
                                                            const RecordedState& start) {
  if (policy.name == "linux") {
    HostResult<void> fits = check_shape(options, start);
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
