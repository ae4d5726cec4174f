#include <memsim/campaign/sweep/sweep_report.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include <memsim/base/json.hpp>
#include <memsim/campaign/compare.hpp>
#include <memsim/view/csv_line.hpp>
#include <memsim/view/json_line.hpp>
#include <memsim/view/labels.hpp>
#include <memsim/view/value_text.hpp>

#include "campaign/measures/measure_pattern.hpp"
#include "campaign/sweep/report_tables.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kPieceBytes = std::size_t{1} << 16;

std::string dumped(const Json& json) { return inert_json(json_text(json)); }

// Text on its way out, in pieces of some size.
class Pieces {
 public:
  explicit Pieces(const SweepOutput& out) : out_(out) {}
  [[nodiscard]] std::string& text() { return text_; }
  [[nodiscard]] HostResult<void> flush_if_full() { return text_.size() < kPieceBytes ? HostResult<void>() : flush(); }
  [[nodiscard]] HostResult<void> flush() {
    HostResult<void> written = out_(text_);
    text_.clear();
    return written;
  }

 private:
  const SweepOutput& out_;
  std::string text_;
};

// The columns of all measures, in the order in which the first run that has one has it.
class Columns {
 public:
  void add(const MeasureLayout& layout) {
    if (layout.number >= places_.size()) places_.resize(layout.number + 1);
    if (places_[layout.number]) return;
    std::vector<std::size_t>& places = places_[layout.number].emplace();
    for (const Measure& kind : layout.kinds) {
      const auto [entry, is_new] = index_.try_emplace(kind.name, names_.size());
      if (is_new) names_.push_back(kind.name);
      places.push_back(entry->second);
    }
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  // Of each measure of a layout that was added.
  [[nodiscard]] const std::vector<std::size_t>& of(const MeasureLayout& layout) const {
    return *places_[layout.number];
  }

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::vector<std::optional<std::vector<std::size_t>>> places_;  // by MeasureLayout::number
};

HostResult<Columns> columns_of(SweepResults& sweep) {
  Columns columns;
  const HostResult<void> visited = sweep.for_each_run([&](std::size_t, const StoredRun& run) -> HostResult<void> {
    columns.add(*run.layout);
    return {};
  });
  if (!visited) return Unexpected(visited.error());
  return columns;
}

std::string made_by(const SweepResults& sweep) {
  const ScenarioOrigin& origin = sweep.design().origin;
  return made_by_line(origin_text(origin), origin);
}

void append_run_csv(std::string& out, const Variation& variation, const std::vector<std::string>& axes,
                    const StoredRun& run, const Columns& columns) {
  CsvLine line(out);
  for (const std::string& axis : axes) {
    const auto level = std::find_if(variation.levels.begin(), variation.levels.end(),
                                    [&](const Level& candidate) { return candidate.axis == axis; });
    level == variation.levels.end() ? line.empty() : line.text(level->value);
  }
  line.number(run.result.seed).text(fingerprint_text(run.result.fingerprint)).text(name_of(run.result.end));
  line.time(run.result.end_time).number(run.failed.size());
  std::vector<std::int64_t> values(columns.names().size(), kNeverMeasured);
  const std::vector<std::size_t>& places = columns.of(*run.layout);
  for (std::size_t i = 0; i < places.size(); ++i) values[places[i]] = run.values[i];
  for (const std::int64_t value : values) value == kNeverMeasured ? line.empty() : line.number(value);
  line.empty().finish();
}

HostResult<void> write_runs_csv(SweepResults& sweep, const SweepOutput& out) {
  const HostResult<Columns> columns = columns_of(sweep);
  if (!columns) return Unexpected(columns.error());
  const std::vector<std::string> axes = axes_of(sweep.design());
  Pieces pieces(out);
  CsvLine head(pieces.text());
  for (const std::string& axis : axes) head.text(axis);
  for (const char* name : {"seed", "fingerprint", "ended", "end_time_ns", "failed_expectations"}) head.text(name);
  for (const std::string& name : columns->names()) head.text(name);
  head.text(made_by(sweep));
  head.finish();
  HostResult<void> visited = sweep.for_each_run([&](std::size_t variation, const StoredRun& run) {
    append_run_csv(pieces.text(), sweep.variations()[variation], axes, run, *columns);
    return pieces.flush_if_full();
  });
  return visited ? pieces.flush() : visited;
}

Json json_of(const Variation& variation) {
  Json levels = Json::object();
  for (const Level& level : variation.levels) levels[level.axis] = level.value;
  return {{"name", variation.name}, {"levels", levels}};
}

Json json_of(std::size_t variation, const StoredRun& run) {
  Json measures = Json::object();
  for (std::size_t i = 0; i < run.values.size(); ++i) {
    measures[run.layout->kinds[i].name] = run.values[i] == kNeverMeasured ? Json() : Json(run.values[i]);
  }
  return {{"variation", variation},
          {"seed", run.result.seed},
          {"fingerprint", fingerprint_text(run.result.fingerprint)},
          {"ended", name_of(run.result.end)},
          {"end_time_ns", run.result.end_time.value()},
          {"failed_expectations", run.failed},
          {"measures", measures}};
}

HostResult<void> write_json(SweepResults& sweep, const SweepTables& tables, const SweepOutput& out) {
  Pieces pieces(out);
  Json variations = Json::array();
  for (const Variation& variation : sweep.variations()) variations.push_back(json_of(variation));
  pieces.text() = fmt::format("{{\n\"scenario\": {},\n", dumped(sweep.design().name));
  Json origin = Json::object();
  add_origin(origin, sweep.design().origin);
  for (const auto& [name, value] : origin.items()) pieces.text() += fmt::format("\"{}\": {},\n", name, dumped(value));
  pieces.text() += fmt::format("\"seeds\": {},\n\"variations\": {},\n", sweep.seeds(), dumped(variations));
  for (const auto& [name, table] :
       {std::pair("survival", &tables.survival), std::pair("curves", &tables.curves),
        std::pair("measures", &tables.measures), std::pair("sensitivity", &tables.sensitivity)}) {
    pieces.text() += fmt::format("\"{}\": {},\n", name, inert_json(json_of(*table)));
  }
  pieces.text() += "\"runs\": [";
  const char* separator = "\n";
  HostResult<void> visited = sweep.for_each_run([&](std::size_t variation, const StoredRun& run) {
    pieces.text() += std::exchange(separator, ",\n") + dumped(json_of(variation, run));
    return pieces.flush_if_full();
  });
  if (!visited) return visited;
  pieces.text() += "\n]\n}\n";
  return pieces.flush();
}

HostResult<void> write_for_people(const SweepResults& sweep, const SweepTables& tables, bool is_markdown,
                                  const SweepOutput& out) {
  const std::string head = sweep_heading(sweep);
  std::string text = is_markdown ? "### " + head + "\n\n" : head + "\n";
  for (const std::string& line : about_lines(sweep, tables.runs)) text += line + '\n';
  for (const ReportTable* table : {&tables.survival, &tables.measures, &tables.sensitivity}) {
    if (!table->rows.empty()) text += '\n' + (is_markdown ? markdown_of(*table) : text_of(*table));
  }
  return out(text);
}

HostResult<void> check_patterns(SweepResults& sweep, const std::vector<std::string>& patterns, const SweptRuns& runs) {
  for (const std::string& pattern : patterns) {
    const auto is_meant = [&](const SweptMeasure& measure) { return fits(pattern, measure.kind.name); };
    if (std::any_of(runs.measures.begin(), runs.measures.end(), is_meant)) continue;
    const HostResult<Columns> columns = columns_of(sweep);
    if (!columns) return Unexpected(columns.error());
    const std::string meant = meant_pattern(pattern, {columns->names().begin(), columns->names().end()});
    return host_failure(ExitCode::bad_input, fmt::format("no run has a measure '{}'", escaped_for_terminal(pattern)),
                        (meant.empty() ? "" : fmt::format("did you mean '{}'? ", meant)) +
                            "memsim sweep --format csv has all; docs/output.md says what they are");
  }
  return {};
}

}  // namespace

