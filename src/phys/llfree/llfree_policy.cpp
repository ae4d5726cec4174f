#include "phys/llfree/llfree_policy.hpp"

#include <array>

#include "phys/llfree/llfree_allocator.hpp"
#include "phys/requests/option_values.hpp"

namespace memsim {
namespace {

constexpr std::array<std::string_view, 2> kFallbacks = {"none", "lowest_run"};

constexpr std::array<PolicyOption, 3> kOptions = {{
    {.name = "tree_order",
     .type = PolicyOption::Type::integer,
     .default_value = "5",
     .minimum = 0,
     .maximum = 10,
     .doc = "log2 of a tree's huge frames (of 512 frames); a tree is reserved as a whole"},
    {.name = "scatter_order",
     .type = PolicyOption::Type::integer,
     .default_value = "9",
     .minimum = 0,
     .maximum = LlfreeBits::kHugeOrder,
     .doc = "log2 of the blocks that a scattered request takes while it can; 0: frame by frame"},
    {.name = "fallback",
     .type = PolicyOption::Type::choice,
     .default_value = "none",
     .choices = kFallbacks,
     .doc = "where no aligned block of up to 1024 frames serves a contiguous request: it is refused, as published, or "
            "gets the lowest run that is long enough"},
}};

std::unique_ptr<FrameAllocator> make(Extent extent, const PolicyOptions& options, PageSize) {
  const auto order = [&](std::size_t index) {
    return Order(static_cast<unsigned>(number_of(kOptions[index], options)));
  };
  using Fallback = LlfreeAllocator::Fallback;
  return std::make_unique<LlfreeAllocator>(
      extent, LlfreeAllocator::Options{
                  .tree_order = order(0),
                  .scatter_order = order(1),
                  .fallback = text_of(kOptions[2], options) == "none" ? Fallback::none : Fallback::lowest_run});
}

constexpr Policy kPolicy = {
    .name = "llfree",
    .doc = "two levels: bit fields of huge frames below, trees reserved by how full they are above; single core",
    .options = kOptions,
    .make = make,
};

}  // namespace

const Policy& llfree_policy() { return kPolicy; }

}  // namespace memsim
