#include "kernel/objects/segment_lengths.hpp"

namespace memsim::memmgr {

std::span<const std::uint64_t> SegmentLengths::up_to_longest() const {
  std::size_t size = by_log2.size();
  while (size > 0 && by_log2[size - 1] == 0) --size;
  return std::span(by_log2).first(size);
}

SegmentLengths segment_lengths(const ObjectTable& objects, PageSize page_size) {
  SegmentLengths lengths;
  objects.for_each([&](ObjectSlot, const MemoryObject& object) {
    if (!object.owns_frames()) return;
    object.for_each_run(page_size,
                        [&](PageNumber, const Extent& run) { ++lengths.by_log2.at(order_within(run.count).value()); });
  });
  return lengths;
}

}  // namespace memsim::memmgr
