#include "phys/buddy/buddy.hpp"

#include "phys/buddy/buddy_bitmaps.hpp"
#include "phys/buddy/buddy_definitions.hpp"
#include "phys/buddy/buddy_lists.hpp"
#include "phys/buddy/buddy_ranges.hpp"
#include "phys/buddy/buddy_stacks.hpp"

namespace memsim {

template class BuddyAllocator<BuddyLists>;
template class BuddyAllocator<BuddyStacks>;
template class BuddyAllocator<BuddyBitmaps>;
template class BuddyAllocator<BuddyRanges>;

}  // namespace memsim
