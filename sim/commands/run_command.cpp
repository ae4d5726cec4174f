// `memsim run`: its options.
#include <memory>

#include "sim/commands/commands.hpp"
#include "sim/commands/run.hpp"
#include "sim/host/console.hpp"
#include "sim/options/job_option.hpp"
#include "sim/options/load_options.hpp"

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  memsim run scenarios/mem_obj_info.yaml\n"
    "  memsim run --set machine.cpus=2 --until 10s my.yaml\n"
    "  memsim run --json my.yaml | jq .messages\n"
    "  memsim run --seeds 20 my.yaml                  # in how many of 20 runs is it refused?\n"
    "  memsim run --explain my.yaml                   # why contiguous requests failed\n"
    "  memsim run --out results --records my.yaml\n"
    "  memsim run --quiet my.yaml                     # fingerprint and warnings only\n"
    "  generate | memsim run -                        # from standard input\n";

struct Arguments {
  RunOptions run;
  LoadArguments load;
  std::string seeds;
  std::string jobs;
};

ExitCode execute(const Command& command, Arguments& arguments) {
  HostResult<LoadOptions> load = load_options_of(command, arguments.load);
  if (!load) return report(load.error());
  arguments.run.load = std::move(*load);
  if (arguments.run.out.empty() && command.is_given("--out")) {
    return report(host_failure(ExitCode::bad_input, "--out: the directory's name is empty").error());
  }
  if (arguments.run.out.empty() && (arguments.run.records || arguments.run.force)) {
    return report(host_failure(ExitCode::bad_input, "--records and --force need --out with a directory").error());
  }
  if (arguments.run.explain && arguments.run.quiet && arguments.run.out.empty()) {
    return report(
        host_failure(ExitCode::bad_input, "--explain has no place to go with --quiet and without --out").error());
  }
  const HostResult<std::uint64_t> seeds = seeds_of(command, arguments.seeds);
  if (!seeds) return report(seeds.error());
  const HostResult<unsigned> jobs = jobs_of(command, arguments.jobs);
  if (!jobs) return report(jobs.error());
  arguments.run.seeds = *seeds;
  arguments.run.jobs = *jobs;
  if (*seeds > 0 && (!arguments.run.out.empty() || arguments.run.explain)) {
    return report(host_failure(ExitCode::bad_input, "--seeds tells many runs together; --out and --explain are of one",
                               "give one of the seeds with --seed")
                      .error());
  }
  return run_scenarios(arguments.run);
}

}  // namespace

void add_run(Command& program) {
  Command& sub = program.add_command("run", "Run scenarios and print what happened.", kExamples);
  const auto arguments = std::make_shared<Arguments>();
  RunOptions& run = arguments->run;
  sub.add_arguments("FILE", run.files, kScenarioType, "Scenarios to run; - is standard input");
  sub.add_flag("--json", run.json, "Print results as JSON: one object, or an array for several scenarios");
  sub.add_flag("-q,--quiet", run.quiet, "Print only the fingerprint, and warnings on standard error");
  sub.add_flag("--explain", run.explain,
               "Say of each contiguous request that failed why, and whose frames would have to move");
  sub.add_value("-o,--out", run.out, kDirectoryType,
                "Write replies.jsonl, series.csv, calls.csv and summary.json there; for several scenarios, in a "
                "directory each below it");
  sub.add_flag("--records", run.records, "With --out: also records.jsonl, every record of the run");
  sub.add_flag("-f,--force", run.force, "With --out: replace the files of an earlier run");
  add_seeds_option(sub, arguments->seeds);
  add_jobs_option(sub, arguments->jobs);
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute(sub, *arguments); });
}

}  // namespace memsim
