#include <memsim/campaign/sweep/sweep_report.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <utility>

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

std::string dumped(const Json& json) { return inert_json(json.dump(-1, ' ', true, Json::error_handler_t::replace)); }

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

// The names of all measures, as the first run that has one has it.
HostResult<std::vector<std::string>> all_names(Sweep& sweep) {
  std::vector<std::string> names;
  std::map<std::string, bool, std::less<>> seen;
  const HostResult<void> visited = sweep.for_each_run([&](std::size_t, const StoredRun& run) -> HostResult<void> {
    for (const Measure& measure : run.result.measures) {
      if (seen.try_emplace(measure.name).second) names.push_back(measure.name);
    }
    return {};
  });
  if (!visited) return Unexpected(visited.error());
  return names;
}

std::string made_by(const Sweep& sweep) {
  const ScenarioOrigin origin = sweep.origin();
  return made_by_line(origin_text(origin), origin);
}

void append_run_csv(std::string& out, const Variation& variation, const std::vector<std::string>& axes,
                    const StoredRun& run, const std::vector<std::string>& names) {
  CsvLine line(out);
  for (const std::string& axis : axes) {
    const auto level = std::find_if(variation.levels.begin(), variation.levels.end(),
                                    [&](const Level& candidate) { return candidate.axis == axis; });
    level == variation.levels.end() ? line.empty() : line.text(level->value);
  }
  line.number(run.result.seed).text(fingerprint_text(run.result.fingerprint)).text(name_of(run.result.end));
  line.time(run.result.end_time).number(run.failed.size());
  std::map<std::string_view, std::int64_t> values;
  for (const Measure& measure : run.result.measures) values.emplace(measure.name, measure.value);
  for (const std::string& name : names) {
    const auto value = values.find(name);
    value == values.end() || value->second == kNeverMeasured ? line.empty() : line.number(value->second);
  }
  line.empty().finish();
}

