// `memsim run`: its options.
#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "sim/commands/commands.hpp"
#include "sim/commands/run.hpp"
#include "sim/host/console.hpp"
#include "sim/options/job_option.hpp"
#include "sim/options/load_options.hpp"
#include "sim/options/value_types.hpp"

namespace memsim {
namespace {

constexpr const char* kRunExamples =
    "  memsim run scenarios/mem_obj_info.yaml\n"
    "  memsim run --set machine.cpus=2 --until 10s my.yaml\n"
    "  memsim run --json my.yaml | jq .messages\n"
    "  memsim run --seeds 20 my.yaml                  # in how many of 20 runs is it refused?\n"
    "  memsim run --explain my.yaml                   # why contiguous requests failed\n"
    "  memsim run --out results --records my.yaml\n"
    "  memsim run --out results --only series,summary my.yaml\n"
    "  memsim run --report run.html my.yaml           # a page that shows where memory went\n"
    "  memsim run --db runs.db my.yaml                # tables to ask with SQL\n"
    "  memsim run --perfetto run.pftrace my.yaml      # for ui.perfetto.dev\n"
    "  memsim run --quiet my.yaml                     # fingerprint and warnings only\n"
    "  generate | memsim run -                        # from standard input\n";

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    if (end > start) parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

ExitCode execute_run(const Command& command, RunArguments& arguments) {
  const HostResult<void> read = read_run_arguments(command, arguments);
  return read ? run_scenarios(arguments.run) : report(read.error());
}

}  // namespace

HostResult<void> finish_run_options(const Command& command, RunOptions& options, const std::string& only) {
  if (options.out.empty() && command.is_given("--out")) {
    return host_failure(ExitCode::bad_input, "--out: the directory's name is empty");
  }
  options.only = split_at_commas(only);
  const bool has_file_options = options.force || command.is_given("--only");
  if (options.out.empty() && (has_file_options || (options.records && options.db.empty()))) {
    return host_failure(ExitCode::bad_input, "--records, --only and --force need --out with a directory",
                        "--records goes with --db too");
  }
  for (const auto& [option, file] : {std::pair("--perfetto", &options.perfetto), std::pair("--db", &options.db)}) {
    if (!file->empty() || !command.is_given(option)) continue;
    return host_failure(ExitCode::bad_input, std::string(option) + ": the file's name is empty");
  }
  if (!options.perfetto.empty() && options.files.size() > 1) {
    return host_failure(ExitCode::bad_input, "--perfetto takes one scenario");
  }
  if (options.explain && options.quiet && options.out.empty()) {
    return host_failure(ExitCode::bad_input, "--explain has no place to go with --quiet and without --out");
  }
  return {};
}

void add_run_options(Command& sub, RunOptions& run, std::string& only) {
  sub.add_flag("--json", run.json, "Print results as JSON: one object, or an array for several scenarios");
  sub.add_flag("-q,--quiet", run.quiet, "Print only the fingerprint, and warnings on standard error");
  sub.add_flag("--explain", run.explain,
               "Say of each contiguous request that failed why, and whose frames would have to move");
  sub.add_value("-o,--out", run.out, kDirectoryType,
                "Write replies.jsonl, series.csv, calls.csv, summary.json, and output.jsonl of programs of the host, "
                "there; for several scenarios, in a directory each below it");
  sub.add_flag("--records", run.records,
               "With --out: also records.jsonl, every record of the run; with --db: the records too");
  sub.add_value("--only", only, kOutputsType,
                "With --out: only these files, separated by commas: replies, series, calls, output, records, summary");
  sub.add_value("--perfetto", run.perfetto, kFileType, "Write a trace there, for ui.perfetto.dev and its tools");
  sub.add_value("--db", run.db, kFileType, "Add the runs to the SQLite database there");
  sub.add_flag("-f,--force", run.force, "With --out: replace the files of an earlier run");
}

HostResult<void> read_run_arguments(const Command& command, RunArguments& arguments) {
  RunOptions& run = arguments.run;
  HostResult<LoadOptions> load = load_options_of(command, arguments.load);
  if (!load) return Unexpected(std::move(load).error());
  run.load = std::move(*load);
  HostResult<void> finished = finish_run_options(command, run, arguments.only);
  if (!finished) return finished;
  if (run.report.empty() && command.is_given("--report")) {
    return host_failure(ExitCode::bad_input, "--report: the file's name is empty");
  }
  const HostResult<std::uint64_t> seeds = seeds_of(command, arguments.seeds);
  if (!seeds) return Unexpected(seeds.error());
  const HostResult<unsigned> jobs = jobs_of(command, arguments.jobs);
  if (!jobs) return Unexpected(jobs.error());
  run.seeds = *seeds;
  run.jobs = *jobs;
  if (run.seeds > 0 && (!run.out.empty() || !run.report.empty() || run.explain)) {
    return host_failure(ExitCode::bad_input,
                        "--seeds tells many runs together; --out, --report and --explain are of one",
                        "give one of the seeds with --seed");
  }
  return {};
}

void add_run_arguments(Command& sub, RunArguments& arguments) {
  add_run_options(sub, arguments.run, arguments.only);
  sub.add_value("--report", arguments.run.report, kFileType,
                "Write one page of all runs there, to look at in a browser");
  add_seeds_option(sub, arguments.seeds);
  add_jobs_option(sub, arguments.jobs);
  add_load_options(sub, arguments.load);
}

void add_run(Command& program) {
  Command& sub = program.add_command("run", "Run scenarios and print what happened.", kRunExamples);
  const auto arguments = std::make_shared<RunArguments>();
  sub.add_arguments("FILE", arguments->run.files, kScenarioType, "Scenarios to run; - is standard input");
  add_run_arguments(sub, *arguments);
  sub.set_action([&sub, arguments] { return execute_run(sub, *arguments); });
}

}  // namespace memsim
