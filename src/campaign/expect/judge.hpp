// Judges: each looks at the records that one expectation is about, and says in the end whether it held.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include <memsim/campaign/expectations.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/scenario/expectation.hpp>

#include <memsim/view/follow/name_book.hpp>

namespace memsim::campaign {

// What a judge found: the part of a Verdict that is not the expectation's own text.
struct Finding {
  bool holds = false;
  std::string found;
  std::optional<RunPoint> decided;
};

class Judge {
 public:
  Judge() = default;
  Judge& operator=(const Judge&) = delete;
  virtual ~Judge() = default;

  // One that knows what this one knows, for a run that goes on from here in another way.
  [[nodiscard]] virtual std::unique_ptr<Judge> clone() const = 0;
  [[nodiscard]] virtual std::span<const RecordKind> wanted() const = 0;
  // Requires: a kind that it wants; `names` has learned the record.
  virtual void on_record(const RecordView& record, const NameBook& names) = 0;
  [[nodiscard]] virtual Finding finding() const = 0;

 protected:
  Judge(const Judge&) = default;
};

template <class Derived>
class CopyableJudge : public Judge {
 public:
  [[nodiscard]] std::unique_ptr<Judge> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
};

// The judge of an expectation, which must outlive it.
[[nodiscard]] std::unique_ptr<Judge> judge_of(const Expectation& expectation);

// By form.
[[nodiscard]] std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedValues& what);
[[nodiscard]] std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedProbe& what);
[[nodiscard]] std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedCount& what);
[[nodiscard]] std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedOutcomes& what);
[[nodiscard]] std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedSegments& what);
[[nodiscard]] std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedEnd& what);
[[nodiscard]] std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedEmptyState& what);
[[nodiscard]] std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedDeadlock& what);
// Of values, by what they are of. Of a measure: in every sample, or of chosen objects.
[[nodiscard]] std::unique_ptr<Judge> make_judge_of_samples(const Expectation& expectation, const ExpectedValues& what);
[[nodiscard]] std::unique_ptr<Judge> make_judge_of_chosen_objects(const Expectation& expectation,
                                                                  const ExpectedValues& what);
[[nodiscard]] std::unique_ptr<Judge> make_judge_of_descriptors(const Expectation& expectation,
                                                               const ExpectedValues& what);
[[nodiscard]] std::unique_ptr<Judge> make_judge_of_latencies(const Expectation& expectation,
                                                             const ExpectedValues& what);

[[nodiscard]] inline RunPoint point_of(const RecordView& record) { return record.point(); }

// Whether the expectation lets the process and the object through. An object 0 is none.
[[nodiscard]] inline bool is_about(const Expectation& expectation, ProcessId pid, ObjectId object,
                                   const NameBook& names) {
  return expectation.process.matches(names.process(pid)) &&
         (expectation.object.empty() || names.bears_name(object, expectation.object));
}

// Values of which each must keep the bounds: counts them, and remembers the first that does not.
class EachValue {
 public:
  void add(const Bounds& bounds, std::int64_t value, RunPoint point);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // `noun` names what the values are of, for "3 of 60 samples". Requires: count() > 0.
  [[nodiscard]] Finding finding(MeasureUnit unit, std::string_view noun) const;

 private:
  std::uint64_t count_ = 0;
  std::uint64_t broken_ = 0;
  std::int64_t smallest_ = 0;
  std::int64_t largest_ = 0;
  std::int64_t first_broken_ = 0;
  RunPoint point_;
};

// A count of events: remembers the one that was too many.
class EventCount {
 public:
  void add(const Bounds& bounds, std::uint64_t more, RunPoint point);
  [[nodiscard]] Finding finding(const Bounds& bounds) const;

 private:
  std::uint64_t count_ = 0;
  std::optional<RunPoint> too_many_;
};

// One value that must keep the bounds.
[[nodiscard]] Finding finding_of_value(const Expectation& expectation, std::int64_t value,
                                       std::optional<RunPoint> point = std::nullopt);
// That a run came to its end before the moment that an expectation is about.
[[nodiscard]] Finding run_too_short(SimTime end);
// What could not be judged, and why: "no sample between 1 h and 2 h".
[[nodiscard]] Finding not_judged(std::string_view nothing, const Expectation& expectation);

}  // namespace memsim::campaign
