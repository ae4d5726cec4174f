// `memsim report`: runs as one page to look at.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <memsim/campaign/store/result_store.hpp>

#include "sim/commands/commands.hpp"
#include "sim/commands/run.hpp"
#include "sim/host/console.hpp"
#include "sim/options/load_options.hpp"
#include "sim/report/report_pages.hpp"
#include "sim/report/sweep_page.hpp"

namespace memsim {
namespace {

constexpr const char* kReportExamples =
    "  memsim report my.yaml -o report.html\n"
    "  memsim report one.yaml other.yaml -o both.html     # side by side, with one axis of time\n"
    "  memsim run --out results --records my.yaml\n"
    "  memsim report runs.db -o report.html               # of all runs of a database with --records\n"
    "  memsim report results -o report.html               # the same page, of the run that is over\n"
    "  memsim report sweep.db -o sweep.html               # what memsim sweep --db found\n";

struct ReportArguments {
  RunOptions run;
  LoadArguments load;
};

// A sweep has a page of its own.
ExitCode report_sweep(const ReportArguments& arguments) {
  if (arguments.run.files.size() > 1) {
    return report(host_failure(ExitCode::bad_input, "the results of a sweep are a page of their own",
                               "give its database alone; memsim merge puts those of shards together")
                      .error());
  }
  HostResult<void> written = ReportPages::check_program();
  if (written) written = write_sweep_page(arguments.run.files.front(), arguments.run.report);
  return written ? ExitCode::ok : report(written.error());
}

ExitCode execute_report(const Command& command, ReportArguments& arguments) {
  HostResult<LoadOptions> load = load_options_of(command, arguments.load);
  if (!load) return report(load.error());
  arguments.run.load = std::move(*load);
  if (arguments.run.report.empty()) {
    return report(host_failure(ExitCode::bad_input, "-o: the file's name is empty").error());
  }
  const std::vector<std::string>& files = arguments.run.files;
  if (std::any_of(files.begin(), files.end(), ResultStore::is_at)) return report_sweep(arguments);
  arguments.run.only_report = true;
  return run_scenarios(arguments.run);
}

}  // namespace

void add_report(Command& program) {
  Command& sub = program.add_command(
      "report",
      "Run scenarios, or take runs that --out stored, and make one page of them: what happened, and where "
      "memory went.",
      kReportExamples);
  const auto arguments = std::make_shared<ReportArguments>();
  arguments->run.report = "report.html";
  sub.add_arguments(
      "FILE", arguments->run.files, kScenarioType,
      "Scenarios to run (- is standard input), folders that 'run --out FOLDER --records' wrote, and databases "
      "that 'run --db FILE --records' did; or the one database of a sweep");
  sub.add_value("-o,--output", arguments->run.report, kFileType, "The page; report.html unless given");
  sub.add_flag("-q,--quiet", arguments->run.quiet, "No progress on a terminal");
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_report(sub, *arguments); });
}

}  // namespace memsim
