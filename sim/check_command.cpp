// `memsim check`: its options.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/parallel.hpp>

#include "check.hpp"
#include "command_line.hpp"
#include "console.hpp"
#include "current_run.hpp"
#include "job_option.hpp"
#include "load_options.hpp"

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  memsim check scenarios                         # every scenario below the folder\n"
    "  memsim check --review scenarios                # look at each change, accept or reject it\n"
    "  memsim check --update my.yaml                  # write my.baseline\n"
    "  memsim check --junit out.xml --annotations .   # for a hosted CI\n"
    "  memsim check --policy buddy:placement=lowest .   # what would another policy change?\n"
    "  memsim check --against ./memsim-0.1 scenarios  # what has changed since that build, record by record?\n"
    "  rm $(memsim check --unreferenced .)            # baselines whose scenario is gone\n";

struct Arguments {
  CheckCommand command;
  LoadArguments load;
  std::string jobs;
  std::string against;
  bool update = false;
  bool review = false;
  bool unreferenced = false;
  bool require_baselines = false;
};

Unexpected<HostError> wrong_usage(std::string message, std::string help = {}) {
  return host_failure(ExitCode::bad_input, std::move(message), std::move(help));
}

// Options that exclude each other.
HostResult<void> check_usage(const CLI::App& subcommand, const Arguments& arguments) {
  if (arguments.update + arguments.review + arguments.unreferenced > 1) {
    return wrong_usage("--update, --review and --unreferenced exclude each other");
  }
  if (arguments.review && (arguments.command.json || arguments.command.quiet)) {
    return wrong_usage("--review talks to a person; it takes no --json and no --quiet");
  }
  if (arguments.command.json && arguments.command.annotations) {
    return wrong_usage("--json and --annotations would both write to standard output",
                       "ask for one of them, and for the other in a second run");
  }
  if (subcommand.count("--junit") > 0 && arguments.command.junit.empty()) {
    return wrong_usage("--junit: the file's name is empty");
  }
  if (subcommand.count("--against") > 0 && arguments.against.empty()) {
    return wrong_usage("--against: the program's name is empty");
  }
  const bool looks_at_baselines =
      arguments.update || arguments.review || arguments.unreferenced || arguments.require_baselines;
  if (looks_at_baselines && !arguments.against.empty()) {
    return wrong_usage(
        "--against takes the place of baselines: it goes with no --update, --review, --unreferenced, "
        "--require-baselines");
  }
  if (!arguments.update && !arguments.review) return {};
  for (const char* name : {"--set", "--seed", "--policy", "--until"}) {
    if (subcommand.count(name) == 0) continue;
    return wrong_usage(fmt::format("{} changes the run: its result is no baseline of the scenario", name),
                       "change the scenario, or leave out --update and --review");
  }
  return {};
}

ExitCode execute(const CLI::App& subcommand, Arguments& arguments) {
  const HostResult<void> usage = check_usage(subcommand, arguments);
  if (!usage) return report(usage.error());
  CheckCommand& command = arguments.command;
  if (arguments.unreferenced) return print_unreferenced_baselines(command.paths);
  HostResult<LoadOptions> load = load_options_of(subcommand, arguments.load);
  if (!load) return report(load.error());
  const HostResult<unsigned> jobs = jobs_of(subcommand, arguments.jobs);
  if (!jobs) return report(jobs.error());
  command.check = {MEMSIM_VERSION, std::move(*load), run_world};
  command.check.requires_baselines = arguments.require_baselines;
  if (!arguments.against.empty()) {
    HostResult<OtherProgram> other = OtherProgram::create(arguments.against, words_of(arguments.load));
    if (!other) return report(other.error());
    command.check.against = std::make_shared<const OtherProgram>(std::move(*other));
  }
  command.jobs = *jobs;
  if (arguments.update) command.baselines = Baselines::update;
  if (arguments.review) command.baselines = Baselines::review;
  return check_scenarios(command);
}

}  // namespace

void add_check(CommandLine& line) {
  CLI::App& sub = line.add_subcommand(
      "check", "Run scenarios and judge them by their expectations and by the baselines beside them.", kExamples);
  const auto arguments = std::make_shared<Arguments>();
  CheckCommand& command = arguments->command;
  sub.add_option("PATH", command.paths, "Scenarios, and folders to look for scenarios in")
      ->required()
      ->type_name(kFileType);
  const auto add_flag = [&](const char* name, bool& target, const char* description) {
    sub.add_flag(name, target, description)->disable_flag_override();
  };
  add_flag("--update", arguments->update, "Write the baselines that are missing or that the runs differ from");
  add_flag("--review", arguments->review, "Show each of these and ask: accept, reject, skip");
  add_flag("--require-baselines", arguments->require_baselines, "Fail where a scenario has no baseline");
  add_flag("--unreferenced", arguments->unreferenced, "Only list the baselines that belong to no scenario");
  sub.add_option("--against", arguments->against,
                 "Compare with what another memsim program, such as an older build, makes of each scenario, instead of "
                 "with baselines")
      ->type_name(kFileType);
  add_jobs_option(sub, arguments->jobs);
  add_flag("--json", command.json, "Print the results as one JSON object");
  sub.add_option("--junit", command.junit, "Also write the results as JUnit XML")->type_name(kFileType);
  add_flag("--annotations", command.annotations,
           "Also print workflow commands that a hosted CI shows beside the lines");
  add_flag("--quiet", command.quiet, "Print only what did not pass, a line each");
  add_load_options(sub, arguments->load);
  line.set_action(sub, [&sub, arguments] { return execute(sub, *arguments); });
}

}  // namespace memsim
