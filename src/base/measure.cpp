#include <memsim/base/measure.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

using M = SampledMeasure;
using S = MeasureScope;
using U = MeasureUnit;
using B = Better;

constexpr std::array kMeasures = std::to_array<SampledMeasureInfo>({
    {M::free_frames, "free_frames", S::region, U::frames, B::higher, "frames that are free"},
    {M::largest_free_run_frames, "largest_free_run_frames", S::region, U::frames, B::higher,
     "longest run of consecutive free frames, alignment aside"},
    {M::free_run_count, "free_run_count", S::region, U::count, B::neither, "maximal runs of free frames"},
    {M::external_fragmentation_permille, "external_fragmentation_permille", S::region, U::share, B::lower,
     "1 - largest free run / free frames; 0 where nothing is free"},
    {M::large_pages_free, "large_pages_free", S::region, U::count, B::higher,
     "free aligned runs of a large page: 2 MiB, or a page"},
    {M::large_pages_possible, "large_pages_possible", S::region, U::count, B::neither, "free bytes / large page"},
    {M::large_page_availability_permille, "large_page_availability_permille", S::region, U::share, B::higher,
     "large_pages_free / large_pages_possible; 1 where none is possible"},
    {M::large_page_ranges_pinned, "large_page_ranges_pinned", S::region, U::count, B::lower,
     "aligned ranges of a large page with a frame that cannot move"},
    {M::pinned_permille, "pinned_permille", S::region, U::share, B::lower,
     "their share of all such ranges; 0 where there is none"},
    {M::free_blocks, "free_blocks", S::order_of_region, U::count, B::neither, "free blocks of the order"},
    {M::unusable_index_permille, "unusable_index_permille", S::order_of_region, U::share, B::lower,
     "share of the free frames that no request of the order can use; 1 where nothing is free"},
    {M::fragmentation_index_permille, "fragmentation_index_permille", S::order_of_region, U::share, B::neither,
     "-1 where a block of the order is free; else towards 0 for lack of memory, towards 1 for fragmentation"},
    {M::free_runs_log2, "free_runs_log2", S::length_of_region, U::count, B::neither,
     "maximal free runs of 2^K to 2^(K+1) - 1 frames"},
    {M::object_count, "object_count", S::objects, U::count, B::neither, "live memory objects that hold frames"},
    {M::asked_bytes, "asked_bytes", S::objects, U::bytes, B::neither, "their sizes"},
    {M::given_bytes, "given_bytes", S::objects, U::bytes, B::neither, "what they were given"},
    {M::internal_fragmentation_permille, "internal_fragmentation_permille", S::objects, U::share, B::lower,
     "(given - asked) / given; 0 where nothing is given"},
    {M::segment_count, "segment_count", S::objects, U::count, B::lower, "segments of all objects"},
    {M::segments_min, "segments_min", S::objects, U::count, B::lower, "of the object with the fewest"},
    {M::segments_median, "segments_median", S::objects, U::count, B::lower, "of the median object"},
    {M::segments_p99, "segments_p99", S::objects, U::count, B::lower, "that 99 % of the objects do not exceed"},
    {M::segments_max, "segments_max", S::objects, U::count, B::lower, "of the object with the most"},
    {M::bytes_per_segment, "bytes_per_segment", S::objects, U::bytes, B::higher,
     "given bytes / segments, rounded down; 0 where there is no segment"},
    {M::segments_log2, "segments_log2", S::length_of_objects, U::count, B::neither,
     "segments of 2^K to 2^(K+1) - 1 frames; where 'record: {segment_lengths: true}' asks for them"},
});
static_assert(kMeasures.size() == kSampledMeasureCount, "each measure has its row");

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    if (static_cast<std::size_t>(kMeasures[i].measure) != i) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

}  // namespace

std::string_view name_of(Better better) {
  switch (better) {
    case Better::lower:
      return "lower";
    case Better::higher:
      return "higher";
    case Better::neither:
      return "neither";
  }
  return "";
}

std::span<const SampledMeasureInfo> sampled_measures() { return kMeasures; }

const SampledMeasureInfo& info_of(SampledMeasure measure) { return kMeasures.at(static_cast<std::size_t>(measure)); }

std::optional<SampledMeasure> sampled_measure_from_name(std::string_view name) {
  const auto found =
      std::find_if(kMeasures.begin(), kMeasures.end(), [&](const auto& row) { return row.name == name; });
  if (found == kMeasures.end()) return std::nullopt;
  return found->measure;
}

}  // namespace memsim
