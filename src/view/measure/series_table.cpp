#include "view/measure/series_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include <memsim/base/fragmentation.hpp>
#include <memsim/view/sampled_value.hpp>

#include <memsim/view/csv_line.hpp>
#include <memsim/view/names.hpp>

namespace memsim {

void SeriesTable::on_record(const RecordView& record, std::string& out) {
  switch (record.kind()) {
    case RecordKind::run_started:
      page_size_ = record.as<RunStarted>().page_size;
      break;
    case RecordKind::region_added: {
      const auto& region = record.as<RegionAdded>();
      regions_.push_back({std::string(region.name), region.frames});
      order_count_ = std::max(order_count_, order_count_of(region.frames));
      frames_ += region.frames;
      break;
    }
    case RecordKind::region_sample:
      add_region(record.time(), record.as<RegionSample>(), out);
      break;
    case RecordKind::object_sample:
      begin_sample_of(record.time(), record.as<ObjectSample>().point, out);
      objects_ = record.as<ObjectSample>();
      break;
    case RecordKind::segment_length_sample:
      begin_sample_of(record.time(), record.as<SegmentLengthSample>().point, out);
      add_segment_lengths(record.as<SegmentLengthSample>());
      break;
    case RecordKind::probe_result:
      begin_sample_of(record.time(), record.as<ProbeResult>().point, out);
      add_probe(record.as<ProbeResult>());
      break;
    default:
      break;
  }
}

void SeriesTable::begin_sample_of(SimTime time, SamplePoint point, std::string& out) {
  if (time != time_ || point != point_) finish(out);
  time_ = time;
  point_ = point;
}

void SeriesTable::add_region(SimTime time, const RegionSample& sample, std::string& out) {
  begin_sample_of(time, sample.point, out);
  const auto same = [&](const Row& row) { return row.region == sample.region; };
  if (std::any_of(rows_.begin(), rows_.end(), same)) finish(out);  // the next sample at the same instant
  Row row{sample.region, state_of(time, sample), {sample.free_runs_by_log2.begin(), sample.free_runs_by_log2.end()}};
  row.state.free_blocks.resize(order_count_);
  row.free_runs_by_log2.resize(order_count_);
  rows_.push_back(std::move(row));
}

void SeriesTable::add_segment_lengths(const SegmentLengthSample& sample) {
  if (!has_header_) segment_length_count_ = order_count_of(frames_);
  segments_by_log2_.assign(sample.segments_by_log2.begin(), sample.segments_by_log2.end());
  segments_by_log2_.resize(segment_length_count_);
}

void SeriesTable::add_probe(const ProbeResult& result) {
  const auto same = [&](const Probe& probe) { return probe.name == result.probe; };
  auto found = std::find_if(probes_.begin(), probes_.end(), same);
  if (found == probes_.end() && has_header_) return;  // a column can not be added any more
  if (found == probes_.end()) found = probes_.insert(probes_.end(), {std::string(result.probe), std::nullopt});
  found->would_succeed = result.would_succeed;
}

void SeriesTable::finish(std::string& out) {
  if (!rows_.empty()) {
    if (!has_header_) write_header(out);
    for (const Row& row : rows_) write_row(row, out);
  }
  rows_.clear();
  objects_.reset();
  segments_by_log2_.clear();
  for (Probe& probe : probes_) probe.would_succeed.reset();
}

void SeriesTable::write_header(std::string& out) {
  has_header_ = true;
  out +=
      "time_ns,point,region,total_frames,free_frames,largest_free_run_frames,free_run_count,"
      "external_fragmentation_permille,large_pages_free,large_pages_possible,large_page_ranges,"
      "large_page_ranges_pinned,object_count,asked_bytes,given_bytes,internal_fragmentation_permille,segment_count,"
      "segments_min,segments_median,segments_p99,segments_max";
  for (const Probe& probe : probes_) out += ",probe_" + probe.name;
  for (const char* measure :
       {"free_blocks", "unusable_index_permille", "fragmentation_index_permille", "free_runs_log2"}) {
    for (unsigned i = 0; i < order_count_; ++i) fmt::format_to(std::back_inserter(out), ",{}_{}", measure, i);
  }
  for (unsigned i = 0; i < segment_length_count_; ++i) fmt::format_to(std::back_inserter(out), ",segments_log2_{}", i);
  out += '\n';
}

void SeriesTable::write_row(const Row& row, std::string& out) const {
  const RegionState& state = row.state;
  CsvLine line(out);
  line.number(time_.value()).text(name_of(point_));
  line.text(row.region.value() < regions_.size() ? regions_[row.region.value()].name : "?");
  line.number(state.total.count()).number(state.free.count()).number(state.largest_free_run.count());
  line.number(state.free_run_count).number(external_fragmentation_permille(state.free, state.largest_free_run));
  line.number(state.large_pages_free).number(large_pages_possible(state.free, page_size_));
  line.number(state.large_page_ranges).number(state.large_page_ranges_pinned);
  const ObjectSample objects = objects_.value_or(ObjectSample{});
  line.number(objects.object_count).number(objects.asked.count()).number(objects.given.count());
  line.number(internal_fragmentation_permille(objects.asked, objects.given)).number(objects.segment_count);
  line.number(objects.segments_min).number(objects.segments_median).number(objects.segments_p99);
  line.number(objects.segments_max);
  for (const Probe& probe : probes_) {
    probe.would_succeed ? line.number(*probe.would_succeed ? 1 : 0) : line.empty();
  }
  for (const std::uint64_t count : state.free_blocks) line.number(count);
  for (unsigned i = 0; i < order_count_; ++i)
    line.number(unusable_index_permille(state.free, state.free_blocks, Order(i)));
  for (unsigned i = 0; i < order_count_; ++i) {
    line.number(fragmentation_index_permille(state.free, state.free_blocks, Order(i)));
  }
  for (const std::uint64_t count : row.free_runs_by_log2) line.number(count);
  for (unsigned i = 0; i < segment_length_count_; ++i) {
    i < segments_by_log2_.size() ? line.number(segments_by_log2_[i]) : line.empty();
  }
  line.finish();
}

}  // namespace memsim
