#include "phys/split/weighted_buddy_policy.hpp"

#include "phys/split/split_buddy.hpp"

namespace memsim {
namespace {

std::unique_ptr<FrameAllocator> create(Extent extent, const PolicyOptions& options) {
  return std::make_unique<SplitBuddy>(extent, weighted_tree(largest_split_block(extent, options)),
                                      block_tail_of(options));
}

constexpr Policy kPolicy = {
    .name = "weighted_buddy",
    .doc = "buddy with blocks of 2^k and 3 * 2^k frames, cut three to one and two to one",
    .options = kSplitBuddyOptions,
    .create = create,
};

}  // namespace

const Policy& weighted_buddy_policy() { return kPolicy; }

}  // namespace memsim
