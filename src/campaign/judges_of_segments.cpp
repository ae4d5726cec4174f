// Judges of segments: in replies, and of objects.
#include <array>
#include <map>

#include <fmt/format.h>

#include "campaign/expectation_text.hpp"
#include "campaign/judge.hpp"
#include "view/names.hpp"

namespace memsim::campaign {
namespace {

bool matches(const ExpectedSegment& expected, const Segment& found) {
  return expected.offset == found.offset && expected.length == found.length &&
         (!expected.paddr || *expected.paddr == found.paddr);
}

class ReplyJudge final : public Judge {
 public:
  ReplyJudge(const Expectation& expectation, const ExpectedReplySegments& what)
      : expectation_(expectation), what_(what) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {RecordKind::segment_reply};
    return kWanted;
  }

  void on_record(const RecordView& record, const NameBook& names) override {
    const auto& reply = record.as<SegmentReply>();
    if (!expectation_.between.contains(record.time())) return;
    if (!expectation_.process.matches(names.process(reply.pid))) return;
    if (!what_.object.empty() && names.object(reply.object) != what_.object) return;
    ++replies_;
    if (what_.number && *what_.number != replies_) return;
    const Finding finding = judged(reply, point_of(record));
    if (!finding_ || what_.is_last || finding_->holds) finding_ = finding;
  }

  [[nodiscard]] Finding finding() const override {
    if (finding_) return *finding_;
    if (replies_ == 0) return not_judged("no such reply", expectation_);
    return not_judged(fmt::format("only {}", counted(replies_, "reply", "replies")), expectation_);
  }

 private:
  [[nodiscard]] Finding judged(const SegmentReply& reply, RunPoint point) const {
    std::string found = counted(reply.segments.size(), "segment");
    if (!what_.number && !what_.is_last) found += fmt::format(" in reply {}", replies_);
    bool holds = false;
    if (!what_.exactly) {
      holds = expectation_.bounds.allow(static_cast<std::int64_t>(reply.segments.size()));
    } else {
      const std::size_t same = count_of_same(reply.segments);
      holds = same == reply.segments.size() && same == what_.exactly->size();
      if (!holds && same < reply.segments.size()) {
        found = fmt::format("segment {} with {} ({})", same + 1, segment_text(reply.segments[same]), found);
      }
    }
    return {holds, std::move(found), holds ? std::nullopt : std::optional(point)};
  }

  // How many segments from the first on are as listed.
  [[nodiscard]] std::size_t count_of_same(std::span<const Segment> segments) const {
    std::size_t same = 0;
    while (same < segments.size() && same < what_.exactly->size() && matches((*what_.exactly)[same], segments[same])) {
      ++same;
    }
    return same;
  }

  const Expectation& expectation_;
  const ExpectedReplySegments& what_;
  std::uint64_t replies_ = 0;
  std::optional<Finding> finding_;  // the first that does not hold, else the last
};

class ObjectJudge final : public Judge {
 public:
  ObjectJudge(const Expectation& expectation, const ExpectedObjectSegments& what)
      : expectation_(expectation), what_(what) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {RecordKind::object_created, RecordKind::object_populated,
                                           RecordKind::object_destroyed};
    return kWanted;
  }

  void on_record(const RecordView& record, const NameBook&) override {
    switch (record.kind()) {
      case RecordKind::object_created:
        if (record.as<ObjectCreated>().name == what_.object) live_[record.as<ObjectCreated>().object] = {};
        break;
      case RecordKind::object_destroyed:
        live_.erase(record.as<ObjectDestroyed>().object);
        break;
      default: {
        const auto& populated = record.as<ObjectPopulated>();
        const auto found = live_.find(populated.object);
        if (found == live_.end()) return;
        const auto segments = static_cast<std::int64_t>(populated.segment_count);
        found->second = {segments, point_of(record)};
        if (expectation_.between.contains(record.time())) each_.add(expectation_.bounds, segments, point_of(record));
        break;
      }
    }
  }

  [[nodiscard]] Finding finding() const override {
    if (!what_.at_end) {
      if (each_.count() > 0) return each_.finding(MeasureUnit::count, "changes of its memory");
      return not_judged("no object of that name that got memory", expectation_);
    }
    if (live_.empty()) return not_judged("no object of that name", expectation_);
    const auto& [segments, point] = live_.rbegin()->second;
    return finding_of_value(expectation_, segments, point);
  }

 private:
  struct State {
    std::int64_t segments = 0;
    RunPoint point;
  };
  const Expectation& expectation_;
  const ExpectedObjectSegments& what_;
  std::map<ObjectId, State> live_;  // those that bear or bore the name; the youngest last
  EachValue each_;
};

}  // namespace

std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedReplySegments& what) {
  return std::make_unique<ReplyJudge>(expectation, what);
}
std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedObjectSegments& what) {
  return std::make_unique<ObjectJudge>(expectation, what);
}

}  // namespace memsim::campaign
