// `memsim run`: its options.
#include <memory>

#include "command_line.hpp"
#include "console.hpp"
#include "load_options.hpp"
#include "run.hpp"

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  memsim run scenarios/mem_obj_info.yaml\n"
    "  memsim run --set machine.cpus=2 --until 10s my.yaml\n"
    "  memsim run --json my.yaml | jq .messages\n"
    "  memsim run --explain my.yaml                   # why contiguous requests failed\n"
    "  memsim run --out results --records my.yaml\n"
    "  memsim run --quiet my.yaml                     # fingerprint and warnings only\n"
    "  generate | memsim run -                        # from standard input\n";

struct Arguments {
  RunOptions run;
  LoadArguments load;
};

ExitCode execute(const CLI::App& subcommand, Arguments& arguments) {
  HostResult<LoadOptions> load = load_options_of(subcommand, arguments.load);
  if (!load) return report(load.error());
  arguments.run.load = std::move(*load);
  if (arguments.run.out.empty() && subcommand.count("--out") > 0) {
    return report(host_failure(ExitCode::bad_input, "--out: the directory's name is empty").error());
  }
  if (arguments.run.out.empty() && (arguments.run.records || arguments.run.force)) {
    return report(host_failure(ExitCode::bad_input, "--records and --force need --out with a directory").error());
  }
  if (arguments.run.explain && arguments.run.quiet && arguments.run.out.empty()) {
    return report(
        host_failure(ExitCode::bad_input, "--explain has no place to go with --quiet and without --out").error());
  }
  return run_scenarios(arguments.run);
}

}  // namespace

void add_run(CommandLine& line) {
  CLI::App& sub = line.add_subcommand("run", "Run scenarios and print what happened.", kExamples);
  const auto arguments = std::make_shared<Arguments>();
  RunOptions& run = arguments->run;
  sub.add_option("FILE", run.files, "Scenarios to run; - is standard input")->required()->type_name(kFileType);
  sub.add_flag("--json", run.json, "Print results as JSON: one object, or an array for several scenarios")
      ->disable_flag_override();
  sub.add_flag("--quiet", run.quiet, "Print only the fingerprint, and warnings on standard error")
      ->disable_flag_override();
  sub.add_flag("--explain", run.explain,
               "Say of each contiguous request that failed why, and whose frames would have to move")
      ->disable_flag_override();
  sub.add_option("--out", run.out,
                 "Write replies.jsonl, series.csv, calls.csv and summary.json there; for several scenarios, in a "
                 "directory each below it")
      ->type_name(kDirectoryType);
  sub.add_flag("--records", run.records, "With --out: also records.jsonl, every record of the run")
      ->disable_flag_override();
  sub.add_flag("--force", run.force, "With --out: replace the files of an earlier run")->disable_flag_override();
  add_load_options(sub, arguments->load);
  line.set_action(sub, [&sub, arguments] { return execute(sub, *arguments); });
}

}  // namespace memsim
