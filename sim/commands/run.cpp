#include "sim/commands/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <memsim/campaign/compare.hpp>
#include <memsim/campaign/parallel.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/campaign/seed_answers.hpp>
#include <memsim/host/interrupt.hpp>
#include <memsim/kernel/background_time.hpp>
#include <memsim/view/database/run_database.hpp>
#include <memsim/view/database/stored_runs.hpp>
#include <memsim/view/explanation.hpp>
#include <memsim/view/files/perfetto_file.hpp>
#include <memsim/view/labels.hpp>
#include <memsim/view/output_files.hpp>
#include <memsim/view/render.hpp>
#include <memsim/view/summary.hpp>

#include "sim/host/campaign_progress.hpp"
#include "sim/host/console.hpp"
#include "sim/host/progress.hpp"
#include "sim/host/source.hpp"
#include "sim/report/report_pages.hpp"
#include "sim/report/stored_run.hpp"

namespace memsim {
namespace {

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
  [[nodiscard]] HostResult<void> open(const RunOptions& options, RunSession& session) {
    if (!options.perfetto.empty()) {
      HostResult<PerfettoFile> created = PerfettoFile::create(options.perfetto);
      if (!created) return Unexpected(std::move(created).error());
      session.subscribe(perfetto_.emplace(std::move(*created)));
    }
    if (!options.db.empty()) {
      HostResult<RunDatabase> opened = RunDatabase::open(options.db, options.records);
      if (!opened) return Unexpected(std::move(opened).error());
      session.subscribe(database_.emplace(std::move(*opened)));
    }
    return {};
  }

  [[nodiscard]] HostResult<void> commit(const ScenarioRun& run) {
    if (perfetto_) {
      const HostResult<void> committed = perfetto_->commit();
      if (!committed) return committed;
    }
    return database_ ? database_->commit(run.summary, run.measures) : HostResult<void>();
  }

 private:
  std::optional<PerfettoFile> perfetto_;
  std::optional<RunDatabase> database_;
};

// When the run will end, as far as the scenario tells: where nothing but recordings play, with the last of them.
SimTime known_end(const WorldConfig& world) {
  if (!world.processes.empty() || world.background.empty()) return world.until;
  SimTime end;
  for (const BackgroundConfig& background : world.background) {
    if (background.passes == 0) continue;
    __extension__ using Wide = unsigned __int128;
    const Wide pass = Wide{played_time(background.length, background.speed_percent).count()} + background.pause.count();
    const Wide all = background.at.value() + pass * background.passes;
    end = std::max(end, SimTime(static_cast<std::uint64_t>(std::min<Wide>(all, never().value()))));
  }
  return std::min(world.until, end);
}

// One run of a scenario, with its files when a directory is given and its page when pages are. `out` empty: none.
HostResult<ScenarioRun> run_one(const std::string& name, const Scenario& scenario, const RunOptions& options,
                                const std::string& out, ReportPages* pages) {
  // Sinks outlive the session that they are subscribed to.
  ExplainView explanation;
  RunPage page;
  OutputPrinter printer;
  Progress progress(display_name(name), known_end(scenario.world));
  std::optional<OutputFiles> files;
  SingleFiles single;
  HostResult<RunSession> session = RunSession::create(scenario);
  if (!session) return Unexpected(std::move(session).error());
  if (!out.empty()) {
    HostResult<OutputFiles> created =
        OutputFiles::create({out, options.force, options.records, options.only,
                             made_by_line(made_by_text(made_by(scenario)), made_by(scenario))});
    if (!created) return Unexpected(std::move(created).error());
    files.emplace(std::move(*created));
    session->subscribe(*files);
  }
  const HostResult<void> opened = single.open(options, *session);
  if (!opened) return Unexpected(opened.error());
  if (options.explain) session->subscribe(explanation);
  if (pages) {
    for (RecordSink* sink : page.sinks()) session->subscribe(*sink);
  }
  if (options.shows_output) session->subscribe(printer);
  progress.follow(session->world());
  if (!options.quiet) session->subscribe(progress);
  if (options.recording != nullptr) session->subscribe(*options.recording);
  HostResult<ScenarioRun> run = session->run();
  progress.finish();
  if (!run) return run;
  if (options.recording != nullptr) options.recording->look(scenario, session->world());
  if (options.shows_output) run->summary.program_output = {};
  run->summary.scenario = display_name(name);
  if (options.explain) {
    run->summary.contiguous_failures = explanation.failures();
    run->summary.probe_failures = explanation.probe_failures();
  }
  if (files) {
    const HostResult<void> committed = files->commit(run->summary);
    if (!committed) return Unexpected(committed.error());
  }
  const HostResult<void> committed = single.commit(*run);
  if (!committed) return Unexpected(committed.error());
  if (pages) pages->add(std::move(page), run->summary);
  return run;
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
    leave_out_defaults(*summary);
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
    if (options_.json) return print(json_separator(is_first) + json_of(summary));
    if (!options_.quiet) {
      return print((is_first ? "" : "\n") + render_text(summary, terminal_columns().value_or(kTextColumns)) +
                   (options_.recording != nullptr ? options_.recording->text() : ""));
    }
    for (const std::string& warning : warnings(summary)) warn(fmt::format("{}: {}", summary.scenario, warning));
    return print(
        fmt::format("{}  {}\n", fingerprint_text(summary.fingerprint), escaped_for_terminal(summary.scenario)));
  }

