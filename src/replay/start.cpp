#include "replay/start.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

constexpr unsigned kLargestClaim = 9;  // frames as log2: a block that every policy can give out as one

// Takes exactly these frames, halving what the policy does not give as one run.
bool claim(FrameAllocator& allocator, FrameNumber first, unsigned order, std::vector<Extent>& scratch) {
  scratch.clear();
  const FrameCount count = Order(order).frames();
  const FrameRequest request{.count = count,
                             .contiguity = Contiguity::contiguous,
                             .mobility = Mobility::movable,
                             .window_first = first,
                             .window_end = first + count};
  if (allocator.allocate(request, scratch).has_value()) return true;
  if (order == 0) return false;
  return claim(allocator, first, order - 1, scratch) &&
         claim(allocator, first + Order(order - 1).frames(), order - 1, scratch);
}

// Whether the lists are those of a kernel with these orders. Requires: valid options.
HostResult<void> check_shape(const PolicyOptions& options, const RecordedState& start) {
  const auto order_of = [&](std::string_view name, unsigned otherwise) {
    const auto found = options.find(name);
    return found == options.end() ? otherwise : static_cast<unsigned>(*parse_unsigned(found->second));
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

std::vector<Extent> extents_in_use(const RecordedState& state) {
  std::vector<Extent> free;
  for (const auto& block : state.lists.blocks) free.push_back({block.first, block.order.frames()});
  for (const auto& block : state.lists.cached) free.push_back({block.first, block.order.frames()});
  std::sort(free.begin(), free.end(), [](const Extent& a, const Extent& b) { return a.first < b.first; });
  std::vector<Extent> used;
  FrameNumber at = state.extent.first;
  for (const Extent& extent : free) {
    if (at < extent.first) used.push_back({at, extent.first - at});
    at = extent.end();
  }
  if (at < state.extent.end()) used.push_back({at, state.extent.end() - at});
  return used;
}

HostResult<std::unique_ptr<FrameAllocator>> start_allocator(const Policy& policy, const PolicyOptions& options,
                                                            const RecordedState& start) {
  if (policy.name == "linux") {
    HostResult<void> fits = check_shape(options, start);
    if (!fits) return Unexpected(std::move(fits).error());
    return create_linux_allocator(start.extent, options, start.lists);
  }
  std::unique_ptr<FrameAllocator> allocator = policy.create(start.extent, options);
  std::vector<Extent> scratch;
  for (const Extent& used : extents_in_use(start)) {
    for (FrameNumber at = used.first; at < used.end();) {
      const std::uint64_t left = (used.end() - at).count();
      const unsigned aligned = at.value() == 0 ? kLargestClaim : static_cast<unsigned>(std::countr_zero(at.value()));
      const unsigned order = std::min({aligned, static_cast<unsigned>(std::bit_width(left)) - 1, kLargestClaim});
      if (!claim(*allocator, at, order, scratch)) {
        return host_failure(ExitCode::bad_input,
                            fmt::format("policy {} cannot start from a recorded state: it has no block at frame {:#x}",
                                        policy.name, at.value()),
                            "its blocks do not lie at every frame; take another policy");
      }
      at += Order(order).frames();
    }
  }
  return allocator;
}

}  // namespace memsim