HostResult<void> write_runs_csv(Sweep& sweep, const SweepOutput& out) {
  const HostResult<std::vector<std::string>> names = all_names(sweep);
  if (!names) return Unexpected(names.error());
  const std::vector<std::string> axes = axes_of(sweep);
  Pieces pieces(out);
  CsvLine head(pieces.text());
  for (const std::string& axis : axes) head.text(axis);
  for (const char* name : {"seed", "fingerprint", "ended", "end_time_ns", "failed_expectations"}) head.text(name);
  for (const std::string& name : *names) head.text(name);
  head.text(made_by(sweep));
  head.finish();
  HostResult<void> visited = sweep.for_each_run([&](std::size_t variation, const StoredRun& run) {
    append_run_csv(pieces.text(), sweep.variations()[variation], axes, run, *names);
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
  for (const Measure& measure : run.result.measures) {
    measures[measure.name] = measure.value == kNeverMeasured ? Json() : Json(measure.value);
  }
  return {{"variation", variation},
          {"seed", run.result.seed},
          {"fingerprint", fingerprint_text(run.result.fingerprint)},
          {"ended", name_of(run.result.end)},
          {"end_time_ns", run.result.end_time.value()},
          {"failed_expectations", run.failed},
          {"measures", measures}};
}

struct Tables {
  ReportTable survival;
  ReportTable curves;
  ReportTable measures;
  ReportTable sensitivity;
};

HostResult<void> write_json(Sweep& sweep, const Tables& tables, const SweepOutput& out) {
  Pieces pieces(out);
  Json variations = Json::array();
  for (const Variation& variation : sweep.variations()) variations.push_back(json_of(variation));
  pieces.text() = fmt::format("{{\n\"scenario\": {},\n", dumped(sweep.name()));
  Json origin = Json::object();
  add_origin(origin, sweep.origin());
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

std::string summary_of(const Sweep& sweep, const SweptRuns& runs) {
  const std::string seeds = sweep.seeds() == 1 ? "one seed" : fmt::format("{} seeds", sweep.seeds());
  std::string out = fmt::format("{} under {} each: {}", counted(sweep.variations().size(), "variation"), seeds,
                                counted(runs.ends.size(), "run"));
  std::map<StopReason, std::uint64_t> ends;
  for (const StopReason end : runs.ends) ++ends[end];
  const char* separator = ": ";
  for (const auto& [end, count] : ends)
    out += fmt::format("{}{} {}", std::exchange(separator, ", "), count, name_of(end));
  out += '\n';
  const auto failed = std::count_if(runs.failed.begin(), runs.failed.end(), [](const auto& f) { return !f.empty(); });
  if (failed > 0)
    out += fmt::format("an expectation fails in {}\n", counted(static_cast<std::uint64_t>(failed), "run"));
  if (!sweep.gave_up().empty()) out += sweep.gave_up() + '\n';
  return out;
}

HostResult<void> write_for_people(const Sweep& sweep, const SweptRuns& runs, const Tables& tables, bool is_markdown,
                                  const SweepOutput& out) {
  const std::string head = heading(sweep.name(), sweep.scenario().title);
  const ScenarioOrigin origin = sweep.origin();
  std::string text = (is_markdown ? "### " + head + "\n\n" : head + "\n") + origin_text(origin) + '\n';
  if (!origin.overridden.empty()) text += overridden_text(origin) + '\n';
  text += summary_of(sweep, runs);
  for (const ReportTable* table : {&tables.survival, &tables.measures, &tables.sensitivity}) {
    if (!table->rows.empty()) text += '\n' + (is_markdown ? markdown_of(*table) : text_of(*table));
  }
  return out(text);
}

HostResult<void> check_patterns(Sweep& sweep, const std::vector<std::string>& patterns, const SweptRuns& runs) {
  for (const std::string& pattern : patterns) {
    const auto is_meant = [&](const SweptMeasure& measure) { return fits(pattern, measure.kind.name); };
    if (std::any_of(runs.measures.begin(), runs.measures.end(), is_meant)) continue;
    const HostResult<std::vector<std::string>> names = all_names(sweep);
    if (!names) return Unexpected(names.error());
    const std::string meant = meant_pattern(pattern, {names->begin(), names->end()});
    return host_failure(ExitCode::bad_input, fmt::format("no run has a measure '{}'", escaped_for_terminal(pattern)),
                        (meant.empty() ? "" : fmt::format("did you mean '{}'? ", meant)) +
                            "memsim sweep --format csv has all; docs/output.md says what they are");
  }
  return {};
}

}  // namespace

HostResult<void> write_report(Sweep& sweep, const SweepReportOptions& options, const SweepOutput& out) {
  if (options.format == TableFormat::csv && options.table == SweepTable::runs) return write_runs_csv(sweep, out);
  const std::vector<std::string> shown = options.measures.empty() ? telling_measures() : options.measures;
  std::vector<std::string> wanted = survival_measures();
  wanted.insert(wanted.end(), shown.begin(), shown.end());
  const HostResult<SweptRuns> runs = sweep.results(wanted);
  if (!runs) return Unexpected(runs.error());
  HostResult<void> known = check_patterns(sweep, options.measures, *runs);
  if (!known) return known;
  const std::vector<SurvivalOfProbe> survival = survival_of(sweep, *runs, options.at);
  SweptRuns of_shown = *runs;
  std::erase_if(of_shown.measures, [&](const SweptMeasure& measure) {
    return std::none_of(shown.begin(), shown.end(), [&](const auto& p) { return fits(p, measure.kind.name); });
  });
  const Tables tables{survival_table(sweep, survival), curve_table(sweep, survival),
                      measure_table(sweep, of_shown, shown), sensitivity_table(sensitivity_of(sweep, of_shown))};
  switch (options.format) {
    case TableFormat::json:
      return write_json(sweep, tables, out);
    case TableFormat::csv:
      switch (options.table) {
        case SweepTable::runs:
          return {};
        case SweepTable::survival:
          return out(csv_of(tables.survival, made_by(sweep)));
        case SweepTable::curves:
          return out(csv_of(tables.curves, made_by(sweep)));
        case SweepTable::measures:
          return out(csv_of(tables.measures, made_by(sweep)));
        case SweepTable::sensitivity:
          return out(csv_of(tables.sensitivity, made_by(sweep)));
      }
      return {};
    case TableFormat::text:
    case TableFormat::markdown:
      return write_for_people(sweep, *runs, tables, options.format == TableFormat::markdown, out);
  }
  return {};
}

}  // namespace memsim
