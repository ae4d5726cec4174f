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

constexpr std::uint64_t kMaxFrames = 1U << 24U;  // on a processor's lists: 64 GiB of 4 KiB pages

constexpr std::array<PolicyOption, 8> kOptions = {{
    {.name = "top_order",
     .type = PolicyOption::Type::integer,
     .default_value = "10",
     .minimum = 0,
     .maximum = 20,
     .doc = "log2 of the largest block in frames (MAX_PAGE_ORDER); it serves no longer contiguous request by itself, "
            "contiguous_failure 'defragment' may"},
    {.name = "pageblock_order",
     .type = PolicyOption::Type::integer,
     .default_value = "9",
     .minimum = 1,
     .maximum = 20,
     .doc = "log2 of a page block's frames; a page block has one mobility type; above top_order: no types"},
    {.name = "scatter_order",
     .type = PolicyOption::Type::integer,
     .default_value = "9",
     .minimum = 0,
     .maximum = 20,
     .doc = "log2 of the blocks that a scattered request takes while it can; 0: page by page"},
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

// zone_batchsize(): a 4096th of the zone, up to 256 KiB of 4 KiB pages, one less than a power of two.
std::uint64_t automatic_batch(std::uint64_t frames) {
  const std::uint64_t batch = std::min<std::uint64_t>(frames >> 12, 64);
  return batch <= 1 ? 1 : std::bit_floor(batch + batch / 2) - 1;
}

// zone_highsize(): the zone's low watermark. Its minimum is what the kernel keeps so that huge pages can form: eleven
// page blocks for a machine of one zone, up to a twentieth of it (set_recommended_min_free_kbytes()).
std::uint64_t automatic_high_min(std::uint64_t frames, std::uint64_t page_block, std::uint64_t cpus) {
  const std::uint64_t minimum = std::min(11 * page_block, frames / 20);
  return (minimum + std::max(minimum / 4, frames / 1000)) / cpus;
}

LinuxCpuLists::Limits limits_of(std::uint64_t frames, const PolicyOptions& options) {
  const std::uint64_t cpus = number_of(kOptions[kCpus], options);
  const std::uint64_t page_block = std::uint64_t{1} << number_of(kOptions[kPageBlockOrder], options);
  const auto given_or = [&](Index index, std::uint64_t automatic) {
    const std::uint64_t given = number_of(kOptions[index], options);
    return given == 0 ? std::min(automatic, kMaxFrames) : given;
  };
  const std::uint64_t batch = given_or(kBatch, automatic_batch(frames));
  const std::uint64_t low = given_or(kHighMin, std::max(automatic_high_min(frames, page_block, cpus), 4 * batch));
  const std::uint64_t high = given_or(kHighMax, std::max(frames / 8 / cpus, 4 * batch));
  return {.batch = static_cast<std::uint32_t>(batch),
          .high_min = static_cast<std::uint32_t>(low),
          .high_max = static_cast<std::uint32_t>(std::max(low, high))};
}

LinuxAllocator::Options options_of(Extent extent, const PolicyOptions& options) {
  const auto order = [&](Index index) { return Order(static_cast<unsigned>(number_of(kOptions[index], options))); };
  return {.top_order = order(kTopOrder),
          .page_block_order = order(kPageBlockOrder),
          .scatter_order = order(kScatterOrder),
          .has_cpu_lists = text_of(kOptions[kPcp], options) == "on",
          .limits = limits_of(extent.count.count(), options)};
}

std::unique_ptr<FrameAllocator> create(Extent extent, const PolicyOptions& options) {
  return std::make_unique<LinuxAllocator>(extent, options_of(extent, options));
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
    .create = create,
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

AllocatorWork release_linux_block(FrameAllocator& allocator, FrameNumber first, Order order, CpuId cpu,
                                  LinuxRelease way) {
  return linux_allocator(allocator).release_whole(first, order, cpu, way);
}

AllocatorWork decay_linux_cpu_lists(FrameAllocator& allocator, CpuId cpu) {
  return linux_allocator(allocator).decay(cpu);
}

std::unique_ptr<FrameAllocator> create_linux_allocator(Extent extent, const PolicyOptions& options,
                                                       const LinuxFreeLists& start) {
  return std::make_unique<LinuxAllocator>(extent, options_of(extent, options), start);
}

}  // namespace memsim
