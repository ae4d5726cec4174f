// The measures of memory that every sample takes, by name: one table for the outputs, the expectations of a scenario
// and the comparison of runs, so that a measure has one name, one unit and one sense of "better" everywhere.
// Definitions: fragmentation.hpp and docs/output.md. How each is computed from a sample: view/sampled_value.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace memsim {

// Which direction a person who changed something hopes for.
enum class Better : std::uint8_t { lower, higher, neither };
[[nodiscard]] std::string_view name_of(Better better);

enum class MeasureUnit : std::uint8_t {
  count,
  frames,
  bytes,
  share,        // thousandths, from -1000 to 1000
  nanoseconds,  // a span, or a moment counted from boot
};

// What a measure is taken of.
enum class MeasureScope : std::uint8_t {
  region,             // one value for each region
  order_of_region,    // one for each region and order of block
  length_of_region,   // one for each region and floor(log2) of a length in frames
  objects,            // one for all memory objects together
  length_of_objects,  // one for all of them and floor(log2) of a length in frames
};
// Whether it is of all memory objects together, not of a region.
[[nodiscard]] constexpr bool is_of_objects(MeasureScope scope) {
  return scope == MeasureScope::objects || scope == MeasureScope::length_of_objects;
}
// Whether it has a value for each order of block, or for each class of lengths, which is written as an order too.
[[nodiscard]] constexpr bool is_by_order(MeasureScope scope) {
  return scope != MeasureScope::region && scope != MeasureScope::objects;
}

enum class SampledMeasure : std::uint8_t {
  free_frames,
  largest_free_run_frames,
  free_run_count,
  external_fragmentation_permille,
  large_pages_free,
  large_pages_possible,
  large_page_availability_permille,
  large_page_ranges_pinned,
  pinned_permille,
  free_blocks,
  unusable_index_permille,
  fragmentation_index_permille,
  free_runs_log2,
  object_count,
  asked_bytes,
  given_bytes,
  internal_fragmentation_permille,
  segment_count,
  segments_min,
  segments_median,
  segments_p99,
  segments_max,
  bytes_per_segment,
  segments_log2,  // where the scenario records it
};
inline constexpr unsigned kSampledMeasureCount = static_cast<unsigned>(SampledMeasure::segments_log2) + 1;

struct SampledMeasureInfo {
  SampledMeasure measure;
  std::string_view name;
  MeasureScope scope;
  MeasureUnit unit;
  Better better;
  std::string_view doc;
};

// All of them, in the order of the enumeration.
[[nodiscard]] std::span<const SampledMeasureInfo> sampled_measures();
[[nodiscard]] const SampledMeasureInfo& info_of(SampledMeasure measure);
[[nodiscard]] std::optional<SampledMeasure> sampled_measure_from_name(std::string_view name);

}  // namespace memsim
