#include "phys/linux/linux_policy.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <memsim/phys/linux_free_lists.hpp>

#include "phys/linux/linux_allocator.hpp"
#include "phys/requests/option_values.hpp"

namespace memsim {
namespace {

constexpr std::array<std::string_view, 2> kSwitch = {"on", "off"};

enum Index : std::size_t { kTopOrder, kPageBlockOrder, kScatterOrder, kPcp, kCpus, kBatch, kHighMin, kHighMax };

constexpr std::uint64_t kLargestOrder = 20;
constexpr std::uint64_t kMaxFrames = 1U << 24U;  // on a processor's lists: 64 GiB of 4 KiB pages

constexpr std::array<PolicyOption, 8> kOptions = {{
    {.name = "top_order",
     .type = PolicyOption::Type::integer,
     .default_value = kAutomatic,
     .minimum = 0,
     .maximum = kLargestOrder,
     .doc = "log2 of the largest block in frames (MAX_PAGE_ORDER); it serves no longer contiguous request by itself, "
            "contiguous_failure 'defragment' may; auto: 10, with pages of 16 KiB 11, of 64 KiB 13"},
    {.name = "pageblock_order",
     .type = PolicyOption::Type::integer,
     .default_value = kAutomatic,
     .minimum = 1,
     .maximum = kLargestOrder,
     .doc =
         "log2 of a page block's frames; a page block has one mobility type; above top_order: no types; auto: a huge "
         "page, 9, with pages of 16 KiB 11, of 64 KiB 13, and not above top_order"},
    {.name = "scatter_order",
     .type = PolicyOption::Type::integer,
     .default_value = kAutomatic,
     .minimum = 0,
     .maximum = kLargestOrder,
     .doc = "log2 of the blocks that a scattered request takes while it can; 0: page by page; auto: a huge page"},
    {.name = "pcp",
     .type = PolicyOption::Type::choice,
     .default_value = "on",
     .choices = kSwitch,
     .doc = "per-CPU lists in front of the buddy, for orders 0 to 3 and page blocks"},
    {.name = "cpus",
     .type = PolicyOption::Type::integer,
     .default_value = "1",
     .minimum = 1,
     .maximum = 1024,
     .doc = "processors among which the automatic limits are shared",
     .only_with = {"pcp", "on"}},
    {.name = "batch",
     .type = PolicyOption::Type::integer,
     .default_value = "0",
     .minimum = 0,
     .maximum = 4096,
     .doc = "frames that a per-CPU list takes or gives at once; 0: by the region's size",
     .only_with = {"pcp", "on"}},
    {.name = "high_min",
     .type = PolicyOption::Type::integer,
     .default_value = "0",
     .minimum = 0,
     .maximum = kMaxFrames,
     .doc = "frames on a CPU's lists that start a drain, at least; 0: by the region's size",
     .only_with = {"pcp", "on"}},
    {.name = "high_max",
     .type = PolicyOption::Type::integer,
     .default_value = "0",
     .minimum = 0,
     .maximum = kMaxFrames,
     .doc = "the same at most; 0: an eighth of the region; not above high_min: no tuning",
     .only_with = {"pcp", "on"}},
}};

// A page table is a page of 8-byte entries, and a huge page what one table of the last level maps (HPAGE_PMD_ORDER).
std::uint64_t huge_page_order(PageSize page_size) {
  return std::min<std::uint64_t>(page_size.shift() - 3, kLargestOrder);
}

// The orders that a request cannot do without. The largest block is ten orders up, or more where a huge page is
// (ARCH_FORCE_MAX_ORDER of arm64); a page block is a huge page, or less where the largest block is (pageblock_order).
struct Orders {
  std::uint64_t top;
  std::uint64_t page_block;
  std::uint64_t scatter;
};
Orders orders_of(PageSize page_size, const PolicyOptions& options) {
  const std::uint64_t huge = huge_page_order(page_size);
  const std::uint64_t top = number_of(kOptions[kTopOrder], options, std::max<std::uint64_t>(10, huge));
  return {.top = top,
          .page_block = number_of(kOptions[kPageBlockOrder], options, std::max<std::uint64_t>(1, std::min(huge, top))),
          .scatter = number_of(kOptions[kScatterOrder], options, huge)};
}

// zone_batchsize(): a 4096th of the zone, up to 256 KiB, one less than a power of two.
std::uint64_t automatic_batch(std::uint64_t frames, PageSize page_size) {
  constexpr Bytes kMost(std::uint64_t{256} << 10);
  const std::uint64_t batch = std::min(frames >> 12, kMost / page_size.bytes());
  return batch <= 1 ? 1 : std::bit_floor(batch + batch / 2) - 1;
}

// zone_highsize(): the zone's low watermark. Its minimum is what the kernel keeps so that huge pages can form: eleven
// page blocks for a machine of one zone, up to a twentieth of it (set_recommended_min_free_kbytes()).
std::uint64_t automatic_high_min(std::uint64_t frames, std::uint64_t page_block, std::uint64_t cpus) {
  const std::uint64_t minimum = std::min(11 * page_block, frames / 20);
  return (minimum + std::max(minimum / 4, frames / 1000)) / cpus;
}

LinuxCpuLists::Limits limits_of(std::uint64_t frames, std::uint64_t page_block, PageSize page_size,
                                const PolicyOptions& options) {
  const std::uint64_t cpus = number_of(kOptions[kCpus], options);
  const auto given_or = [&](Index index, std::uint64_t automatic) {
    const std::uint64_t given = number_of(kOptions[index], options);
    return given == 0 ? std::min(automatic, kMaxFrames) : given;
  };
  const std::uint64_t batch = given_or(kBatch, automatic_batch(frames, page_size));
  const std::uint64_t low = given_or(kHighMin, std::max(automatic_high_min(frames, page_block, cpus), 4 * batch));
  const std::uint64_t high = given_or(kHighMax, std::max(frames / 8 / cpus, 4 * batch));
  return {.batch = static_cast<std::uint32_t>(batch),
          .high_min = static_cast<std::uint32_t>(low),
          .high_max = static_cast<std::uint32_t>(std::max(low, high))};
}

LinuxAllocator::Options options_of(Extent extent, const PolicyOptions& options, PageSize page_size) {
  const Orders orders = orders_of(page_size, options);
  const std::uint64_t page_block = std::uint64_t{1} << orders.page_block;
  return {.top_order = Order(static_cast<unsigned>(orders.top)),
          .page_block_order = Order(static_cast<unsigned>(orders.page_block)),
          .scatter_order = Order(static_cast<unsigned>(orders.scatter)),
          .has_cpu_lists = text_of(kOptions[kPcp], options) == "on",
          .limits = limits_of(extent.count.count(), page_block, page_size, options)};
}

std::unique_ptr<FrameAllocator> make(Extent extent, const PolicyOptions& options, PageSize page_size) {
  return std::make_unique<LinuxAllocator>(extent, options_of(extent, options, page_size));
}

LinuxAllocator& linux_allocator(FrameAllocator& allocator) {
  auto* const found = dynamic_cast<LinuxAllocator*>(&allocator);
  MEMSIM_CHECK_THAT(found != nullptr, "an allocator of the policy linux");
  return *found;
}

constexpr Policy kPolicy = {
    .name = "linux",
    .doc = "the buddy of a Linux 6.18 kernel: lists by order and mobility, page blocks, per-CPU lists in front",
    .options = kOptions,
    .make = make,
};

}  // namespace

const Policy& linux_policy() { return kPolicy; }

std::optional<LinuxFreeLists> linux_free_lists(const FrameAllocator& allocator) {
  const auto* const found = dynamic_cast<const LinuxAllocator*>(&allocator);
  if (found == nullptr) return std::nullopt;
  return found->free_lists();
}

PerOrder linux_free_blocks(const FrameAllocator& allocator) {
  const auto* const found = dynamic_cast<const LinuxAllocator*>(&allocator);
  MEMSIM_CHECK_THAT(found != nullptr, "an allocator of the policy linux");
  return found->free_blocks();
}

AllocatorWork decay_linux_cpu_lists(FrameAllocator& allocator, CpuId cpu) {
  return linux_allocator(allocator).decay(cpu);
}

std::unique_ptr<FrameAllocator> create_linux_allocator(Extent extent, const PolicyOptions& options,
                                                       const LinuxFreeLists& start, PageSize page_size) {
  return std::make_unique<LinuxAllocator>(extent, options_of(extent, options, page_size), start);
}

}  // namespace memsim
