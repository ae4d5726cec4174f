#include <memsim/view/run_measures.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/view/measure/sampled_value.hpp>

#include <memsim/view/value_text.hpp>

namespace memsim {
namespace {

using Series = RunMeasures::Series;

std::uint64_t frames_of(std::span<const Extent> extents) {
  std::uint64_t frames = 0;
  for (const Extent& extent : extents) frames += extent.count.count();
  return frames;
}

class MeasureList {
 public:
  void add(std::string name, std::int64_t value, Better better, MeasureUnit unit = MeasureUnit::count) {
    measures_.push_back({std::move(name), value, better, unit});
  }
  void add(std::string name, std::uint64_t value, Better better, MeasureUnit unit = MeasureUnit::count) {
    add(std::move(name), static_cast<std::int64_t>(std::min(value, std::uint64_t{kNeverMeasured})), better, unit);
  }
  [[nodiscard]] std::vector<Measure> take() { return std::move(measures_); }

 private:
  std::vector<Measure> measures_;
};

void add_counts(MeasureList& list, const Summary& summary) {
  std::uint64_t messages = 0;
  for (const MessageSummary& group : summary.messages) messages += group.latency.count();
  std::uint64_t cut = 0;
  for (const CutReplySummary& group : summary.cut_replies) cut += group.count;
  list.add("end_time_ns", summary.end_time.value(), Better::neither, MeasureUnit::nanoseconds);
  list.add("events", summary.events, Better::neither);
  list.add("records", summary.records, Better::neither);
  list.add("processes/started", summary.processes_started, Better::neither);
  list.add("processes/killed", summary.processes_killed, Better::neither);
  list.add("processes/faulted", summary.processes_faulted, Better::lower);
  list.add("messages", messages, Better::neither);
  list.add("kernel_calls", summary.kernel_calls, Better::neither);
  list.add("segment_replies", summary.replies.count, Better::neither);
  list.add("segment_replies/cut", cut, Better::lower);
  list.add("notes", summary.notes.count, Better::neither);
  list.add("frames_moved", summary.frames_moved.count(), Better::lower, MeasureUnit::frames);
  list.add("deadlocks", summary.deadlocks.count, Better::lower);
  list.add("program_faults", summary.faults.count, Better::lower);
}

void add_allocator_counts(MeasureList& list, const RunMeasures::AllocatorCounts& counts) {
  list.add("allocations", counts.allocations, Better::neither);
  list.add("allocations/contiguous", counts.contiguous, Better::neither);
  list.add("allocations/failed", counts.failed, Better::lower);
  list.add("allocations/contiguous_failed", counts.contiguous_failed, Better::lower);
  list.add("allocations/first_contiguous_failure_ns", counts.first_contiguous_failure_ns, Better::higher,
           MeasureUnit::nanoseconds);
  list.add("allocator/frames_allocated", counts.frames_allocated, Better::neither, MeasureUnit::frames);
  list.add("allocator/frames_released", counts.frames_released, Better::neither, MeasureUnit::frames);
  list.add("allocator/splits", counts.splits, Better::lower);
  list.add("allocator/merges", counts.merges, Better::lower);
  list.add("allocator/steps", counts.steps, Better::lower);
}

void add_failed_calls(MeasureList& list, const Summary& summary) {
  std::uint64_t total = 0;
  std::map<std::pair<Call, Errno>, std::uint64_t> counts;
  for (const FailedCallSummary& failed : summary.failed_calls) {
    total += failed.count;
    counts[{failed.call, failed.error}] += failed.count;
  }
  list.add("failed_calls", total, Better::lower);
  for (const auto& [key, count] : counts) {
    list.add(fmt::format("failed_calls/{}/{}", call_name(key.first), errno_name(key.second)), count, Better::lower);
  }
}

std::string group_name(const MessageSummary& group) {
  if (group.other) return "latency_ns/other";
  const std::string type = group.call == Call::msg_send ? fmt::format("/type_{:#x}", group.type) : std::string();
  return fmt::format("latency_ns/{}{}/priority_{}", call_name(group.call), type, group.priority);
}

void add_latencies(MeasureList& list, const Summary& summary) {
  for (const MessageSummary& group : summary.messages) {
    const LatencyHistogram& latency = group.latency;
    const std::string name = group_name(group);
    list.add(name + "/count", latency.count(), Better::neither);
    list.add(name + "/min", latency.minimum().count(), Better::lower, MeasureUnit::nanoseconds);
    list.add(name + "/median", latency.quantile(500).count(), Better::lower, MeasureUnit::nanoseconds);
    list.add(name + "/p99", latency.quantile(990).count(), Better::lower, MeasureUnit::nanoseconds);
    list.add(name + "/max", latency.maximum().count(), Better::lower, MeasureUnit::nanoseconds);
  }
}

void add_probes(MeasureList& list, const Summary& summary) {
  for (const ProbeSummary& probe : summary.probes) {
    const std::string name = "probe/" + probe.name;
    list.add(name + "/samples", probe.samples, Better::neither);
    list.add(name + "/failures", probe.failures, Better::lower);
    list.add(name + "/failed_permille", std::uint64_t{permille_of(probe.failures, probe.samples)}, Better::lower,
             MeasureUnit::share);
    const std::int64_t first =
        probe.first_failure ? static_cast<std::int64_t>(probe.first_failure->value()) : kNeverMeasured;
    list.add(name + "/first_failure_ns", first, Better::higher, MeasureUnit::nanoseconds);
  }
}

void add_devices(MeasureList& list, const Summary& summary) {
  for (const DeviceSummary& device : summary.devices) {
    const std::string name = "device/" + device.name;
    if (const SeriesStatistics& needed = device.descriptors; needed.count() > 0) {
      list.add(name + "/descriptors/start", needed.first(), Better::lower);
      list.add(name + "/descriptors/min", needed.minimum(), Better::lower);
      list.add(name + "/descriptors/mean", needed.mean(), Better::lower);
      list.add(name + "/descriptors/max", needed.maximum(), Better::lower);
      list.add(name + "/descriptors/end", needed.last(), Better::lower);
    }
    list.add(name + "/unreachable", device.unreachable, Better::lower);
    const std::int64_t first =
        device.first_unfit ? static_cast<std::int64_t>(device.first_unfit->value()) : kNeverMeasured;
    list.add(name + "/first_unfit_ns", first, Better::higher, MeasureUnit::nanoseconds);
  }
}

std::string measure_name(const std::string& owner, const Series& series) {
  const SampledMeasureInfo& info = info_of(series.measure);
  const std::string name = fmt::format("{}/{}", owner, info.name);
  if (!is_by_order(info.scope)) return name;
  const std::string_view prefix = info.scope == MeasureScope::order_of_region ? "order" : "";
  return fmt::format("{}/{}{}", name, prefix, series.order.value());
}

void add_series(MeasureList& list, const std::string& owner, const std::vector<Series>& all) {
  for (const Series& series : all) {
    const SeriesStatistics& statistics = series.statistics;
    if (statistics.count() == 0) continue;
    const std::string name = measure_name(owner, series);
    const auto [better, unit] = std::pair(info_of(series.measure).better, info_of(series.measure).unit);
    list.add(name + "/start", statistics.first(), better, unit);
    list.add(name + "/min", statistics.minimum(), better, unit);
    list.add(name + "/mean", statistics.mean(), better, unit);
    list.add(name + "/max", statistics.maximum(), better, unit);
    list.add(name + "/end", statistics.last(), better, unit);
  }
}

std::vector<Series> series_of_region(unsigned orders) {
  std::vector<Series> all;
  for (const SampledMeasureInfo& info : sampled_measures()) {
    if (is_of_objects(info.scope)) continue;
    const unsigned count = is_by_order(info.scope) ? orders : 1;
    for (unsigned order = 0; order < count; ++order) all.push_back({info.measure, Order(order)});
  }
  return all;
}

// A segment may run from one region into the next, so that `lengths` are those of all memory.
std::vector<Series> series_of_lengths(unsigned lengths) {
  std::vector<Series> all;
  for (unsigned length = 0; length < lengths; ++length) all.push_back({SampledMeasure::segments_log2, Order(length)});
  return all;
}

std::vector<Series> series_of_objects() {
  std::vector<Series> all;
  for (const SampledMeasureInfo& info : sampled_measures()) {
    if (info.scope == MeasureScope::objects) all.push_back({info.measure, Order()});
  }
  return all;
}

}  // namespace

RunMeasures::RunMeasures() : objects_(series_of_objects()) {}

void RunMeasures::on(const RegionAdded& record) {
  frames_ += record.frames;
  regions_.push_back({names_.add(record.name), series_of_region(order_count_of(record.frames))});
}

void RunMeasures::on(const FramesAllocated& record) {
  ++counts_.allocations;
  counts_.contiguous += record.contiguous ? 1 : 0;
  counts_.frames_allocated += frames_of(record.extents);
  counts_.splits += record.splits.count();
  counts_.merges += record.merges.count();
  counts_.steps += record.steps.count();
}

void RunMeasures::on(const FramesReleased& record) {
  counts_.frames_released += frames_of(record.extents);
  counts_.merges += record.merges.count();
}

void RunMeasures::on(RunPoint at, const AllocationFailed& record) {
  ++counts_.failed;
  if (record.contiguous && counts_.contiguous_failed++ == 0) {
    counts_.first_contiguous_failure_ns = static_cast<std::int64_t>(at.time.value());
  }
}

void RunMeasures::on(RunPoint at, const RegionSample& record) {
  if (record.region.value() >= regions_.size()) return;
  for (Series& series : regions_[record.region.value()].series) {
    series.statistics.add(at.time, sampled_value(series.measure, series.order, record, page_size_));
  }
}

void RunMeasures::on(RunPoint at, const ObjectSample& record) {
  for (Series& series : objects_) series.statistics.add(at.time, sampled_value(series.measure, record));
}

void RunMeasures::on(RunPoint at, const SegmentLengthSample& record) {
  if (segment_lengths_.empty()) segment_lengths_ = series_of_lengths(order_count_of(frames_));
  for (Series& series : segment_lengths_) series.statistics.add(at.time, sampled_value(series.order, record));
}

std::vector<Measure> RunMeasures::measures(const Summary& summary) const {
  MeasureList list;
  add_counts(list, summary);
  add_allocator_counts(list, counts_);
  add_failed_calls(list, summary);
  add_latencies(list, summary);
  add_probes(list, summary);
  add_devices(list, summary);
  add_series(list, "objects", objects_);
  add_series(list, "objects", segment_lengths_);
  for (const RegionSeries& region : regions_) add_series(list, "region/" + region.name, region.series);
  return list.take();
}

std::string measure_text(const Measure& measure) {
  if (measure.value == kNeverMeasured) return "never";
  switch (measure.unit) {
    case MeasureUnit::bytes:
      return format_size_human(Bytes(static_cast<std::uint64_t>(measure.value)));
    case MeasureUnit::share:
      return percent_text(measure.value);
    case MeasureUnit::nanoseconds:
      return format_duration_human(SimDuration(static_cast<std::uint64_t>(measure.value)));
    case MeasureUnit::count:
    case MeasureUnit::frames:
      break;
  }
  return fmt::format("{}", measure.value);
}

}  // namespace memsim
