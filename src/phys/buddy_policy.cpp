#include "phys/buddy_policy.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include "phys/buddy.hpp"
#include "phys/buddy_bitmaps.hpp"
#include "phys/buddy_lists.hpp"

namespace memsim {
namespace {

constexpr std::array<std::string_view, 2> kPlacements = {"lifo", "lowest"};

constexpr std::array<PolicyOption, 2> kOptions = {{
    {.name = "top_order",
     .type = PolicyOption::Type::integer,
     .default_value = "18",
     .minimum = 0,
     .maximum = 32,
     .doc = "log2 of the largest block in frames; no contiguous request is larger"},
    {.name = "placement",
     .type = PolicyOption::Type::choice,
     .default_value = "lowest",
     .choices = kPlacements,
     .doc = "which of equally small free blocks is taken: the one freed last, or the one with the lowest address"},
}};

std::string_view value_of(const PolicyOption& option, const PolicyOptions& options) {
  const auto given = options.find(option.name);
  return given == options.end() ? option.default_value : std::string_view(given->second);
}

std::unique_ptr<FrameAllocator> create(Extent extent, const PolicyOptions& options) {
  const std::string_view digits = value_of(kOptions[0], options);
  unsigned top_order = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), top_order);
  if (value_of(kOptions[1], options) == "lifo") {
    return std::make_unique<BuddyAllocator<BuddyLists>>(extent, Order(top_order));
  }
  return std::make_unique<BuddyAllocator<BuddyBitmaps>>(extent, Order(top_order));
}

constexpr Policy kPolicy = {
    .name = "buddy",
    .doc = "binary buddy: aligned power-of-two blocks, merged as soon as both halves are free",
    .options = kOptions,
    .create = create,
};

}  // namespace

const Policy& buddy_policy() { return kPolicy; }

}  // namespace memsim
