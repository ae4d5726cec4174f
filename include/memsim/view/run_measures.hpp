// RunMeasures: everything that can be measured of a run, as one ordered list of named integers. It is what baselines
// store and what comparisons of policies put side by side.
//
// Names are stable, their parts joined by '/'; docs/output.md lists them. A name tells the unit: "_ns" simulated time
// in nanoseconds, "_bytes", "_frames", "_permille" thousandths, else a count. A run with equal records gives an equal
// list. Memory: five integers for each region and measure, and for each probe; nothing grows with the length of a run.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/measure.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

struct Measure {
  std::string name;
  std::int64_t value = 0;
  Better better = Better::neither;
  MeasureUnit unit = MeasureUnit::count;
  bool operator==(const Measure&) const = default;
};

// The value of a moment that did not come, such as the first failure of a probe that never failed: later than any.
inline constexpr std::int64_t kNeverMeasured = std::numeric_limits<std::int64_t>::max();

// The value for people: "0.484", "1.5 ms", "never", "2048".
[[nodiscard]] std::string measure_text(const Measure& measure);

// Collects what a summary does not keep. Subscribe it beside a SummaryView before the run.
class RunMeasures final : public RecordSink {
 public:
  RunMeasures();
  RunMeasures(RunMeasures&&) noexcept;
  RunMeasures& operator=(RunMeasures&&) noexcept;
  ~RunMeasures() override;

  [[nodiscard]] std::span<const RecordKind> wanted() const override;
  void on_record(const RecordView& record) override;

  // The measures of the run, the whole first, then its parts: counts, failed calls, latencies, probes, objects,
  // regions. `summary` is that of the same run.
  [[nodiscard]] std::vector<Measure> measures(const Summary& summary) const;

 private:
  class Collector;
  std::unique_ptr<Collector> collector_;
};

}  // namespace memsim
