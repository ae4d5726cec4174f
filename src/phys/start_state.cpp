#include <memsim/phys/start_state.hpp>

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

// Takes every frame. Some policies keep frames of one mobility from requests of another, or a few from all scattered
// ones: these are had one by one. That a scattered request that is served would be served for fewer frames lets us
// find out by halving how many it can have.
void take_all(FrameAllocator& allocator) {
  std::vector<Extent> taken;
  for (const Mobility mobility : {Mobility::movable, Mobility::unmovable, Mobility::reclaimable}) {
    FrameRequest request{.count = allocator.free_frames(), .mobility = mobility};
    while (!request.count.is_zero() && !allocator.allocate(request, taken)) request.count = request.count / 2;
  }
  while (!allocator.free_frames().is_zero()) {
    const FrameRequest one{.count = FrameCount(1), .contiguity = Contiguity::contiguous};
    const auto done = allocator.allocate(one, taken);
    MEMSIM_CHECK_THAT(done.has_value(), "a policy gives out its frames one by one");
  }
}

}  // namespace

std::unique_ptr<FrameAllocator> create_with_free(const Policy& policy, Extent extent, const PolicyOptions& options,
                                                 std::span<const Extent> free, PageSize page_size) {
  std::unique_ptr<FrameAllocator> allocator = policy.create(extent, options, page_size);
  if (free.size() == 1 && free.front() == extent) return allocator;
  take_all(*allocator);
  for (std::size_t i = free.size(); i > 0; --i) allocator->release(free[i - 1]);
  return allocator;
}

std::vector<Extent> complement(Extent extent, std::span<const Extent> parts) {
  std::vector<Extent> rest;
  FrameNumber at = extent.first;
  for (const Extent& part : parts) {
    if (at < part.first) rest.push_back({at, part.first - at});
    at = part.end();
  }
  if (at < extent.end()) rest.push_back({at, extent.end() - at});
  return rest;
}

std::vector<Extent> free_runs(const FrameAllocator& allocator) {
  std::vector<Extent> runs;
  allocator.for_each_free([&runs](Extent extent) {
    if (!runs.empty() && runs.back().end() == extent.first) {
      runs.back().count += extent.count;
    } else {
      runs.push_back(extent);
    }
  });
  return runs;
}

}  // namespace memsim
