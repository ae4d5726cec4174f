#include <memsim/campaign/expectations.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/check.hpp>

#include "campaign/expect/expectation_text.hpp"
#include "campaign/expect/judge.hpp"

namespace memsim {
namespace campaign {

void EachValue::add(const Bounds& bounds, std::int64_t value, RunPoint point) {
  smallest_ = count_ == 0 ? value : std::min(smallest_, value);
  largest_ = count_ == 0 ? value : std::max(largest_, value);
  ++count_;
  if (bounds.allow(value)) return;
  if (++broken_ > 1) return;
  first_broken_ = value;
  point_ = point;
}

Finding EachValue::finding(MeasureUnit unit, std::string_view noun) const {
  MEMSIM_CHECK(count_ > 0);
  if (broken_ == 0) {
    const std::string smallest = value_text(smallest_, unit);
    const std::string largest = value_text(largest_, unit);
    return {true, smallest == largest ? smallest : fmt::format("{} to {}", smallest, largest), std::nullopt};
  }
  std::string found = value_text(first_broken_, unit);
  if (count_ > 1) found += fmt::format(", the first of {} of {} {} that break it", broken_, count_, noun);
  return {false, std::move(found), point_};
}

void EventCount::add(const Bounds& bounds, std::uint64_t more, RunPoint point) {
  count_ += more;
  const std::optional<std::int64_t> limit = bounds.equals ? bounds.equals : bounds.maximum;
  if (!too_many_ && limit && count_ > static_cast<std::uint64_t>(*limit)) too_many_ = point;
}

Finding EventCount::finding(const Bounds& bounds) const {
  const auto count = static_cast<std::int64_t>(count_);
  return {bounds.allow(count), value_text(count, MeasureUnit::count), too_many_};
}

Finding finding_of_value(const Expectation& expectation, std::int64_t value, std::optional<RunPoint> point) {
  const bool holds = expectation.bounds.allow(value);
  return {holds, value_text(value, expectation.unit), holds ? std::nullopt : point};
}

Finding run_too_short(SimTime end) { return {false, fmt::format("the run ended at {}", time_text(end)), std::nullopt}; }

Finding not_judged(std::string_view nothing, const Expectation& expectation) {
  return {false, fmt::format("{}{}", nothing, window_text(expectation.between)), std::nullopt};
}

std::unique_ptr<Judge> judge_of(const Expectation& expectation) {
  return std::visit([&](const auto& what) { return make_judge(expectation, what); }, expectation.what);
}

std::unique_ptr<Judge> make_judge(const Expectation& expectation, const ExpectedValues& what) {
  if (std::holds_alternative<DescriptorValues>(what.values)) return make_judge_of_descriptors(expectation, what);
  if (std::holds_alternative<LatencyValues>(what.values)) return make_judge_of_latencies(expectation, what);
  if (expectation.chooses_objects()) return make_judge_of_chosen_objects(expectation, what);
  return make_judge_of_samples(expectation, what);
}

namespace {

// Whether the expectation is about the very question if a process starts, or if an object is made.
bool asks_for(const Expectation& expectation, ExpectedCount::What what) {
  const auto* count = std::get_if<ExpectedCount>(&expectation.what);
  return count != nullptr && count->what == what;
}

// For the names of processes and objects.
constexpr std::array kNamingKinds = {RecordKind::process_started, RecordKind::object_created,
                                     RecordKind::object_destroyed};

}  // namespace
}  // namespace campaign

using namespace campaign;

class ExpectationView::Court {
 public:
  explicit Court(std::span<const Expectation> expectations)
      : kept_(std::make_shared<const std::vector<Expectation>>(expectations.begin(), expectations.end())) {
    cases_.resize(expectations_.size());
    for (std::size_t i = 0; i < expectations_.size(); ++i) cases_[i].judge = judge_of(expectations_[i]);
    call_judges();
  }
  Court(const Court& other) : kept_(other.kept_), names_(other.names_) {
    for (const Case& one : other.cases_) cases_.push_back({one.judge->clone(), one.has_started, one.has_object});
    call_judges();
  }
  Court& operator=(const Court&) = delete;

  [[nodiscard]] std::span<const RecordKind> wanted() const { return wanted_; }

  void on_record(const RecordView& record) {
    tell(names_, record);
    if (record.kind() == RecordKind::process_started) note_start(record.as<ProcessStarted>().name);
    if (record.kind() == RecordKind::object_created) note_object(record.as<ObjectCreated>().object);
    for (Judge* judge : listeners_[static_cast<std::size_t>(record.kind())]) judge->on_record(record, names_);
  }

  [[nodiscard]] std::vector<Verdict> verdicts() const {
    std::vector<Verdict> verdicts;
    for (std::size_t i = 0; i < expectations_.size(); ++i) {
      Finding finding = finding_of(expectations_[i], cases_[i]);
      verdicts.push_back({finding.holds, describe(expectations_[i]), std::move(finding.found), finding.decided});
    }
    return verdicts;
  }

