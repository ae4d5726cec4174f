#include <memsim/view/measure/sampled_value.hpp>

#include <algorithm>
#include <bit>
#include <limits>
#include <span>

#include <memsim/base/check.hpp>
#include <memsim/base/fragmentation.hpp>
#include "view/text/frame_bytes.hpp"

namespace memsim {
namespace {

// Counts are below 2^63 in any run that ends; a size that lazy objects add up to may not be.
std::int64_t clamped(std::uint64_t value) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(value, kLargest));
}

std::int64_t at(std::span<const std::uint64_t> counts, Order order) {
  return order.value() < counts.size() ? clamped(counts[order.value()]) : 0;
}

std::int64_t large_page_availability(const RegionSample& sample, Bytes page_size) {
  const std::uint64_t possible = large_pages_possible(sample.free, page_size);
  return possible == 0 ? 1000 : permille_of(sample.large_pages_free, possible);
}

std::int64_t pinned(const RegionSample& sample) {
  return sample.large_page_ranges == 0 ? 0 : permille_of(sample.large_page_ranges_pinned, sample.large_page_ranges);
}

}  // namespace

std::uint64_t large_pages_possible(FrameCount free, Bytes page_size) {
  return bytes_of(free, page_size) / large_page_size(page_size);
}

std::int64_t sampled_value(SampledMeasure measure, Order order, const RegionSample& sample, Bytes page_size) {
  switch (measure) {
    case SampledMeasure::free_frames:
      return clamped(sample.free.count());
    case SampledMeasure::largest_free_run_frames:
      return clamped(sample.largest_free_run.count());
    case SampledMeasure::free_run_count:
      return clamped(sample.free_run_count);
    case SampledMeasure::external_fragmentation_permille:
      return external_fragmentation_permille(sample.free, sample.largest_free_run);
    case SampledMeasure::large_pages_free:
      return clamped(sample.large_pages_free);
    case SampledMeasure::large_pages_possible:
      return clamped(large_pages_possible(sample.free, page_size));
    case SampledMeasure::large_page_availability_permille:
      return large_page_availability(sample, page_size);
    case SampledMeasure::large_page_ranges_pinned:
      return clamped(sample.large_page_ranges_pinned);
    case SampledMeasure::pinned_permille:
      return pinned(sample);
    case SampledMeasure::free_blocks:
      return at(sample.free_blocks, order);
    case SampledMeasure::unusable_index_permille:
      return unusable_index_permille(sample.free, sample.free_blocks, order);
    case SampledMeasure::fragmentation_index_permille:
      return fragmentation_index_permille(sample.free, sample.free_blocks, order);
    case SampledMeasure::free_runs_log2:
      return at(sample.free_runs_by_log2, order);
    default:
      break;
  }
  MEMSIM_CHECK_THAT(false, "a measure of a region");
  return 0;
}

std::int64_t sampled_value(SampledMeasure measure, const ObjectSample& sample) {
  switch (measure) {
    case SampledMeasure::object_count:
      return clamped(sample.object_count);
    case SampledMeasure::asked_bytes:
      return clamped(sample.asked.count());
    case SampledMeasure::given_bytes:
      return clamped(sample.given.count());
    case SampledMeasure::internal_fragmentation_permille:
      return internal_fragmentation_permille(sample.asked, sample.given);
    case SampledMeasure::segment_count:
      return clamped(sample.segment_count);
    case SampledMeasure::segments_min:
      return clamped(sample.segments_min);
    case SampledMeasure::segments_median:
      return clamped(sample.segments_median);
    case SampledMeasure::segments_p99:
      return clamped(sample.segments_p99);
    case SampledMeasure::segments_max:
      return clamped(sample.segments_max);
    case SampledMeasure::bytes_per_segment:
      return sample.segment_count == 0 ? 0 : clamped(sample.given.count() / sample.segment_count);
    default:
      break;
  }
  MEMSIM_CHECK_THAT(false, "a measure of the objects");
  return 0;
}

std::int64_t sampled_value(Order length, const SegmentLengthSample& sample) {
  return at(sample.segments_by_log2, length);
}

unsigned order_count_of(FrameCount frames) { return static_cast<unsigned>(std::bit_width(frames.count())); }

}  // namespace memsim
