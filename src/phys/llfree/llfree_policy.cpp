#include "phys/llfree/llfree_policy.hpp"

#include <array>

#include "phys/llfree/llfree_allocator.hpp"
#include "phys/requests/option_values.hpp"

namespace memsim {
namespace {

constexpr std::array<PolicyOption, 2> kOptions = {{
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
}};

std::unique_ptr<FrameAllocator> create(Extent extent, const PolicyOptions& options) {
  const auto order = [&](std::size_t index) {
    return Order(static_cast<unsigned>(number_of(kOptions[index], options)));
  };
  return std::make_unique<LlfreeAllocator>(extent,
                                           LlfreeAllocator::Options{.tree_order = order(0), .scatter_order = order(1)});
}

constexpr Policy kPolicy = {
    .name = "llfree",
    .doc = "two levels: bit fields of huge frames below, trees reserved by how full they are above; single core",
    .options = kOptions,
    .create = create,
};

}  // namespace

const Policy& llfree_policy() { return kPolicy; }

}  // namespace memsim