 private:
  struct Case {
    std::unique_ptr<Judge> judge;
    bool has_started = false;  // the process that the expectation names
    bool has_object = false;   // the object that it names was made
  };

  void call_judges() {
    std::array<bool, kRecordKindCount> is_wanted{};
    for (const Case& one : cases_) {
      for (const RecordKind kind : one.judge->wanted()) {
        listeners_.at(static_cast<std::size_t>(kind)).push_back(one.judge.get());
        is_wanted.at(static_cast<std::size_t>(kind)) = true;
      }
    }
    if (!expectations_.empty()) {
      for (const RecordKind kind : kNamingKinds) is_wanted.at(static_cast<std::size_t>(kind)) = true;
    }
    for (const RecordKind kind : all_record_kinds()) {
      if (is_wanted.at(static_cast<std::size_t>(kind))) wanted_.push_back(kind);
    }
  }

  void note_start(std::string_view name) {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      if (!cases_[i].has_started) cases_[i].has_started = expectations_[i].process.matches(name);
    }
  }

  void note_object(ObjectId object) {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      const std::string& name = expectations_[i].object;
      if (!name.empty() && !cases_[i].has_object) cases_[i].has_object = names_.bears_name(object, name);
    }
  }

  // Nothing can be said of one that never was: "at most 3" would hold of it.
  [[nodiscard]] static Finding finding_of(const Expectation& expectation, const Case& the_case) {
    using What = ExpectedCount::What;
    const std::string& process = expectation.process.name;
    const std::string& object = expectation.object;
    if (!process.empty() && !the_case.has_started && !asks_for(expectation, What::processes_started)) {
      return {false, fmt::format("that {} never started", escaped_for_terminal(process)), std::nullopt};
    }
    if (!object.empty() && !the_case.has_object && !asks_for(expectation, What::objects_created)) {
      return {false, fmt::format("that there was no object {}", escaped_for_terminal(object)), std::nullopt};
    }
    return the_case.judge->finding();
  }

  std::shared_ptr<const std::vector<Expectation>> kept_;  // the judges refer to them, those of copies too
  const std::vector<Expectation>& expectations_ = *kept_;
  std::vector<Case> cases_;  // not resized once the listeners are known
  std::array<std::vector<Judge*>, kRecordKindCount> listeners_;
  std::vector<RecordKind> wanted_;
  NameBook names_;
};

ExpectationView::ExpectationView(std::span<const Expectation> expectations)
    : court_(std::make_unique<Court>(expectations)) {}
ExpectationView::ExpectationView(const ExpectationView& other) : court_(std::make_unique<Court>(*other.court_)) {}
ExpectationView::ExpectationView(ExpectationView&&) noexcept = default;
ExpectationView& ExpectationView::operator=(ExpectationView&&) noexcept = default;
ExpectationView::~ExpectationView() = default;

std::span<const RecordKind> ExpectationView::wanted() const { return court_->wanted(); }
void ExpectationView::on_record(const RecordView& record) { court_->on_record(record); }
std::vector<Verdict> ExpectationView::verdicts() const { return court_->verdicts(); }

bool is_judged(const Scenario& scenario, StopReason reason) {
  if (reason == StopReason::interrupted) return false;
  return !scenario.is_cut_short || reason != StopReason::reached_until;
}

std::vector<Diagnostic> failed_expectations(std::span<const Expectation> expectations,
                                            std::span<const Verdict> verdicts) {
  MEMSIM_CHECK(expectations.size() == verdicts.size());
  std::vector<Diagnostic> failed;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const Verdict& verdict = verdicts[i];
    if (verdict.holds) continue;
    Diagnostic diagnostic;
    diagnostic.code = ExitCode::expectation_failed;
    diagnostic.where = expectations[i].where;
    diagnostic.source_line = expectations[i].source_line;
    diagnostic.message = fmt::format("{}; found {}", verdict.expected, verdict.found);
    if (verdict.decided) {
      diagnostic.message +=
          fmt::format(", at {} (record {})", time_text(verdict.decided->time), verdict.decided->record);
    }
    failed.push_back(std::move(diagnostic));
  }
  return failed;
}

std::vector<ExpectationSummary> summary_of(std::span<const Expectation> expectations,
                                           std::span<const Verdict> verdicts) {
  MEMSIM_CHECK(expectations.size() == verdicts.size());
  std::vector<ExpectationSummary> summaries;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    summaries.push_back({expectations[i].where.line, expectations[i].where.column, verdicts[i].holds,
                         verdicts[i].expected, verdicts[i].found});
  }
  return summaries;
}

}  // namespace memsim
