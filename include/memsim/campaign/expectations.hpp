// Judging the expectations of a scenario (scenario/expectation.hpp) in one pass over the records of its run.
//
// What cannot be judged, because no sample, call, reply or process was there to judge by, does not hold, and the
// verdict says so: an expectation that silently stopped looking at anything would be worse than none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/scenario/expectation.hpp>
#include <memsim/scenario/scenario.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

struct Verdict {
  bool holds = false;
  std::string expected;             // "free_frames of ram at the end: 2048"
  std::string found;                // "2047"; for people, also where the expectation holds
  std::optional<RunPoint> decided;  // the first record that breaks it, where one record does
};

// Subscribe it before the run and ask for the verdicts after it. Sees only the kinds of record that its expectations
// need; memory is bounded, whatever the length of the run, but for exact lists, which keep what was listed.
class ExpectationView final : public RecordSink {
 public:
  explicit ExpectationView(std::span<const Expectation> expectations);
  // Joins a run in the middle, as every view: see engine/view.hpp.
  ExpectationView(const ExpectationView& other);
  ExpectationView(ExpectationView&&) noexcept;
  ExpectationView& operator=(ExpectationView&&) noexcept;
  ~ExpectationView() override;

  [[nodiscard]] std::span<const RecordKind> wanted() const override;
  void on_record(const RecordView& record) override;

  // One for each expectation, in their order. Requires: the run has ended.
  [[nodiscard]] std::vector<Verdict> verdicts() const;

 private:
  class Court;
  std::unique_ptr<Court> court_;
};

// Whether the run can be judged: expectations speak of the whole run, not of one that --until ended before its time.
[[nodiscard]] bool is_judged(const Scenario& scenario, StopReason reason);

// The expectations that do not hold, each at its place with ExitCode::expectation_failed; empty where all hold.
// Requires: as many verdicts as expectations.
[[nodiscard]] std::vector<Diagnostic> failed_expectations(std::span<const Expectation> expectations,
                                                          std::span<const Verdict> verdicts);

// For Summary::expectations.
[[nodiscard]] std::vector<ExpectationSummary> summary_of(std::span<const Expectation> expectations,
                                                         std::span<const Verdict> verdicts);

}  // namespace memsim