std::string sweep_heading(const SweepResults& sweep) {
  return heading(sweep.design().name, sweep.design().scenario.title);
}

std::vector<std::string> about_lines(const SweepResults& sweep, const SweptRuns& runs) {
  const ScenarioOrigin& origin = sweep.design().origin;
  std::vector<std::string> lines{origin_text(origin)};
  if (!origin.overridden.empty()) lines.push_back(overridden_text(origin));
  const std::string seeds = sweep.seeds() == 1 ? "one seed" : fmt::format("{} seeds", sweep.seeds());
  std::string counts = fmt::format("{} under {} each: {}", counted(sweep.variations().size(), "variation"), seeds,
                                   counted(runs.ends.size(), "run"));
  std::map<StopReason, std::uint64_t> ends;
  for (const StopReason end : runs.ends) ++ends[end];
  const char* separator = ": ";
  for (const auto& [end, count] : ends) {
    counts += fmt::format("{}{} {}", std::exchange(separator, ", "), count, name_of(end));
  }
  lines.push_back(std::move(counts));
  const auto failed = std::count_if(runs.failed.begin(), runs.failed.end(), [](const auto& f) { return !f.empty(); });
  if (failed > 0) {
    lines.push_back(fmt::format("an expectation fails in {}", counted(static_cast<std::uint64_t>(failed), "run")));
  }
  lines.insert(lines.end(), sweep.design().notes.begin(), sweep.design().notes.end());
  return lines;
}

