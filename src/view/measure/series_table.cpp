#include <memsim/view/measure/series_table.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <memsim/base/fragmentation.hpp>
#include <memsim/view/measure/sampled_value.hpp>

namespace memsim {

void SeriesTable::on(const RegionAdded& record) {
  regions_.push_back({std::string(record.name), record.frames});
  order_count_ = std::max(order_count_, order_count_of(record.frames));
  frames_ += record.frames;
}

void SeriesTable::on(RunPoint at, const RegionSample& record) {
  begin_sample_of(at.time, record.point);
  const auto same = [&](const Row& row) { return row.region == record.region; };
  if (std::any_of(rows_.begin(), rows_.end(), same)) finish();  // the next sample at the same instant
  Row row{record.region, state_of(at.time, record), {record.free_runs_by_log2.begin(), record.free_runs_by_log2.end()}};
  row.state.free_blocks.resize(order_count_);
  row.free_runs_by_log2.resize(order_count_);
  rows_.push_back(std::move(row));
}

void SeriesTable::on(RunPoint at, const ObjectSample& record) {
  begin_sample_of(at.time, record.point);
  objects_ = record;
}

void SeriesTable::on(RunPoint at, const SegmentLengthSample& record) {
  begin_sample_of(at.time, record.point);
  if (table_.columns().empty()) segment_length_count_ = order_count_of(frames_);
  segments_by_log2_.assign(record.segments_by_log2.begin(), record.segments_by_log2.end());
  segments_by_log2_.resize(segment_length_count_);
}

void SeriesTable::on(RunPoint at, const ProbeResult& record) {
  begin_sample_of(at.time, record.point);
  const auto same = [&](const Probe& probe) { return probe.name == record.probe; };
  auto found = std::find_if(probes_.begin(), probes_.end(), same);
  const bool has_columns = !table_.columns().empty();
  if (found == probes_.end() && has_columns) return;  // one can not be added any more
  if (found == probes_.end()) found = probes_.insert(probes_.end(), {std::string(record.probe), std::nullopt});
  found->would_succeed = record.would_succeed;
}

void SeriesTable::begin_sample_of(SimTime time, SamplePoint point) {
  if (time != time_ || point != point_) finish();
  time_ = time;
  point_ = point;
}

void SeriesTable::finish() {
  if (!rows_.empty()) {
    if (table_.columns().empty()) table_.set_columns(columns());
    for (const Row& row : rows_) add_row(row);
  }
  rows_.clear();
  objects_.reset();
  segments_by_log2_.clear();
  for (Probe& probe : probes_) probe.would_succeed.reset();
}

std::vector<Column> SeriesTable::columns() const {
  std::vector<Column> columns;
  for (const char* name : {"time_ns",
                           "point",
                           "region",
                           "total_frames",
                           "free_frames",
                           "largest_free_run_frames",
                           "free_run_count",
                           "external_fragmentation_permille",
                           "large_pages_free",
                           "large_pages_possible",
                           "large_page_ranges",
                           "large_page_ranges_pinned",
                           "object_count",
                           "asked_bytes",
                           "given_bytes",
                           "internal_fragmentation_permille",
                           "segment_count",
                           "segments_min",
                           "segments_median",
                           "segments_p99",
                           "segments_max"}) {
    columns.push_back({name});
  }
  for (const Probe& probe : probes_) columns.push_back({"probe_" + probe.name});
  for (const char* measure :
       {"free_blocks", "unusable_index_permille", "fragmentation_index_permille", "free_runs_log2"}) {
    for (unsigned i = 0; i < order_count_; ++i) columns.push_back({fmt::format("{}_{}", measure, i)});
  }
  for (unsigned i = 0; i < segment_length_count_; ++i) columns.push_back({fmt::format("segments_log2_{}", i)});
  return columns;
}

void SeriesTable::add_row(const Row& row) {
  const RegionState& state = row.state;
  table_.add(time_).add(name_of(point_));
  table_.add(row.region.value() < regions_.size() ? std::string_view(regions_[row.region.value()].name) : "?");
  table_.add(state.total.count()).add(state.free.count()).add(state.largest_free_run.count());
  table_.add(state.free_run_count).add(external_fragmentation_permille(state.free, state.largest_free_run));
  table_.add(state.large_pages_free).add(large_pages_possible(state.free, page_size_));
  table_.add(state.large_page_ranges).add(state.large_page_ranges_pinned);
  const ObjectSample objects = objects_.value_or(ObjectSample{});
  table_.add(objects.object_count).add(objects.asked.count()).add(objects.given.count());
  table_.add(internal_fragmentation_permille(objects.asked, objects.given)).add(objects.segment_count);
  table_.add(objects.segments_min).add(objects.segments_median).add(objects.segments_p99).add(objects.segments_max);
  for (const Probe& probe : probes_) {
    probe.would_succeed ? table_.add(*probe.would_succeed ? 1u : 0u) : table_.skip();
  }
  for (const std::uint64_t count : state.free_blocks) table_.add(count);
  for (unsigned i = 0; i < order_count_; ++i) {
    table_.add(unusable_index_permille(state.free, state.free_blocks, Order(i)));
  }
  for (unsigned i = 0; i < order_count_; ++i) {
    table_.add_signed(fragmentation_index_permille(state.free, state.free_blocks, Order(i)));
  }
  for (const std::uint64_t count : row.free_runs_by_log2) table_.add(count);
  for (unsigned i = 0; i < segment_length_count_; ++i) {
    i < segments_by_log2_.size() ? table_.add(segments_by_log2_[i]) : table_.skip();
  }
}

}  // namespace memsim
