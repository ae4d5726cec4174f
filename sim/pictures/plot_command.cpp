// `memsim plot`: measures of a run over time, as a picture.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include <memsim/campaign/run_session.hpp>
#include <memsim/host/files.hpp>
#include <memsim/view/plot.hpp>

#include "sim/host/console.hpp"
#include "sim/host/source.hpp"
#include "sim/options/load_options.hpp"
#include "sim/pictures/commands.hpp"
#include "sim/report/stored_run.hpp"

namespace memsim {
namespace {

constexpr const char* kPlotExamples =
    "  memsim plot my.yaml free_frames largest_free_run_frames --svg memory.svg\n"
    "  memsim plot my.yaml unusable_index_permille_9 --until 2h --svg - > unusable.svg\n"
    "  memsim plot results segments_max segments_median --svg segments.svg      # of a run with --out results "
    "--records\n";

constexpr ValueType kColumnType{"COLUMN"};

struct PlotArguments {
  std::string file;
  std::vector<std::string> columns;
  std::string svg;
  LoadArguments load;
};

// Runs the scenario, or reads the run that a folder holds; the plot with its heading.
HostResult<Plot> plot_of(const Command& command, const PlotArguments& arguments, PlotView& view) {
  RecordSink* const sinks[] = {&view};
  std::string name;
  std::string title;
  MadeBy made;
  if (is_folder(arguments.file)) {
    HostResult<Summary> summary = read_stored_run(arguments.file, sinks);
    if (!summary) return Unexpected(std::move(summary).error());
    name = summary->scenario;
    title = summary->title;
    made = *summary;
  } else {
    const HostResult<Scenario> scenario = load_one(command, arguments.load, arguments.file);
    if (!scenario) return Unexpected(scenario.error());
    HostResult<ScenarioRun> run = run_scenario(*scenario, sinks);
    if (!run) return Unexpected(std::move(run).error());
    name = display_name(arguments.file);
    title = scenario->title;
    made = made_by(*scenario);
  }
  Plot plot = view.plot();
  static_cast<MadeBy&>(plot) = std::move(made);
  plot.scenario = std::move(name);
  plot.title = std::move(title);
  return plot;
}

HostResult<void> check_columns(const PlotView& view) {
  const std::vector<std::string> unknown = view.unknown_columns();
  if (unknown.empty()) return {};
  const std::vector<std::string_view> known(view.known_columns().begin(), view.known_columns().end());
  const std::string_view near = nearest_name(unknown.front(), known);
  return host_failure(ExitCode::bad_input,
                      fmt::format("the series of this run has no column '{}'", escaped_for_terminal(unknown.front())),
                      near.empty() ? "columns are those of series.csv: docs/output.md"
                                   : fmt::format("did you mean '{}'?", escaped_for_terminal(near)));
}

ExitCode execute_plot(const Command& command, const PlotArguments& arguments) {
  if (arguments.svg.empty()) {
    return report(host_failure(ExitCode::bad_input, "--svg: the file's name is empty").error());
  }
  PlotView view(arguments.columns);
  const HostResult<Plot> plot = plot_of(command, arguments, view);
  if (!plot) return report(plot.error());
  if (const HostResult<void> checked = check_columns(view); !checked) return report(checked.error());
  const std::string svg = render_svg(*plot);
  const HostResult<void> written = arguments.svg == "-" ? print(svg) : host::replace_file(arguments.svg, svg);
  return written ? ExitCode::ok : report(written.error());
}

}  // namespace

void add_plot(Command& program) {
  Command& sub =
      program.add_command("plot", "Run a scenario and draw measures of memory over time as SVG.", kPlotExamples);
  const auto arguments = std::make_shared<PlotArguments>();
  arguments->svg = "plot.svg";
  sub.add_argument("FILE", arguments->file, kScenarioType,
                   "The scenario (- is standard input), or a folder that 'run --out FOLDER --records' wrote");
  sub.add_arguments("COLUMN", arguments->columns, kColumnType, "Columns of series.csv, a line for each and region");
  sub.add_value("--svg", arguments->svg, kFileType, "The picture, - for standard output; plot.svg unless given");
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_plot(sub, *arguments); });
}

}  // namespace memsim