HostResult<SweepTables> tables_of(SweepResults& sweep, const SweepReportOptions& options) {
  const std::vector<std::string> shown = options.measures.empty() ? telling_measures() : options.measures;
  std::vector<std::string> wanted = survival_measures();
  wanted.insert(wanted.end(), shown.begin(), shown.end());
  HostResult<SweptRuns> runs = sweep.runs(wanted);
  if (!runs) return Unexpected(std::move(runs).error());
  const HostResult<void> known = check_patterns(sweep, options.measures, *runs);
  if (!known) return Unexpected(known.error());
  SweepTables tables;
  tables.survivals = survival_of(sweep, *runs, options.at);
  tables.survival = survival_table(sweep, tables.survivals);
  tables.curves = curve_table(sweep, tables.survivals);
  std::erase_if(runs->measures, [&](const SweptMeasure& measure) {
    return std::none_of(shown.begin(), shown.end(), [&](const auto& p) { return fits(p, measure.kind.name); });
  });
  tables.measures = measure_table(sweep, *runs, shown);
  tables.sensitivity = sensitivity_table(sensitivity_of(sweep, *runs));
  tables.runs = std::move(*runs);
  return tables;
}

HostResult<void> write_report(SweepResults& sweep, const SweepReportOptions& options, const SweepOutput& out) {
  if (options.format == TableFormat::csv && options.table == SweepTable::runs) return write_runs_csv(sweep, out);
  const HostResult<SweepTables> tables = tables_of(sweep, options);
  if (!tables) return Unexpected(tables.error());
  switch (options.format) {
    case TableFormat::json:
      return write_json(sweep, *tables, out);
    case TableFormat::csv:
      switch (options.table) {
        case SweepTable::runs:
          return {};
        case SweepTable::survival:
          return out(csv_of(tables->survival, made_by(sweep)));
        case SweepTable::curves:
          return out(csv_of(tables->curves, made_by(sweep)));
        case SweepTable::measures:
          return out(csv_of(tables->measures, made_by(sweep)));
        case SweepTable::sensitivity:
          return out(csv_of(tables->sensitivity, made_by(sweep)));
      }
      return {};
    case TableFormat::text:
    case TableFormat::markdown:
      return write_for_people(sweep, *tables, options.format == TableFormat::markdown, out);
  }
  return {};
}

}  // namespace memsim
