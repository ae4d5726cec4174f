// Judges of what samples measure: free memory, objects, probes, and what is left at the end.
#include <array>
#include <map>

#include <fmt/format.h>

#include <memsim/base/fragmentation.hpp>
#include <memsim/view/measure/sampled_value.hpp>

#include <memsim/base/collections/unique_names.hpp>
#include <memsim/view/value_text.hpp>
#include "campaign/expect/expectation_text.hpp"
#include "campaign/expect/judged_series.hpp"

namespace memsim::campaign {
namespace {

class MeasureJudge final : public CopyableJudge<MeasureJudge> {
 public:
  MeasureJudge(const Expectation& expectation, const ExpectedValues& what)
      : what_(std::get<MeasureValues>(what.values)), series_(expectation, what, "sample") {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kOfRegion = {RecordKind::run_started, RecordKind::region_added,
                                             RecordKind::region_sample, RecordKind::run_ended};
    static constexpr std::array kOfObjects = {RecordKind::object_sample, RecordKind::run_ended};
    static constexpr std::array kOfSegments = {RecordKind::segment_length_sample, RecordKind::run_ended};
    if (scope_ == MeasureScope::length_of_objects) return kOfSegments;
    if (is_of_objects(scope_)) return kOfObjects;
    return kOfRegion;
  }

  void on_record(const RecordView& record, const NameBook&) override {
    switch (record.kind()) {
      case RecordKind::run_started:
        page_size_ = record.as<RunStarted>().page_size;
        break;
      case RecordKind::region_added:
        if (names_.add(record.as<RegionAdded>().name) == what_.region) region_ = record.as<RegionAdded>().region;
        break;
      case RecordKind::region_sample: {
        const auto& sample = record.as<RegionSample>();
        if (sample.region == region_) add(record, sampled_value(what_.measure, what_.order, sample, page_size_));
        break;
      }
      case RecordKind::segment_length_sample:
        add(record, sampled_value(what_.order, record.as<SegmentLengthSample>()));
        break;
      case RecordKind::run_ended:
        series_.end(record.time());
        break;
      default:
        add(record, sampled_value(what_.measure, record.as<ObjectSample>()));
        break;
    }
  }

  [[nodiscard]] Finding finding() const override {
    if (!is_of_objects(scope_) && !region_) return {false, fmt::format("no region {}", what_.region), std::nullopt};
    return series_.finding();
  }

 private:
  void add(const RecordView& record, std::int64_t value) { series_.add(value, point_of(record)); }

  const MeasureValues& what_;
  JudgedSeries series_;
  const MeasureScope scope_ = info_of(what_.measure).scope;
  Bytes page_size_{4096};
  UniqueNames names_;  // of the regions
  std::optional<RegionId> region_;
};

// A value of one sample, and where it was taken.
struct SampledAt {
  std::int64_t value = 0;
  RunPoint point;
};

class ProbeJudge final : public CopyableJudge<ProbeJudge> {
 public:
  ProbeJudge(const Expectation& expectation, const ExpectedProbe& what) : expectation_(expectation), what_(what) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {RecordKind::probe_result};
    return kWanted;
  }

  void on_record(const RecordView& record, const NameBook&) override {
    const auto& result = record.as<ProbeResult>();
    if (result.probe != what_.probe || !expectation_.between.contains(record.time())) return;
    const RunPoint point = point_of(record);
    if (samples_ == 0) first_ = {result.would_succeed, point};
    last_ = {result.would_succeed, point};
    ++samples_;
    if (expectation_.bounds.equals != std::int64_t{result.would_succeed} && !first_other_) first_other_ = point;
    if (result.would_succeed) return;
    if (!first_failure_) first_failure_ = point;
    failures_.add(expectation_.bounds, 1, point);
    ++failure_count_;
  }

