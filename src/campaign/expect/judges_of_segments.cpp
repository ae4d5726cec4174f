// Judges of segments: in replies, and of objects.
#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include <memsim/view/follow/object_layout.hpp>
#include <memsim/view/value_text.hpp>
#include "campaign/expect/expectation_text.hpp"
#include "campaign/expect/judge.hpp"

namespace memsim::campaign {
namespace {

using Of = ExpectedSegments::Of;

bool matches(const ExpectedSegment& expected, const Segment& found) {
  return expected.offset == found.offset && expected.length == found.length &&
         (!expected.paddr || *expected.paddr == found.paddr);
}

// Whether the segments found are those listed. `found` says how many there are.
Finding finding_of_list(std::span<const ExpectedSegment> expected, std::span<const Segment> segments, std::string found,
                        RunPoint point) {
  const auto [missing, other] =
      std::mismatch(expected.begin(), expected.end(), segments.begin(), segments.end(), matches);
  if (missing == expected.end() && other == segments.end()) return {true, std::move(found), std::nullopt};
  if (other != segments.end()) {
    found = fmt::format("segment {} with {} ({})", other - segments.begin() + 1, segment_text(*other), found);
  }
  return {false, std::move(found), point};
}

class ReplyJudge final : public CopyableJudge<ReplyJudge> {
 public:
  ReplyJudge(const Expectation& expectation, const ExpectedSegments& what) : expectation_(expectation), what_(what) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {RecordKind::segment_reply};
    return kWanted;
  }

  void on_record(const RecordView& record, const NameBook& names) override {
    const auto& reply = record.as<SegmentReply>();
    if (!expectation_.between.contains(record.time())) return;
    if (!is_about(expectation_, reply.pid, reply.object, names)) return;
    ++replies_;
    if (what_.of == Of::one_reply && what_.number != replies_) return;
    const Finding finding = judged(reply, point_of(record));
    if (!finding_ || what_.of == Of::last_reply || finding_->holds) finding_ = finding;
  }

  [[nodiscard]] Finding finding() const override {
    if (finding_) return *finding_;
    if (replies_ == 0) return not_judged("no such reply", expectation_);
    return not_judged(fmt::format("only {}", counted(replies_, "reply", "replies")), expectation_);
  }

 private:
  [[nodiscard]] Finding judged(const SegmentReply& reply, RunPoint point) const {
    std::string found = counted(reply.segments.size(), "segment");
    if (what_.of == Of::each_reply) found += fmt::format(" in reply {}", replies_);
    if (what_.exactly) return finding_of_list(*what_.exactly, reply.segments, std::move(found), point);
    const bool holds = expectation_.bounds.allow(static_cast<std::int64_t>(reply.segments.size()));
    return {holds, std::move(found), holds ? std::nullopt : std::optional(point)};
  }

  const Expectation& expectation_;
  const ExpectedSegments& what_;
  std::uint64_t replies_ = 0;
  std::optional<Finding> finding_;  // the first that does not hold, else the last
};

class ObjectJudge final : public CopyableJudge<ObjectJudge> {
 public:
  ObjectJudge(const Expectation& expectation, const ExpectedSegments& what) : expectation_(expectation), what_(what) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {
        RecordKind::run_started,      RecordKind::object_created,   RecordKind::object_populated,
        RecordKind::object_destroyed, RecordKind::frames_allocated, RecordKind::frames_released,
        RecordKind::frames_moved,     RecordKind::object_overlaid,  RecordKind::run_ended};
    return kWanted;
  }

