// The tables of a report, their cells both as people and as programs read them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <memsim/campaign/sweep/sensitivity.hpp>
#include <memsim/campaign/sweep/survival.hpp>
#include <memsim/campaign/sweep/sweep_report.hpp>

namespace memsim {

struct ReportCell {
  std::string shown;  // for people
  std::string raw;    // for programs: a number, or a text
  bool is_number = false;
};

struct ReportColumn {
  std::string shown;  // empty: for programs only
  std::string name;   // empty: for people only
};

struct ReportTable {
  std::string title;
  std::vector<std::string> notes;  // before the rows
  std::vector<ReportColumn> columns;
  std::vector<std::vector<ReportCell>> rows;
};

[[nodiscard]] ReportTable survival_table(const SweepResults& sweep, const std::vector<SurvivalOfProbe>& survival);
[[nodiscard]] ReportTable curve_table(const SweepResults& sweep, const std::vector<SurvivalOfProbe>& survival);
// Of the measures that fit one of `patterns`.
[[nodiscard]] ReportTable measure_table(const SweepResults& sweep, const SweptRuns& runs,
                                        const std::vector<std::string>& patterns);
[[nodiscard]] ReportTable sensitivity_table(const std::vector<Sensitivity>& all);

// All of it, of a whole sweep.
struct SweepTables {
  SweptRuns runs;
  std::vector<SurvivalOfProbe> survivals;
  ReportTable survival;
  ReportTable curves;
  ReportTable measures;
  ReportTable sensitivity;
};
// Errors: as write_report().
[[nodiscard]] HostResult<SweepTables> tables_of(SweepResults& sweep, const SweepReportOptions& options);

// What stands above the tables: the scenario and its title; what made the runs, how many there are, and how they ended.
[[nodiscard]] std::string sweep_heading(const SweepResults& sweep);
[[nodiscard]] std::vector<std::string> about_lines(const SweepResults& sweep, const SweptRuns& runs);

// The columns for people, by their indices, and their cells.
[[nodiscard]] std::vector<std::size_t> shown_columns(const ReportTable& table);
[[nodiscard]] std::vector<std::string> head_of(const ReportTable& table, const std::vector<std::size_t>& columns);
[[nodiscard]] std::vector<std::string> cells_of(const std::vector<ReportCell>& row,
                                                const std::vector<std::size_t>& columns);

[[nodiscard]] std::string text_of(const ReportTable& table);
[[nodiscard]] std::string markdown_of(const ReportTable& table);
// Whose head has one more column, `made_by`: see made_by_line().
[[nodiscard]] std::string csv_of(const ReportTable& table, const std::string& made_by);
[[nodiscard]] std::string json_of(const ReportTable& table);  // an array of objects

}  // namespace memsim
