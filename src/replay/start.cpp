#include "replay/start.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

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
  if (policy.name == "linux") return create_linux_allocator(start.extent, options, start.lists);
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
