#include "phys/split/weighted_buddy_policy.hpp"

#include "phys/split/split_buddy.hpp"

namespace memsim {
namespace {

std::unique_ptr<FrameAllocator> make_weighted_buddy(Extent extent, const PolicyOptions& options, PageSize) {
  return make_split_buddy(extent, options, weighted_tree);
}

constexpr Policy kWeightedBuddyPolicy = {
    .name = "weighted_buddy",
    .doc = "buddy with blocks of 2^k and 3 * 2^k frames, cut three to one and two to one",
    .options = kSplitBuddyOptions,
    .make = make_weighted_buddy,
};

}  // namespace

const Policy& weighted_buddy_policy() { return kWeightedBuddyPolicy; }

}  // namespace memsim
