// A plot: columns of series.csv over time, as SVG for a slide or a paper. The same run gives the same bytes everywhere.
//
// Nobody knows beforehand how long a run is, so points are gathered in steps of time that double whenever there are too
// many; a step keeps the least and the greatest value in it, so that no peak is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <memsim/base/units.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/view/made_by.hpp>
#include <memsim/view/measure/series_table.hpp>

namespace memsim {

// A column of one region; of objects and probes, which are of no region, of the whole machine.
struct PlotLine {
  struct Step {
    std::uint64_t index = 0;  // from boot, in steps
    std::int64_t first = 0;   // values: the first of the step,
    std::int64_t low = 0;     // the least, the greatest,
    std::int64_t high = 0;
    std::int64_t last = 0;  // and the last
  };
  std::string column;
  std::string region;       // empty: the whole machine
  std::vector<Step> steps;  // by index; those with a sample
};

// What made the run is of its records; the caller adds what those do not tell.
struct Plot : MadeBy {
  std::string scenario;  // as the user named it; set by the caller, like the title
  std::string title;     // may be empty
  SimTime end;
  SimDuration step{1};
  std::vector<PlotLine> lines;  // by column as asked for, then by region
};

// Gathers columns of one run. Subscribe it before the run and ask after it.
class PlotView final : public View<PlotView> {
 public:
  static constexpr std::uint64_t kStepsMax = 4096;

  // Requires: columns not empty.
  explicit PlotView(std::vector<std::string> columns);

  auto followers() { return std::tie(series_); }
  void on(const RunStarted& record);
  void on(const RegionAdded& record);
  void on(RunPoint at, const RegionSample&) { take_rows(at.time); }
  void on(RunPoint at, const RunEnded&);

  [[nodiscard]] const Plot& plot() const { return plot_; }
  // Those of the columns that this run's series has not, and, for the others, all that it has.
  [[nodiscard]] std::vector<std::string> unknown_columns() const;
  [[nodiscard]] const std::vector<std::string>& known_columns() const { return known_; }

 private:
  void take_rows(SimTime now);
  void learn_columns(const Table& table);
  void add(PlotLine& line, SimTime time, std::int64_t value);
  void double_step();

  struct Place {
    std::size_t column = 0;  // of the table
    bool by_region = false;
  };
  std::vector<std::string> columns_;
  std::vector<std::string> known_;  // empty until the first row
  std::vector<Place> places_;       // of the columns that there are
  std::vector<std::string> regions_;
  SeriesTable series_;
  Plot plot_;
};

// One picture for all lines whose columns have one unit, below each other where there are several. Ends with a newline.
[[nodiscard]] std::string render_svg(const Plot& plot);

}  // namespace memsim
