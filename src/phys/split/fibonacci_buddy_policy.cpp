#include "phys/split/fibonacci_buddy_policy.hpp"

#include "phys/split/split_buddy.hpp"

namespace memsim {
namespace {

std::unique_ptr<FrameAllocator> create(Extent extent, const PolicyOptions& options) {
  return std::make_unique<SplitBuddy>(extent, fibonacci_tree(largest_split_block(extent, options)),
                                      block_tail_of(options));
}

constexpr Policy kPolicy = {
    .name = "fibonacci_buddy",
    .doc = "buddy with blocks of 1, 2, 3, 5, 8, ... frames, each cut into the two sizes before it",
    .options = kSplitBuddyOptions,
    .create = create,
};

}  // namespace

const Policy& fibonacci_buddy_policy() { return kPolicy; }

}  // namespace memsim
