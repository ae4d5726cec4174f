#include "sim/commands/run.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/campaign/expectations.hpp>
#include <memsim/campaign/scenario_run.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/view/database/run_database.hpp>
#include <memsim/view/database/stored_runs.hpp>
#include <memsim/view/explanation.hpp>
#include <memsim/view/files/perfetto_file.hpp>
#include <memsim/view/output_files.hpp>
#include <memsim/view/render.hpp>
#include <memsim/view/summary.hpp>

#include "sim/host/console.hpp"
#include "sim/host/current_run.hpp"
#include "sim/host/progress.hpp"
#include "sim/host/source.hpp"
#include "sim/report/report_pages.hpp"
#include "sim/report/stored_run.hpp"

namespace memsim {
namespace {

struct RunResult {
  Summary summary;
  std::vector<Diagnostic> failed;  // expectations that do not hold
  ExitCode ended = ExitCode::ok;   // whether it came to a good end
};

// Prints what programs of the host write, each stream to its own, as it comes.
class OutputPrinter final : public View<OutputPrinter> {
 public:
  static void on(const ProgramOutput& line) {
    const std::string text = std::string(line.text) + '\n';
    if (line.stream == OutputStream::output) {
      static_cast<void>(print(text));
    } else {
      print_error(text);
    }
  }
};

// The outputs that have a file of their own, beside those of --out.
class SingleFiles {
 public:
  [[nodiscard]] HostResult<void> open(const RunOptions& options, RecordStream& records) {
    if (!options.perfetto.empty()) {
      HostResult<PerfettoFile> created = PerfettoFile::create(options.perfetto);
      if (!created) return Unexpected(std::move(created).error());
      records.subscribe(perfetto_.emplace(std::move(*created)));
    }
    if (!options.db.empty()) {
      HostResult<RunDatabase> opened = RunDatabase::open(options.db, options.records);
      if (!opened) return Unexpected(std::move(opened).error());
      records.subscribe(database_.emplace(std::move(*opened)));
    }
    return {};
  }

  [[nodiscard]] HostResult<void> commit(const Summary& summary) {
    if (perfetto_) {
      const HostResult<void> committed = perfetto_->commit();
      if (!committed) return committed;
    }
    return database_ ? database_->commit(summary) : HostResult<void>();
  }

 private:
  std::optional<PerfettoFile> perfetto_;
  std::optional<RunDatabase> database_;
};

// One run of a scenario, with its files when a directory is given and its page when pages are. `out` empty: none.
HostResult<RunResult> run_one(const std::string& name, const Scenario& scenario, const RunOptions& options,
                              const std::string& out, ReportPages* pages) {
  // Sinks outlive the stream that they are subscribed to.
  SummaryView view;
  ExpectationView expectations(scenario.expect);
  ExplainView explanation;
  RunPage page;
  OutputPrinter printer;
  Progress progress(display_name(name), scenario.world.until);
  std::optional<OutputFiles> files;
  SingleFiles single;
  HostResult<World> world = World::create(scenario.world, find_deadlocks);
  if (!world) return Unexpected(std::move(world).error());
  if (!out.empty()) {
    HostResult<OutputFiles> created = OutputFiles::create({out, options.force, options.records, options.only});
    if (!created) return Unexpected(std::move(created).error());
    files.emplace(std::move(*created));
    world->records().subscribe(*files);
  }
  const HostResult<void> opened = single.open(options, world->records());
  if (!opened) return Unexpected(opened.error());
  world->records().subscribe(view);
  world->records().subscribe(expectations);
  if (options.explain) world->records().subscribe(explanation);
  if (pages) {
    for (RecordSink* sink : page.sinks()) world->records().subscribe(*sink);
  }
  if (options.shows_output) world->records().subscribe(printer);
  if (!options.quiet) world->records().subscribe(progress);
  const StopReason reason = run_world(scenario, *world);
  progress.finish();
  Summary summary = view.summary(world->records());
  if (options.shows_output) summary.program_output = {};
  summary.scenario = display_name(name);
  summary.title = scenario.title;
  summary.cap_reached = world->cap_reached();
  std::vector<Diagnostic> failed;
  if (is_judged(scenario, summary.stop_reason)) {
    const std::vector<Verdict> verdicts = expectations.verdicts();
    summary.expectations = summary_of(scenario.expect, verdicts);
    failed = failed_expectations(scenario.expect, verdicts);
  } else {
    summary.unjudged_expectations = scenario.expect.size();
  }
  if (options.explain) {
    summary.contiguous_failures = explanation.failures();
    summary.probe_failures = explanation.probe_failures();
  }
  if (files) {
    const HostResult<void> committed = files->commit(summary);
    if (!committed) return Unexpected(committed.error());
  }
  const HostResult<void> committed = single.commit(summary);
  if (!committed) return Unexpected(committed.error());
  if (pages) pages->add(std::move(page), summary);
  // A cap that was reached is among the warnings of the summary.
  const HostResult<void> ended = good_end(scenario, *world, reason);
  return RunResult{std::move(summary), std::move(failed), ended ? ExitCode::ok : exit_code(ended.error())};
}

// Where the files of each scenario go: into the directory itself, or into one below it for each of several.
HostResult<std::vector<std::string>> output_directories(const std::vector<std::string>& names, const std::string& out) {
  std::vector<std::string> directories(names.size());
  if (out.empty()) return directories;
  if (names.size() == 1) return std::vector<std::string>{out};
  std::map<std::string, std::string> owners;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [entry, is_new] = owners.emplace(stem_of(names[i]), names[i]);
    if (!is_new) {
      return host_failure(
          ExitCode::bad_input,
          fmt::format("{} and {} would both write to {}/{}", entry->second, names[i], out, entry->first),
          "run them with an --out of their own each");
    }
    directories[i] = out + "/" + entry->first;
  }
  return directories;
}

HostResult<void> take_database(const std::string& path, ReportPages& pages) {
  const HostResult<std::vector<std::int64_t>> runs = runs_in_database(path);
  if (!runs) return Unexpected(runs.error());
  for (const std::int64_t run : *runs) {
    RunPage page;
    HostResult<Summary> summary = read_database_run(path, run, page.sinks());
    if (!summary) return Unexpected(std::move(summary).error());
    pages.add(std::move(page), std::move(*summary));
  }
  return {};
}

// A run that is over, from its files, for the pages.
HostResult<void> take_stored(const std::string& folder, ReportPages& pages) {
  if (!is_folder(folder)) return take_database(folder, pages);
  RunPage page;
  HostResult<Summary> summary = read_stored_run(folder, page.sinks());
  if (!summary) return Unexpected(std::move(summary).error());
  pages.add(std::move(page), std::move(*summary));
  return {};
}

bool is_stored(const std::string& name, const RunOptions& options) {
  return options.only_report && (is_folder(name) || is_database(name));
}

// All scenarios are checked before the first one runs.
ExitCode check_all(ScenarioSource& source, const std::vector<std::string>& names, const RunOptions& options) {
  ExitCode code = ExitCode::ok;
  for (const std::string& name : names) {
    if (is_stored(name, options)) continue;
    const HostResult<Scenario> scenario = source.load(name, options.load);
    if (scenario) continue;
    const ExitCode failed = report(scenario.error());
    if (code == ExitCode::ok) code = failed;
  }
  return code;
}

// Prints results as they come: texts with a blank line between, JSON as one object or as an array of them.
class ResultPrinter {
 public:
  ResultPrinter(const RunOptions& options, std::size_t count)
      : options_(options), is_array_(options.json && count > 1) {}

