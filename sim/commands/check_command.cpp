// `memsim check`: its options.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/parallel.hpp>
#include <memsim/host/interrupt.hpp>

#include "sim/commands/check.hpp"
#include "sim/commands/commands.hpp"
#include "sim/host/console.hpp"
#include "sim/options/job_option.hpp"
#include "sim/options/load_options.hpp"

namespace memsim {
namespace {

constexpr ValueType kNameType{"NAME"};

constexpr const char* kCheckExamples =
    "  memsim check scenarios                         # every scenario below the folder\n"
    "  memsim check --review scenarios                # look at each change, accept or reject it\n"
    "  memsim check --update my.yaml                  # write my.baseline\n"
    "  memsim check --accept camera_day scenarios     # write that of one scenario among them\n"
    "  git bisect run memsim check --bisect my.yaml   # which commit changed the run?\n"
    "  memsim check --junit out.xml --annotations .   # for a hosted CI\n"
    "  memsim check --policy buddy:placement=lowest .   # what would another policy change?\n"
    "  memsim check --against ./memsim-0.1 scenarios  # what has changed since that build, record by record?\n"
    "  rm $(memsim check --unreferenced .)            # baselines whose scenario is gone\n";

struct CheckArguments {
  CheckCommand command;
  LoadArguments load;
  std::string jobs;
  std::string against;
  bool update = false;
  bool review = false;
  bool unreferenced = false;
  bool require_baselines = false;
};

// Options that exclude each other.
HostResult<void> check_usage(const Command& command, const CheckArguments& arguments) {
  const bool accepts = !arguments.command.accept.empty();
  if (arguments.update + arguments.review + arguments.unreferenced + accepts > 1) {
    return wrong_usage("--update, --accept, --review and --unreferenced exclude each other");
  }
  if (arguments.review && (arguments.command.json || arguments.command.quiet)) {
    return wrong_usage("--review talks to a person; it takes no --json and no --quiet");
  }
  if (arguments.command.json && arguments.command.annotations) {
    return wrong_usage("--json and --annotations would both write to standard output",
                       "ask for one of them, and for the other in a second run");
  }
  if (command.is_given("--junit") && arguments.command.junit.empty()) {
    return wrong_usage("--junit: the file's name is empty");
  }
  if (command.is_given("--against") && arguments.against.empty()) {
    return wrong_usage("--against: the program's name is empty");
  }
  const bool looks_at_baselines =
      arguments.update || arguments.review || accepts || arguments.unreferenced || arguments.require_baselines;
  if (looks_at_baselines && !arguments.against.empty()) {
    return wrong_usage(
        "--against takes the place of baselines: it goes with no --update, --accept, --review, --unreferenced, "
        "--require-baselines");
  }
  if (!arguments.update && !arguments.review && !accepts) return {};
  for (const char* name : {"--set", "--seed", "--policy", "--until"}) {
    if (!command.is_given(name)) continue;
    return wrong_usage(fmt::format("{} changes the run: its result is no baseline of the scenario", name),
                       "change the scenario, or leave out --update, --accept and --review");
  }
  return {};
}

ExitCode execute_check(const Command& command, CheckArguments& arguments) {
  const HostResult<void> usage = check_usage(command, arguments);
  if (!usage) return report(usage.error());
  CheckCommand& check = arguments.command;
  if (arguments.unreferenced) return print_unreferenced_baselines(check.paths);
  HostResult<LoadOptions> load = load_options_of(command, arguments.load);
  if (!load) return report(load.error());
  host::catch_interrupts();  // to leave no folder and no process behind
  const HostResult<unsigned> jobs = jobs_of(command, arguments.jobs);
  if (!jobs) return report(jobs.error());
  check.check = {MEMSIM_VERSION, std::move(*load)};
  check.check.requires_baselines = arguments.require_baselines;
  if (!arguments.against.empty()) {
    HostResult<OtherProgram> other = OtherProgram::create(arguments.against, words_of(arguments.load));
    if (!other) return report(other.error());
    check.check.against = std::make_shared<const OtherProgram>(std::move(*other));
  }
  check.jobs = *jobs;
  if (arguments.update || !check.accept.empty()) check.baselines = Baselines::update;
  if (arguments.review) check.baselines = Baselines::review;
  return check_scenarios(check);
}

}  // namespace

void add_check(Command& program) {
  Command& sub = program.add_command(
      "check", "Run scenarios and judge them by their expectations and by the baselines beside them.", kCheckExamples);
  const auto arguments = std::make_shared<CheckArguments>();
  CheckCommand& command = arguments->command;
  sub.add_arguments("PATH", command.paths, kScenarioType, "Scenarios, and folders to look for scenarios in");
  sub.add_flag("--update", arguments->update, "Write the baselines that are missing or that the runs differ from");
  sub.add_flag("--review", arguments->review, "Show each of these and ask: accept, reject, skip");
  sub.add_list("--accept", command.accept, kNameType,
               "Check only the scenario of this name, or file, and write its baseline");
  sub.add_flag("--require-baselines", arguments->require_baselines, "Fail where a scenario has no baseline");
  sub.add_flag("--unreferenced", arguments->unreferenced, "Only list the baselines that belong to no scenario");
  sub.add_value("--against", arguments->against, kFileType,
                "Compare with what another memsim program, such as an older build, makes of each scenario, instead of "
                "with baselines");
  add_jobs_option(sub, arguments->jobs);
  sub.add_flag("--json", command.json, "Print the results as one JSON object");
  sub.add_value("--junit", command.junit, kFileType, "Also write the results as JUnit XML");
  sub.add_flag("--annotations", command.annotations,
               "Also print workflow commands that a hosted CI shows beside the lines");
  sub.add_flag("-q,--quiet", command.quiet, "Print only what did not pass, a line each");
  sub.add_flag("--bisect", command.bisect,
               "For git bisect run: exit with 125 where something kept a scenario from being judged");
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_check(sub, *arguments); });
}

}  // namespace memsim
