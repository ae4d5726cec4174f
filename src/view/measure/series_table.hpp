// SeriesTable: the rows of series.csv, one for each region and sample, from the sample records.
//
// The records of one sample come apart (regions, objects, probes), and a row needs all of them, so rows wait until the
// next sample begins. The header is written with the first sample, when regions and probes are known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <memsim/engine/record_stream.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

class SeriesTable {
 public:
  // Takes run_started, region_added, region_sample, object_sample, segment_length_sample, probe_result; ignores other
  // kinds. Appends finished rows to `out`.
  void on_record(const RecordView& record, std::string& out);
  // The sample still waiting.
  void finish(std::string& out);

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

  void begin_sample_of(SimTime time, SamplePoint point, std::string& out);
  void add_region(SimTime time, const RegionSample& sample, std::string& out);
  void add_segment_lengths(const SegmentLengthSample& sample);
  void add_probe(const ProbeResult& result);
  void write_header(std::string& out);
  void write_row(const Row& row, std::string& out) const;

  Bytes page_size_{4096};
  std::vector<Region> regions_;
  unsigned order_count_ = 0;  // of the largest region
  FrameCount frames_;         // of all regions
  bool has_header_ = false;
  unsigned segment_length_count_ = 0;  // columns of segments by length: none, or one for each that memory has room for

  SimTime time_;
  SamplePoint point_ = SamplePoint::start;
  std::vector<Row> rows_;
  std::optional<ObjectSample> objects_;
  std::vector<std::uint64_t> segments_by_log2_;  // no entries: not in this sample
  std::vector<Probe> probes_;
};

}  // namespace memsim