  [[nodiscard]] HostResult<void> print_result(const Summary& summary) {
    if (options_.only_report) return {};
    const bool is_first = !std::exchange(has_printed_, true);
    if (options_.json) return print(json_separator(is_first) + render_json(summary));
    if (!options_.quiet)
      return print((is_first ? "" : "\n") + render_text(summary, terminal_columns().value_or(kTextColumns)));
    for (const std::string& warning : warnings(summary)) warn(fmt::format("{}: {}", summary.scenario, warning));
    return print(
        fmt::format("{}  {}\n", fingerprint_text(summary.fingerprint), escaped_for_terminal(summary.scenario)));
  }

  [[nodiscard]] HostResult<void> finish() {
    if (!is_array_) return {};
    return print(has_printed_ ? "]\n" : "[]\n");
  }

 private:
  [[nodiscard]] std::string json_separator(bool is_first) const {
    if (!is_array_) return {};
    return is_first ? "[\n" : ",\n";
  }

  const RunOptions& options_;
  bool is_array_;
  bool has_printed_ = false;
};

}  // namespace

ExitCode run_scenario(const std::string& name, const Scenario& scenario, const RunOptions& options) {
  const HostResult<RunResult> result = run_one(name, scenario, options, options.out, nullptr);
  if (!result) return report(result.error());
  const HostResult<void> printed = ResultPrinter(options, 1).print_result(result->summary);
  if (!printed) return report(printed.error());
  return result->failed.empty() ? result->ended : report(result->failed);
}

ExitCode run_scenarios(const RunOptions& options) {
  const std::vector<std::string> names = without_duplicates(options.files);
  const auto directories = output_directories(names, options.out);
  if (!directories) return report(directories.error());
  std::optional<ReportPages> pages;
  if (!options.report.empty()) {
    const HostResult<void> possible = ReportPages::check_program();
    if (!possible) return report(possible.error());
    pages.emplace();
  }
  ScenarioSource source;
  if (names.size() > 1) {
    const ExitCode checked = check_all(source, names, options);
    if (checked != ExitCode::ok) return checked;
  }
  ExitCode code = ExitCode::ok;
  const auto keep = [&code](ExitCode other) { code = code == ExitCode::ok ? other : code; };
  ResultPrinter printer(options, names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (is_stored(names[i], options)) {
      const HostResult<void> taken = take_stored(names[i], *pages);
      if (!taken) keep(report(taken.error()));
      continue;
    }
    const HostResult<Scenario> scenario = source.load(names[i], options.load);
    if (!scenario) {
      keep(report(scenario.error()));
      continue;
    }
    const HostResult<RunResult> result =
        run_one(names[i], *scenario, options, (*directories)[i], pages ? &*pages : nullptr);
    if (!result) {
      keep(report(result.error()));
      continue;
    }
    const HostResult<void> printed = printer.print_result(result->summary);
    if (!printed) return report(printed.error());
    keep(result->ended);
    if (!result->failed.empty()) keep(report(result->failed));
  }
  const HostResult<void> finished = printer.finish();
  if (!finished) keep(report(finished.error()));
  if (pages && !pages->is_empty()) {
    const HostResult<void> written = pages->write(options.report);
    if (!written) keep(report(written.error()));
  }
  return code;
}

}  // namespace memsim
