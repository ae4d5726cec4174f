// SeriesTable: memory over time as a typed table, one row for each region and sample, from the sample records.
//
// The records of one sample come apart (regions, objects, probes), and a row needs all of them, so rows wait until the
// next sample begins. The columns are there with the first sample, when regions and probes are known: docs/output.md,
// series.csv. Memory: the rows that nobody has taken (Table), and one sample.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <memsim/engine/view.hpp>
#include <memsim/view/summary.hpp>
#include <memsim/view/table.hpp>

namespace memsim {

class SeriesTable final : public View<SeriesTable> {
 public:
  void on(const RunStarted& record) { page_size_ = record.page_size; }
  void on(const RegionAdded& record);
  void on(RunPoint at, const RegionSample& record);
  void on(RunPoint at, const ObjectSample& record);
  void on(RunPoint at, const SegmentLengthSample& record);
  void on(RunPoint at, const ProbeResult& record);

  // Makes rows of the sample still waiting. To be called when the run is over.
  void finish();

  // The rows made so far, to be drained with clear_rows().
  [[nodiscard]] Table& table() { return table_; }

 private:
  struct Region {
    std::string name;
    FrameCount frames;
  };
  struct Row {
    RegionId region;
    RegionState state;
    std::vector<std::uint64_t> free_runs_by_log2;
  };
  struct Probe {
    std::string name;
    std::optional<bool> would_succeed;  // in this sample
  };

  void begin_sample_of(SimTime time, SamplePoint point);
  [[nodiscard]] std::vector<Column> columns() const;
  void add_row(const Row& row);

  Table table_;  // without columns before the first sample
  Bytes page_size_{4096};
  std::vector<Region> regions_;
  unsigned order_count_ = 0;           // of the largest region
  FrameCount frames_;                  // of all regions
  unsigned segment_length_count_ = 0;  // columns of segments by length: none, or one for each that memory has room for

  SimTime time_;
  SamplePoint point_ = SamplePoint::start;
  std::vector<Row> rows_;
  std::optional<ObjectSample> objects_;
  std::vector<std::uint64_t> segments_by_log2_;  // no entries: not in this sample
  std::vector<Probe> probes_;
};

}  // namespace memsim
