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

[[nodiscard]] ReportTable survival_table(const Sweep& sweep, const std::vector<SurvivalOfProbe>& survival);
[[nodiscard]] ReportTable curve_table(const Sweep& sweep, const std::vector<SurvivalOfProbe>& survival);
// Of the measures that fit one of `patterns`.
[[nodiscard]] ReportTable measure_table(const Sweep& sweep, const SweptRuns& runs,
                                        const std::vector<std::string>& patterns);
[[nodiscard]] ReportTable sensitivity_table(const std::vector<Sensitivity>& all);

[[nodiscard]] std::string text_of(const ReportTable& table);
[[nodiscard]] std::string markdown_of(const ReportTable& table);
// Whose head has one more column, `made_by`: see made_by_line().
[[nodiscard]] std::string csv_of(const ReportTable& table, const std::string& made_by);
[[nodiscard]] std::string json_of(const ReportTable& table);  // an array of objects

}  // namespace memsim
