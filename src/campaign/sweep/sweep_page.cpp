#include <memsim/campaign/sweep/sweep_page.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include "campaign/sweep/report_tables.hpp"

namespace memsim {
namespace {

std::uint32_t millionths(double share) { return static_cast<std::uint32_t>(std::lround(share * 1e6)); }

SweepPage::Survival pictured(const SurvivalOfProbe& probe, const SweepResults& sweep, const SweptRuns& runs) {
  SweepPage::Survival picture{probe.asked.empty() ? probe.what : probe.what + ": " + probe.asked, {}};
  for (std::size_t i = 0; i < probe.variations.size(); ++i) {
    const Survival& survival = probe.variations[i];
    const auto begin = runs.end_times.begin() + static_cast<std::ptrdiff_t>(i * sweep.seeds());
    const SimTime end = *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(sweep.seeds()));
    const std::string& name = sweep.variations()[i].name;
    picture.curves.push_back(
        page_curve(name.empty() ? "as it is" : name, survival.runs, survival.refused, survival.curve, end));
  }
  return picture;
}

SweepPage::Table shown(const ReportTable& table) {
  SweepPage::Table page{table.title, table.notes, {}, {}};
  const std::vector<std::size_t> columns = shown_columns(table);
  page.columns = head_of(table, columns);
  for (const auto& row : table.rows) page.rows.push_back(cells_of(row, columns));
  return page;
}

}  // namespace

SurvivalCurve page_curve(std::string name, std::uint64_t runs, std::uint64_t failed,
                         std::span<const SurvivalPoint> points, SimTime end) {
  SurvivalCurve curve{.name = std::move(name), .runs = runs, .failed = failed, .points = {{}}};
  for (const SurvivalPoint& point : points) {
    curve.points.push_back(
        {point.time, millionths(point.share), millionths(point.band.low), millionths(point.band.high)});
  }
  SurvivalCurve::Point last = curve.points.back();
  last.time = std::max(last.time, end);
  curve.points.push_back(last);
  return curve;
}

HostResult<SweepPage> page_of(SweepResults& sweep, const SweepReportOptions& options) {
  const HostResult<SweepTables> tables = tables_of(sweep, options);
  if (!tables) return Unexpected(tables.error());
  SweepPage page;
  page.title = sweep_heading(sweep);
  page.about = about_lines(sweep, tables->runs);
  for (const SurvivalOfProbe& probe : tables->survivals) {
    page.survival.push_back(pictured(probe, sweep, tables->runs));
  }
  for (const ReportTable* table : {&tables->survival, &tables->measures, &tables->sensitivity}) {
    if (!table->rows.empty()) page.tables.push_back(shown(*table));
  }
  return page;
}

}  // namespace memsim
