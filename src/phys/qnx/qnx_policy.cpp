#include "phys/qnx/qnx_policy.hpp"

#include <array>

#include "phys/qnx/qnx_allocator.hpp"
#include "phys/requests/option_values.hpp"

namespace memsim {
namespace {

constexpr std::array<PolicyOption, 2> kOptions = {{
    {.name = "big_page_order",
     .type = PolicyOption::Type::integer,
     .default_value = "10",
     .minimum = 0,
     .maximum = 20,
     .doc = "log2 of a big page's frames (10: 4 MiB on x86), to which pieces from that size on are aligned; 0: none"},
    {.name = "zone_order",
     .type = PolicyOption::Type::integer,
     .default_value = "0",
     .minimum = 0,
     .maximum = 20,
     .doc = "log2 of the frames of a zone dedicated to contiguous or to other requests (12: 16 MiB); 0: no zones"},
}};

std::unique_ptr<FrameAllocator> make(Extent extent, const PolicyOptions& options, PageSize) {
  const auto order = [&](std::size_t index) -> std::optional<Order> {
    const std::uint64_t value = number_of(kOptions[index], options);
    if (value == 0) return std::nullopt;
    return Order(static_cast<unsigned>(value));
  };
  return std::make_unique<QnxAllocator>(extent,
                                        QnxAllocator::Options{.big_page_order = order(0), .zone_order = order(1)});
}

constexpr Policy kPolicy = {
    .name = "qnx",
    .doc = "QNX 6.4.1's own: runs in eight queues, carved from the high end, powers of two for scattered requests",
    .options = kOptions,
    .make = make,
};

}  // namespace

const Policy& qnx_policy() { return kPolicy; }

}  // namespace memsim