  void on_record(const RecordView& record, const NameBook& names) override {
    // What holds at a moment is what the last record before it left.
    if (what_.at && record.time() > *what_.at && !at_moment_) at_moment_ = finding_of_youngest();
    switch (record.kind()) {
      case RecordKind::run_started:
        page_size_ = PageSize::of(record.as<RunStarted>().page_size);
        merges_ = record.as<RunStarted>().merge_touching_segments;
        break;
      case RecordKind::object_created:
        create(record, names);
        break;
      case RecordKind::object_destroyed:
        live_.erase(record.as<ObjectDestroyed>().object);
        break;
      case RecordKind::object_populated:
        populate(record);
        break;
      case RecordKind::frames_allocated:
        follow(record.as<FramesAllocated>(), &ObjectLayout::allocate);
        break;
      case RecordKind::frames_released:
        follow(record.as<FramesReleased>(), &ObjectLayout::release);
        break;
      case RecordKind::frames_moved:
        follow(record.as<FramesMoved>(), &ObjectLayout::move);
        break;
      case RecordKind::object_overlaid:
        follow(record.as<ObjectOverlaid>(), &ObjectLayout::overlay);
        break;
      default:
        end_ = record.time();
        break;
    }
  }

  [[nodiscard]] Finding finding() const override {
    if (!what_.at) return finding_of_each();
    if (at_moment_) return *at_moment_;
    if (*what_.at != never() && end_ && *end_ < *what_.at) return run_too_short(*end_);
    return finding_of_youngest();
  }

 private:
  struct State {
    explicit State(PageSize page_size) : layout(page_size) {}
    ObjectLayout layout;
    bool is_paged = false;  // its pages come one by one, and those that touch are one piece
    Bytes size;
    std::uint64_t segment_count = 0;
    RunPoint point;  // of its last change
  };

  void create(const RecordView& record, const NameBook& names) {
    const auto& created = record.as<ObjectCreated>();
    if (!is_about(expectation_, created.pid, created.object, names)) return;
    live_.try_emplace(created.object, page_size_).first->second.point = point_of(record);
  }

  void populate(const RecordView& record) {
    const auto& populated = record.as<ObjectPopulated>();
    const auto found = live_.find(populated.object);
    if (found == live_.end()) return;
    State& state = found->second;
    state.is_paged = populated.backing == ObjectKind::lazy;
    state.size = populated.size;
    state.segment_count = populated.segment_count;
    state.point = point_of(record);
    if (what_.at || !expectation_.between.contains(record.time())) return;
    if (!what_.exactly)
      return each_.add(expectation_.bounds, static_cast<std::int64_t>(state.segment_count), state.point);
    const Finding finding = judged(state);
    if (!each_list_ || each_list_->holds) each_list_ = finding;
  }

  // Layouts are kept only where they are asked for.
  template <class Record>
  void follow(const Record& record, void (ObjectLayout::*change)(const Record&)) {
    if (!what_.exactly) return;
    const auto found = live_.find(record.object);
    if (found != live_.end()) (found->second.layout.*change)(record);
  }

  [[nodiscard]] Finding judged(const State& state) const {
    if (!what_.exactly) {
      return finding_of_value(expectation_, static_cast<std::int64_t>(state.segment_count), state.point);
    }
    // One more than are expected shows the first that should not be there.
    const std::vector<Segment> segments =
        state.layout.segments(state.size, merges_ || state.is_paged, what_.exactly->size() + 1);
    return finding_of_list(*what_.exactly, segments, counted(state.segment_count, "segment"), state.point);
  }

  [[nodiscard]] Finding finding_of_each() const {
    if (each_list_) return *each_list_;
    if (each_.count() > 0) return each_.finding(MeasureUnit::count, "changes of its memory");
    return not_judged("no object of that name that got memory", expectation_);
  }

  [[nodiscard]] Finding finding_of_youngest() const {
    if (live_.empty()) return not_judged("no object of that name", expectation_);
    return judged(live_.rbegin()->second);
  }

  const Expectation& expectation_;
  const ExpectedSegments& what_;
  PageSize page_size_;
  bool merges_ = true;
  std::map<ObjectId, State> live_;  // those that bear or bore the name; the youngest last
  EachValue each_;
  std::optional<Finding> each_list_;  // the first that does not hold, else the last
  std::optional<Finding> at_moment_;
  std::optional<SimTime> end_;
};

}  // namespace

std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedSegments& what) {
  if (what.of == Of::object) return std::make_unique<ObjectJudge>(expectation, what);
  return std::make_unique<ReplyJudge>(expectation, what);
}

}  // namespace memsim::campaign