  [[nodiscard]] HostResult<void> finish() {
    if (!is_array_) return {};
    return print(has_printed_ ? "]\n" : "[]\n");
  }

 private:
  // With what is told of recordings as the last member.
  [[nodiscard]] std::string json_of(const Summary& summary) const {
    std::string json = render_json(summary);
    if (options_.recording == nullptr) return json;
    json.erase(json.rfind("\n}"));
    return json + ",\n" + options_.recording->json_member() + "\n}\n";
  }
  [[nodiscard]] std::string json_separator(bool is_first) const {
    if (!is_array_) return {};
    return is_first ? "[\n" : ",\n";
  }

  const RunOptions& options_;
  bool is_array_;
  bool has_printed_ = false;
};

// One scenario under several seeds.
HostResult<std::vector<RunResult>> run_seeds(const RunPlan& plan, const RunOptions& options) {
  std::vector<RunResult> runs;
  HostError errors;
  CampaignProgress progress("run", plan.size(), plan.size(), standard_error_is_terminal() && !options.quiet);
  const auto run = [&](std::size_t i) {
    HostResult<RunResult> result = plan.run(plan.spec(i));
    progress.done(1, !result);
    return result;
  };
  run_in_order(plan.size(), options.jobs, run, [&](std::size_t, HostResult<RunResult>&& result) {
    if (result) {
      runs.push_back(std::move(*result));
    } else {
      errors = std::move(result).error();
    }
    return errors.empty();
  });
  if (!errors.empty()) return Unexpected(std::move(errors));
  return runs;
}

ExitCode run_scenarios_under_seeds(const RunOptions& options) {
  ScenarioSource source;
  host::catch_interrupts();
  ExitCode code = ExitCode::ok;
  const char* separator = "";
  for (const std::string& name : without_duplicates(options.files)) {
    LoadOptions load = options.load;
    load.store = source.store();
    const HostResult<std::string> path = source.path_of(name, load);
    if (!path) return report(path.error());
    const HostResult<RunPlan> plan = RunPlan::create({*path}, {Variation{}}, options.seeds, std::move(load));
    if (!plan) return report(plan.error());
    const HostResult<std::vector<RunResult>> runs = run_seeds(*plan, options);
    if (!runs) return report(runs.error());
    const std::string head = heading(display_name(name), plan->scenario(0).title);
    const std::string text = options.json ? render_seeds_json(display_name(name), plan->origin(0), *runs)
                                          : render_seeds_text(head, plan->origin(0), *runs, telling_measures());
    const HostResult<void> printed = print(std::exchange(separator, options.json ? "" : "\n") + text);
    if (!printed) return report(printed.error());
    code = std::max(code, exit_code(*runs));
  }
  return code;
}

}  // namespace

ExitCode run_scenario(const std::string& name, const Scenario& scenario, const RunOptions& options) {
  const HostResult<ScenarioRun> result = run_one(name, scenario, options, options.out, nullptr);
  if (!result) return report(result.error());
  const HostResult<void> printed = ResultPrinter(options, 1).print_result(result->summary);
  if (!printed) return report(printed.error());
  if (!result->failed.empty()) return report(result->failed);
  return result->bad_end ? result->bad_end->code : ExitCode::ok;  // it is among the warnings of the summary
}

ExitCode run_scenarios(const RunOptions& options) {
  if (options.seeds > 0) return run_scenarios_under_seeds(options);
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
  host::catch_interrupts();
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
    const HostResult<ScenarioRun> result =
        run_one(names[i], *scenario, options, (*directories)[i], pages ? &*pages : nullptr);
    if (!result) {
      keep(report(result.error()));
      continue;
    }
    const HostResult<void> printed = printer.print_result(result->summary);
    if (!printed) return report(printed.error());
    if (result->bad_end) keep(result->bad_end->code);  // the cap is among the warnings of the summary
    if (!result->failed.empty()) keep(report(result->failed));
    if (host::is_interrupted()) {
      code = ExitCode::interrupted;
      break;
    }
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
