// The judge of a measure of one object, or of the objects that one process made: what the records say of each change.
#include <algorithm>
#include <array>
#include <map>

#include <memsim/view/measure/sampled_value.hpp>

#include <memsim/base/collections/ranked_counts.hpp>
#include "campaign/expect/judged_series.hpp"

namespace memsim::campaign {
namespace {

class ChosenObjectsJudge final : public CopyableJudge<ChosenObjectsJudge> {
 public:
  ChosenObjectsJudge(const Expectation& expectation, const ExpectedValues& what)
      : expectation_(expectation),
        measure_(std::get<MeasureValues>(what.values).measure),
        series_(expectation, what, "change") {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {RecordKind::run_started,      RecordKind::object_created,
                                           RecordKind::object_populated, RecordKind::object_destroyed,
                                           RecordKind::frames_allocated, RecordKind::run_ended};
    return kWanted;
  }

  void on_record(const RecordView& record, const NameBook& names) override {
    switch (record.kind()) {
      case RecordKind::run_started:
        page_size_ = PageSize::of(record.as<RunStarted>().page_size);
        series_.start(value(), point_of(record));
        break;
      case RecordKind::object_created: {
        const auto& created = record.as<ObjectCreated>();
        if (is_about(expectation_, created.pid, created.object, names)) live_[created.object] = {};
        break;
      }
      case RecordKind::frames_allocated: {
        const auto found = live_.find(record.as<FramesAllocated>().object);
        if (found != live_.end()) found->second.tail += record.as<FramesAllocated>().tail;
        break;
      }
      case RecordKind::object_populated: {
        const auto found = live_.find(record.as<ObjectPopulated>().object);
        if (found != live_.end()) change(found->second, record);
        break;
      }
      case RecordKind::object_destroyed:
        destroy(record);
        break;
      default:
        series_.end(record.time());
        break;
    }
  }

  [[nodiscard]] Finding finding() const override { return series_.finding(); }

 private:
  struct Object {
    FrameCount tail;
    Bytes asked;
    Bytes given;  // zero: it counts for nothing
    std::uint64_t segments = 0;
  };

  void change(Object& object, const RecordView& record) {
    const auto& populated = record.as<ObjectPopulated>();
    count(object, Counting::out);
    // A tail goes with the last page; no page lies on it that could be asked for.
    if (populated.frames.is_zero()) object.tail = FrameCount();
    object.asked = std::min(populated.size, page_size_.bytes_of(populated.frames - object.tail));
    object.given = page_size_.bytes_of(populated.frames);
    object.segments = populated.segment_count;
    count(object, Counting::in);
    series_.add(value(), point_of(record));
  }

  void destroy(const RecordView& record) {
    const auto found = live_.find(record.as<ObjectDestroyed>().object);
    if (found == live_.end()) return;
    count(found->second, Counting::out);
    live_.erase(found);
    series_.add(value(), point_of(record));
  }

  enum class Counting : bool { out, in };
  void count(const Object& object, Counting counting) {
    if (object.given.is_zero()) return;
    if (counting == Counting::in) {
      segment_counts_.add(object.segments);
      asked_ += object.asked;
      given_ += object.given;
      segments_ += object.segments;
    } else {
      segment_counts_.remove(object.segments);
      asked_ -= object.asked;
      given_ -= object.given;
      segments_ -= object.segments;
    }
  }

  // As a sample of these objects would have it. Percentiles are looked for only where they are asked for.
  [[nodiscard]] std::int64_t value() const {
    ObjectSample sample;
    sample.object_count = segment_counts_.size();
    sample.asked = asked_;
    sample.given = given_;
    sample.segment_count = segments_;
    sample.segments_min = segment_counts_.smallest();
    if (measure_ == SampledMeasure::segments_median) sample.segments_median = segment_counts_.median();
    if (measure_ == SampledMeasure::segments_p99) sample.segments_p99 = segment_counts_.p99();
    sample.segments_max = segment_counts_.largest();
    return sampled_value(measure_, sample);
  }

  const Expectation& expectation_;
  SampledMeasure measure_;
  JudgedSeries series_;
  PageSize page_size_;
  std::map<ObjectId, Object> live_;  // those that it is about
  RankedCounts segment_counts_;
  Bytes asked_;
  Bytes given_;
  std::uint64_t segments_ = 0;
};

}  // namespace

std::unique_ptr<Judge> make_judge_of_chosen_objects(const Expectation& expectation, const ExpectedValues& what) {
  return std::make_unique<ChosenObjectsJudge>(expectation, what);
}

}  // namespace memsim::campaign
