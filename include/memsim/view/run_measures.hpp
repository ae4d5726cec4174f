// RunMeasures: everything that can be measured of a run, as one ordered list of named integers. It is what baselines
// store and what comparisons of policies put side by side.
//
// Names are stable, their parts joined by '/'; docs/output.md lists them. A name tells the unit: "_ns" simulated time
// in nanoseconds, "_bytes", "_frames", "_permille" thousandths, else a count. A run with equal records gives an equal
// list. Memory: five integers for each region and measure, and for each probe; nothing grows with the length of a run.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <memsim/base/collections/unique_names.hpp>
#include <memsim/base/measure.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/view/measure/series_statistics.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

struct Measure {
  std::string name;
  std::int64_t value = 0;
  Better better = Better::neither;
  MeasureUnit unit = MeasureUnit::count;
  bool operator==(const Measure&) const = default;
};

// The value of a moment that did not come, such as the first failure of a probe that never failed: later than any.
inline constexpr std::int64_t kNeverMeasured = std::numeric_limits<std::int64_t>::max();

// The value for people: "0.484", "1.5 ms", "never", "2048".
[[nodiscard]] std::string measure_text(const Measure& measure);

// Collects what a summary does not keep. Subscribe it beside a SummaryView before the run.
class RunMeasures final : public View<RunMeasures> {
 public:
  RunMeasures();

  void on(const RunStarted& record) { page_size_ = record.page_size; }
  void on(const RegionAdded& record);
  void on(const FramesAllocated& record);
  void on(const FramesReleased& record);
  void on(RunPoint at, const AllocationFailed& record);
  void on(RunPoint at, const RegionSample& record);
  void on(RunPoint at, const ObjectSample& record);
  void on(RunPoint at, const SegmentLengthSample& record);

  // The measures of the run, the whole first, then its parts: counts, failed calls, latencies, probes, objects,
  // regions. `summary` is that of the same run.
  [[nodiscard]] std::vector<Measure> measures(const Summary& summary) const;

  // One measure of one region, or of the objects.
  struct Series {
    SampledMeasure measure = SampledMeasure::free_frames;
    Order order;
    SeriesStatistics statistics{};
  };
  // What the policies did, whatever it cost.
  struct AllocatorCounts {
    std::uint64_t allocations = 0;
    std::uint64_t contiguous = 0;
    std::uint64_t failed = 0;
    std::uint64_t contiguous_failed = 0;
    std::int64_t first_contiguous_failure_ns = kNeverMeasured;
    std::uint64_t frames_allocated = 0;
    std::uint64_t frames_released = 0;
    std::uint64_t splits = 0;
    std::uint64_t merges = 0;
    std::uint64_t steps = 0;
  };

 private:
  struct RegionSeries {
    std::string name;
    std::vector<Series> series;
  };

  Bytes page_size_{4096};
  AllocatorCounts counts_;
  UniqueNames names_;
  std::vector<RegionSeries> regions_;  // by region
  FrameCount frames_;                  // of all regions
  std::vector<Series> objects_;
  std::vector<Series> segment_lengths_;  // empty until there is a sample of them
};

}  // namespace memsim
