// The value of a sampled measure (base/measure.hpp) in one sample.
#pragma once

#include <cstdint>

#include <memsim/base/measure.hpp>
#include <memsim/engine/record.hpp>

namespace memsim {

// Requires: a measure of a region. `order` counts for measures by order, and is the K of those by length.
[[nodiscard]] std::int64_t sampled_value(SampledMeasure measure, Order order, const RegionSample& sample,
                                         Bytes page_size);
// Requires: a measure of the objects, and none by length.
[[nodiscard]] std::int64_t sampled_value(SampledMeasure measure, const ObjectSample& sample);
// Segments of 2^length to 2^(length + 1) - 1 frames.
[[nodiscard]] std::int64_t sampled_value(Order length, const SegmentLengthSample& sample);

// Large pages (base/fragmentation.hpp) that the free bytes would make if they lay together.
[[nodiscard]] std::uint64_t large_pages_possible(FrameCount free, Bytes page_size);

// The orders that a region of `frames` frames can have free blocks of, and the K of its runs: 0 up to, not including,
// this.
[[nodiscard]] unsigned order_count_of(FrameCount frames);

}  // namespace memsim
