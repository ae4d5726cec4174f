// What a sweep found, for people and for programs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/campaign/sweep/sweep_results.hpp>
#include <memsim/view/text_table.hpp>

namespace memsim {

// What a CSV is of: one row a run, or one of the tables of the report.
enum class SweepTable : std::uint8_t { runs, survival, curves, measures, sensitivity };

struct SweepReportOptions {
  TableFormat format = TableFormat::text;
  SweepTable table = SweepTable::runs;  // for TableFormat::csv
  std::vector<std::string> measures;    // patterns of what the tables show; empty: telling_measures()
  std::optional<SimTime> at;            // the moment of the survival; nothing: the last observed under each variation
};

// Hands the whole report on in pieces. Memory: as SweepResults::runs(), whatever the number of measures of a run.
// Errors: those of the store and of `out`; bad_input where a pattern fits no measure of any run. Requires: all runs are
// there.
using SweepOutput = std::function<HostResult<void>(std::string_view piece)>;
[[nodiscard]] HostResult<void> write_report(SweepResults& sweep, const SweepReportOptions& options,
                                            const SweepOutput& out);

}  // namespace memsim
