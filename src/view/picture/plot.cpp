#include <memsim/view/plot.hpp>

#include <algorithm>
#include <limits>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

// These are of the whole machine, and the same in the rows of all regions.
bool is_of_machine(std::string_view column) {
  constexpr std::array kPrefixes = {std::string_view("object_count"), std::string_view("asked_"),
                                    std::string_view("given_"),       std::string_view("internal_"),
                                    std::string_view("segment"),      std::string_view("probe_")};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view prefix) { return column.starts_with(prefix); });
}

bool is_text(std::string_view column) { return column == "time_ns" || column == "point" || column == "region"; }

std::optional<std::int64_t> number_in(const Cell& cell) {
  if (const auto* natural = std::get_if<std::uint64_t>(&cell)) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(std::min(*natural, kMost));
  }
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return *integer;
  if (const auto* decimal = std::get_if<Thousandths>(&cell)) return decimal->value;
  return std::nullopt;
}

}  // namespace

PlotView::PlotView(std::vector<std::string> columns) : columns_(std::move(columns)) { MEMSIM_CHECK(!columns_.empty()); }

void PlotView::on(const RunStarted& record) { static_cast<MadeBy&>(plot_) = made_by_of(record); }

void PlotView::on(const RegionAdded& record) { regions_.emplace_back(record.name); }

void PlotView::on(RunPoint at, const RunEnded&) {
  series_.finish();
  take_rows(at.time);
  plot_.end = at.time;
}

void PlotView::learn_columns(const Table& table) {
  for (const Column& column : table.columns()) {
    if (!is_text(column.name)) known_.push_back(column.name);
  }
  for (const std::string& name : columns_) {
    const auto& all = table.columns();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Column& column) { return column.name == name; });
    if (found == all.end() || is_text(name)) continue;
    const bool by_region = !is_of_machine(name);
    places_.push_back({static_cast<std::size_t>(found - all.begin()), by_region});
    if (!by_region) plot_.lines.push_back({name, {}, {}});
    for (std::size_t i = 0; by_region && i < regions_.size(); ++i) plot_.lines.push_back({name, regions_[i], {}});
  }
}

void PlotView::take_rows(SimTime) {
  Table& table = series_.table();
  if (table.row_count() == 0) return;
  if (known_.empty()) learn_columns(table);
  for (std::size_t i = 0; i < table.row_count(); ++i) {
    const std::span<const Cell> row = table.row(i);
    const SimTime time(std::get<std::uint64_t>(row[0]));
    const std::string& region = std::get<std::string>(row[2]);
    std::size_t line = 0;
    for (const Place& place : places_) {
      const std::size_t count = place.by_region ? regions_.size() : 1;
      for (std::size_t r = 0; r < count; ++r, ++line) {
        if (place.by_region && regions_[r] != region) continue;
        const std::optional<std::int64_t> value = number_in(row[place.column]);
        if (value) add(plot_.lines[line], time, *value);
      }
    }
  }
  table.clear_rows();
}

void PlotView::add(PlotLine& line, SimTime time, std::int64_t value) {
  while (time.value() / plot_.step.count() >= kStepsMax) double_step();
  const std::uint64_t index = time.value() / plot_.step.count();
  if (line.steps.empty() || line.steps.back().index != index) {
    line.steps.push_back({index, value, value, value, value});
    return;
  }
  PlotLine::Step& step = line.steps.back();
  step.low = std::min(step.low, value);
  step.high = std::max(step.high, value);
  step.last = value;
}

void PlotView::double_step() {
  plot_.step += plot_.step;
  for (PlotLine& line : plot_.lines) {
    std::vector<PlotLine::Step> merged;
    for (PlotLine::Step step : line.steps) {
      step.index /= 2;
      if (merged.empty() || merged.back().index != step.index) {
        merged.push_back(step);
        continue;
      }
      PlotLine::Step& into = merged.back();
      into.low = std::min(into.low, step.low);
      into.high = std::max(into.high, step.high);
      into.last = step.last;
    }
    line.steps = std::move(merged);
  }
}

std::vector<std::string> PlotView::unknown_columns() const {
  std::vector<std::string> unknown;
  for (const std::string& name : columns_) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) unknown.push_back(name);
  }
  return unknown;
}

}  // namespace memsim
