// The segments of the live objects that hold frames, counted by length.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <memsim/vm/memory_object.hpp>

namespace memsim::memmgr {

struct SegmentLengths {
  std::array<std::uint64_t, 64> by_log2{};  // by floor(log2 frames)

  // Without the zeros behind the longest segment.
  [[nodiscard]] std::span<const std::uint64_t> up_to_longest() const;
};

// O(segments). The same segments as the objects' segment_count() counts, of the objects that own their frames.
[[nodiscard]] SegmentLengths segment_lengths(const ObjectTable& objects, PageSize page_size);

}  // namespace memsim::memmgr
