// The records of a sample: how memory stands at one moment. See record.hpp, which lists them with the others.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/record_kinds.hpp>

namespace memsim {

// The measures of one region (see phys/measures.hpp for the definitions).
struct RegionSample {
  static constexpr RecordKind kKind = RecordKind::region_sample;
  static constexpr Layer kLayer = Layer::samples;
  static constexpr std::string_view kName = "region_sample";
  SamplePoint point = SamplePoint::periodic;
  RegionId region;
  FrameCount total;
  FrameCount free;
  FrameCount largest_free_run;
  std::uint64_t free_run_count = 0;
  std::uint64_t large_pages_free = 0;
  std::uint64_t large_page_ranges = 0;
  std::uint64_t large_page_ranges_pinned = 0;
  std::span<const std::uint64_t> free_blocks;        // k_0 .. k_32
  std::span<const std::uint64_t> free_runs_by_log2;  // by floor(log2 length)
  template <class F>
  void fields(F&& f) const {
    f("point", point), f("region", region), f("total", total), f("free", free);
    f("largest_free_run", largest_free_run), f("free_run_count", free_run_count);
    f("large_pages_free", large_pages_free), f("large_page_ranges", large_page_ranges);
    f("large_page_ranges_pinned", large_page_ranges_pinned), f("free_blocks", free_blocks);
    f("free_runs_by_log2", free_runs_by_log2);
  }
};

// The measures over all live memory objects that hold frames.
struct ObjectSample {
  static constexpr RecordKind kKind = RecordKind::object_sample;
  static constexpr Layer kLayer = Layer::samples;
  static constexpr std::string_view kName = "object_sample";
  SamplePoint point = SamplePoint::periodic;
  std::uint64_t object_count = 0;
  Bytes asked;
  Bytes given;
  std::uint64_t segment_count = 0;
  std::uint64_t segments_min = 0;
  std::uint64_t segments_median = 0;
  std::uint64_t segments_p99 = 0;
  std::uint64_t segments_max = 0;
  template <class F>
  void fields(F&& f) const {
    f("point", point), f("object_count", object_count), f("asked", asked), f("given", given);
    f("segment_count", segment_count), f("segments_min", segments_min), f("segments_median", segments_median);
    f("segments_p99", segments_p99), f("segments_max", segments_max);
  }
};

// Part of a sample, and only where the scenario asks for it: the lengths of the segments that the objects of the
// object_sample hold, which are as many as its segment_count.
struct SegmentLengthSample {
  static constexpr RecordKind kKind = RecordKind::segment_length_sample;
  static constexpr Layer kLayer = Layer::samples;
  static constexpr std::string_view kName = "segment_length_sample";
  SamplePoint point = SamplePoint::periodic;
  std::span<const std::uint64_t> segments_by_log2;  // by floor(log2 frames); ends with the longest
  template <class F>
  void fields(F&& f) const {
    f("point", point), f("segments_by_log2", segments_by_log2);
  }
};

// Would the named request succeed now?
struct ProbeResult {
  static constexpr RecordKind kKind = RecordKind::probe_result;
  static constexpr Layer kLayer = Layer::samples;
  static constexpr std::string_view kName = "probe_result";
  SamplePoint point = SamplePoint::periodic;
  std::string_view probe;
  bool would_succeed = false;
  template <class F>
  void fields(F&& f) const {
    f("point", point), f("probe", probe), f("would_succeed", would_succeed);
  }
};

}  // namespace memsim