  [[nodiscard]] Finding finding() const override {
    if (samples_ == 0) return not_judged("no sample of the probe", expectation_);
    switch (what_.what) {
      case ExpectedProbe::What::succeeds:
        return finding_of_success();
      case ExpectedProbe::What::failures:
        return failures_.finding(expectation_.bounds);
      case ExpectedProbe::What::failed_share:
        return finding_of_value(expectation_, permille_of(failure_count_, samples_));
      case ExpectedProbe::What::first_failure:
        break;
    }
    constexpr std::int64_t kNever = INT64_MAX;
    if (!first_failure_) return finding_of_value(expectation_, kNever);
    return finding_of_value(expectation_, static_cast<std::int64_t>(first_failure_->time.value()), first_failure_);
  }

 private:
  [[nodiscard]] Finding finding_of_success() const {
    if (what_.of != Statistic::each) {
      const SampledAt& one = what_.of == Statistic::first ? first_ : last_;
      const bool holds = expectation_.bounds.allow(one.value);
      return {holds, one.value == 1 ? "success" : "failure", holds ? std::nullopt : std::optional(one.point)};
    }
    std::string found = fmt::format("{} in {}", counted(failure_count_, "failure"), counted(samples_, "sample"));
    return {!first_other_, std::move(found), first_other_};
  }

  const Expectation& expectation_;
  const ExpectedProbe& what_;
  std::uint64_t samples_ = 0;
  std::uint64_t failure_count_ = 0;
  EventCount failures_;
  SampledAt first_;
  SampledAt last_;
  std::optional<RunPoint> first_failure_;
  std::optional<RunPoint> first_other_;  // the first result that is not the expected one
};

class EmptyStateJudge final : public CopyableJudge<EmptyStateJudge> {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {RecordKind::run_started,    RecordKind::region_added,
                                           RecordKind::object_created, RecordKind::object_destroyed,
                                           RecordKind::frames_added,   RecordKind::region_sample};
    return kWanted;
  }

  void on_record(const RecordView& record, const NameBook&) override {
    switch (record.kind()) {
      case RecordKind::run_started:
        page_size_ = PageSize::of(record.as<RunStarted>().page_size);
        break;
      case RecordKind::region_added: {
        const auto& added = record.as<RegionAdded>();
        Region& region = regions_[added.region];
        region.name = added.name;
        region.extent = {page_size_.frame_of(added.base), added.frames};
        break;
      }
      case RecordKind::frames_added:
        add(record.as<FramesAdded>().extent);
        break;
      case RecordKind::object_created:
        ++objects_;
        break;
      case RecordKind::object_destroyed:
        --objects_;
        break;
      default: {
        const auto& sample = record.as<RegionSample>();
        Region& region = regions_[sample.region];
        if (!region.before) region.before = sample.free;
        region.after = sample.free;
        break;
      }
    }
  }

  [[nodiscard]] Finding finding() const override {
    std::string found;
    if (objects_ > 0) found = counted(objects_, "live object");
    for (const auto& [id, region] : regions_) {
      if (!region.before) return {false, fmt::format("no sample of {}", region.name), std::nullopt};
      if (region.after == *region.before) continue;
      if (!found.empty()) found += ", ";
      found += fmt::format("{} of the {} free frames of {}", region.after.count(), region.before->count(), region.name);
    }
    const bool holds = found.empty();
    return {holds, holds ? "empty" : std::move(found), std::nullopt};
  }

 private:
  struct Region {
    std::string name;
    Extent extent;
    std::optional<FrameCount> before;
    FrameCount after;
  };

  // What was reserved at the start is to be free at the end.
  void add(Extent extent) {
    for (auto& [id, region] : regions_) {
      if (region.before && region.extent.contains(extent)) *region.before += extent.count;
    }
  }

  PageSize page_size_;
  std::map<RegionId, Region> regions_;
  std::uint64_t objects_ = 0;
};

}  // namespace

std::unique_ptr<Judge> make_judge_of_samples(const Expectation& expectation, const ExpectedValues& what) {
  return std::make_unique<MeasureJudge>(expectation, what);
}
std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedProbe& what) {
  return std::make_unique<ProbeJudge>(expectation, what);
}
std::unique_ptr<Judge> make_judge(const Expectation&, const ExpectedEmptyState&) {
  return std::make_unique<EmptyStateJudge>();
}

}  // namespace memsim::campaign
