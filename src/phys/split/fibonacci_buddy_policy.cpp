#include "phys/split/fibonacci_buddy_policy.hpp"

#include "phys/split/split_buddy.hpp"

namespace memsim {
namespace {

std::unique_ptr<FrameAllocator> make_fibonacci_buddy(Extent extent, const PolicyOptions& options, PageSize) {
  return make_split_buddy(extent, options, fibonacci_tree);
}

constexpr Policy kFibonacciBuddyPolicy = {
    .name = "fibonacci_buddy",
    .doc = "buddy with blocks of 1, 2, 3, 5, 8, ... frames, each cut into the two sizes before it",
    .options = kSplitBuddyOptions,
    .make = make_fibonacci_buddy,
};

}  // namespace

const Policy& fibonacci_buddy_policy() { return kFibonacciBuddyPolicy; }

}  // namespace memsim
