#include "phys/buddy/buddy_policy.hpp"

#include <array>
#include <string_view>

#include "phys/buddy/buddy.hpp"
#include "phys/buddy/buddy_bitmaps.hpp"
#include "phys/buddy/buddy_lists.hpp"
#include "phys/buddy/buddy_ranges.hpp"
#include "phys/buddy/buddy_stacks.hpp"
#include "phys/requests/block_tail.hpp"
#include "phys/requests/option_values.hpp"

namespace memsim {
namespace {

constexpr std::array<std::string_view, 4> kPlacements = {"lifo", "fifo", "lowest", "most_used"};

constexpr PolicyOption kTopOrder = {.name = "top_order",
                                    .type = PolicyOption::Type::integer,
                                    .default_value = kAutomatic,
                                    .minimum = 0,
                                    .maximum = 32,
                                    .doc =
                                        "log2 of the largest block in frames; it serves no longer contiguous request "
                                        "by itself, contiguous_failure 'defragment' may; auto: as large as fits the "
                                        "region"};
constexpr PolicyOption kPlacement = {
    .name = "placement",
    .type = PolicyOption::Type::choice,
    .default_value = "lowest",
    .choices = kPlacements,
    .doc =
        "which free block serves: of the smallest that can, the one freed last (lifo) or first (fifo) or with the "
        "lowest address; or one of the range with the fewest free frames (most_used)"};
constexpr PolicyOption kRangeOrder = {
    .name = "range_order",
    .type = PolicyOption::Type::integer,
    .default_value = "9",
    .minimum = 1,
    .maximum = 18,
    .doc = "log2 of the frames of the aligned ranges that placement most_used compares",
    .only_with = {"placement", "most_used"}};
constexpr PolicyOption kReserve = {.name = "reserve",
                                   .type = PolicyOption::Type::integer,
                                   .default_value = "0",
                                   .minimum = 0,
                                   .maximum = std::uint64_t{1} << 32,
                                   .doc = "frames of each region that only contiguous requests may take"};
constexpr std::array<PolicyOption, 5> kOptions = {kTopOrder, kPlacement, kRangeOrder, kReserve, kTailOption};

std::unique_ptr<FrameAllocator> make(Extent extent, const PolicyOptions& given, PageSize) {
  const BuddyOptions options{.top_order = Order(static_cast<unsigned>(number_of(kTopOrder, given, kTopOrder.maximum))),
                             .range_order = Order(static_cast<unsigned>(number_of(kRangeOrder, given))),
                             .reserve = FrameCount(number_of(kReserve, given)),
                             .tail = block_tail_of(given)};
  const std::string_view placement = text_of(kPlacement, given);
  if (placement == "lifo") return std::make_unique<BuddyAllocator<BuddyStacks>>(extent, options);
  if (placement == "fifo") return std::make_unique<BuddyAllocator<BuddyLists>>(extent, options);
  if (placement == "lowest") return std::make_unique<BuddyAllocator<BuddyBitmaps>>(extent, options);
  return std::make_unique<BuddyAllocator<BuddyRanges>>(extent, options);
}

constexpr Policy kPolicy = {
    .name = "buddy",
    .doc = "binary buddy: aligned power-of-two blocks, merged as soon as both halves are free",
    .options = kOptions,
    .make = make,
};

}  // namespace

const Policy& buddy_policy() { return kPolicy; }

}  // namespace memsim
