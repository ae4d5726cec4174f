#include "phys/linux/linux_cpu_lists.hpp"

#include <algorithm>

namespace memsim {

LinuxCpuLists::Processor& LinuxCpuLists::processor(CpuId cpu) {
  if (cpu.value() >= processors_.size()) processors_.resize(cpu.value() + std::size_t{1});
  return processors_[cpu.value()];
}

std::size_t LinuxCpuLists::list_of(unsigned order, Mobility type) {
  if (order <= kCostlyOrder) return order * kMobilityCount + static_cast<std::size_t>(type);
  return kLowLists + (type == Mobility::movable ? 1 : 0);
}

bool LinuxCpuLists::has(const LinuxZone& zone, CpuId cpu, unsigned order, Mobility type) const {
  if (!holds(zone, order) || cpu.value() >= processors_.size()) return false;
  return !processors_[cpu.value()].lists[list_of(order, zone.effective(type))].is_empty();
}

std::uint64_t LinuxCpuLists::cached_frames() const {
  std::uint64_t frames = 0;
  for (const Processor& processor : processors_) frames += processor.count;
  return frames;
}

// --- Taking ---

std::uint64_t LinuxCpuLists::take(LinuxZone& zone, CpuId cpu, unsigned order, Mobility type, AllocatorWork& work) {
  Processor& own = processor(cpu);
  const auto size = std::uint32_t{1} << order;
  BlockList& list = own.lists[list_of(order, zone.effective(type))];
  own.free_count /= 2;
  if (list.is_empty()) {
    for (std::uint32_t blocks = refill_blocks(own, order); blocks != 0; --blocks) {
      const std::uint64_t block = zone.take(order, type, work);
      if (block == LinuxZone::kNoBlock) break;
      zone.set_cached(static_cast<std::uint32_t>(block), order);
      zone.links().push_tail(list, static_cast<std::uint32_t>(block));
      own.count += size;
    }
    if (list.is_empty()) return LinuxZone::kNoBlock;
  }
  const std::uint32_t block = list.head;
  zone.links().remove(list, block);
  zone.clear_cached(block);
  own.count -= size;
  ++work.steps;
  return block;
}

// How many blocks a refill asks for.
std::uint32_t LinuxCpuLists::refill_blocks(Processor& own, unsigned order) const {
  own.high = std::clamp(own.high, limits_.high_min, limits_.high_max);
  if (own.high < limits_.batch) return 1;
  std::uint32_t batch = order == 0 ? limits_.batch << own.alloc_factor : limits_.batch;
  std::uint32_t high = own.high;
  if (limits_.high_min != limits_.high_max) high = own.high = std::min(own.high + batch, limits_.high_max);
  if (order == 0) {
    const std::uint32_t used = own.count + limits_.batch;
    const std::uint32_t room = std::max(high > used ? high - used : 0, limits_.batch);
    if (batch <= room && own.alloc_factor < kScaleMax) ++own.alloc_factor;
    batch = std::min(batch, room);
  }
  return batch > 1 ? std::max(batch >> order, 2U) : batch;
}

// --- Giving back ---

void LinuxCpuLists::give(LinuxZone& zone, CpuId cpu, std::uint32_t block, unsigned order, AllocatorWork& work) {
  Processor& own = processor(cpu);
  const std::size_t list = list_of(order, zone.page_block_type(block));
  own.alloc_factor /= 2;
  zone.set_cached(block, order);
  zone.links().push_head(own.lists[list], block);
  own.count += std::uint32_t{1} << order;
  ++work.steps;
  bool many_high_orders = false;
  if (order != 0 && order <= kCostlyOrder) {
    // A processor's share of the cache is taken to hold three batches, so that one may stay (PCPF_FREE_HIGH_BATCH).
    many_high_orders =
        own.free_count >= limits_.batch + limits_.high_min / 2 && own.freed_high_order && own.count >= limits_.batch;
    own.freed_high_order = true;
  } else {
    own.freed_high_order = false;
  }
  if (own.free_count < limits_.batch << kScaleMax) own.free_count += std::uint32_t{1} << order;
  const std::uint32_t high = drain_threshold(own, many_high_orders);
  if (own.count >= high) drain_lists(zone, own, drain_frames(own, high, many_high_orders), list, work);
}

std::uint32_t LinuxCpuLists::drain_threshold(Processor& own, bool many_high_orders) const {
  own.high = std::clamp(own.high, limits_.high_min, limits_.high_max);
  if (own.high == 0) return 0;
  const std::uint32_t high = own.high;
  if (many_high_orders) {
    const std::uint32_t less = limits_.batch << kScaleMax;
    own.high = std::max(high > less ? high - less : 0, limits_.high_min);
    return 0;
  }
  if (limits_.high_min != limits_.high_max && own.count >= high) {
    own.high = std::clamp(std::max(high, own.free_count + limits_.batch), limits_.high_min, limits_.high_max);
  }
  return high;
}

std::uint32_t LinuxCpuLists::drain_frames(const Processor& own, std::uint32_t high, bool many_high_orders) const {
  if (many_high_orders) return std::min(own.count, limits_.batch << kScaleMax);
  if (high < limits_.batch) return 1;
  return std::min(std::max(own.free_count, limits_.batch), high - limits_.batch);
}

void LinuxCpuLists::drain_lists(LinuxZone& zone, Processor& own, std::uint32_t frames, std::size_t first_list,
                                AllocatorWork& work) {
  frames = std::min(frames, own.count);
  for (std::size_t index = first_list; frames != 0; index = (index + 1) % kListCount) {
    BlockList& list = own.lists[index];
    const unsigned order = order_of_list(zone, index);
    const auto size = std::uint32_t{1} << order;
    while (frames != 0 && !list.is_empty()) {
      const std::uint32_t block = list.tail;
      zone.links().remove(list, block);
      zone.clear_cached(block);
      own.count -= size;
      frames -= std::min(frames, size);
      zone.give(block, order, work);
    }
  }
}

void LinuxCpuLists::decay(LinuxZone& zone, CpuId cpu, AllocatorWork& work) {
  Processor& own = processor(cpu);
  const std::uint32_t most = limits_.batch << kScaleMax;
  if (own.high > limits_.high_min) {
    own.high = std::max({own.count > most ? own.count - most : 0, own.high - own.high / 8, limits_.high_min});
  }
  if (own.count > own.high) drain_lists(zone, own, own.count - own.high, 0, work);
}

void LinuxCpuLists::drain(LinuxZone& zone, AllocatorWork& work) {
  for (Processor& own : processors_) {
    while (own.count != 0) drain_lists(zone, own, std::min(own.count, limits_.batch << kScaleMax), 0, work);
  }
}

void LinuxCpuLists::start_cached(LinuxZone& zone, CpuId cpu, std::uint32_t block, unsigned order, Mobility type) {
  Processor& own = processor(cpu);
  zone.set_cached(block, order);
  zone.links().push_tail(own.lists[list_of(order, zone.effective(type))], block);
  own.count += std::uint32_t{1} << order;
}

void LinuxCpuLists::check(const LinuxZone& zone) const {
  for (const Processor& own : processors_) {
    std::uint64_t frames = 0;
    for (std::size_t index = 0; index < kListCount; ++index) {
      const unsigned order = order_of_list(zone, index);
      zone.links().any_of(own.lists[index], [&](std::uint32_t block) {
        const bool is_cached =
            zone.any_block(block, block + std::uint64_t{1}, [&](std::uint32_t at, unsigned found, LinuxZone::Use use) {
              return at == block && found == order && use == LinuxZone::Use::cached;
            });
        MEMSIM_CHECK_THAT(is_cached, "a processor's list holds cached blocks of its order");
        frames += std::uint64_t{1} << order;
        return false;
      });
    }
    MEMSIM_CHECK_THAT(frames == own.count, "a processor's cached frames are counted");
  }
}

}  // namespace memsim
