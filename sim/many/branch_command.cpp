// `memsim branch`: what if, from a moment on, another policy served?
#include <fmt/format.h>

#include <memory>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/branch/branch.hpp>
#include <memsim/host/interrupt.hpp>

#include "sim/host/console.hpp"
#include "sim/host/source.hpp"
#include "sim/many/commands.hpp"
#include "sim/options/format_option.hpp"
#include "sim/options/job_option.hpp"
#include "sim/options/load_options.hpp"
#include "sim/options/value_types.hpp"

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  memsim branch my.yaml --at 2h --policy tlsf --policy linux\n"
    "  memsim branch my.yaml --at failure --policy buddy:placement=lifo --measure 'probe/*'\n";

const ValueType kMomentType{"TIME", ValueType::Offer::words, [] { return std::vector<std::string>{"failure"}; }};

struct Arguments {
  std::string file;
  std::string at;
  FormatArguments format;
  std::string jobs;
  BranchOptions branch;
  LoadArguments load;
};

Unexpected<HostError> wrong_usage(std::string message, std::string help = {}) {
  return host_failure(ExitCode::bad_input, std::move(message), std::move(help));
}

HostResult<void> read_options(const Command& command, Arguments& arguments) {
  if (!command.is_given("--at")) return wrong_usage("--at: when? give a time such as 2h, or failure");
  if (arguments.at != "failure") {
    const Parsed<SimDuration> at = parse_duration(arguments.at);
    if (!at) return wrong_usage(fmt::format("--at: {}", at.error()), "or failure: before the first refused request");
    arguments.branch.at = SimTime(at->count());
  }
  if (arguments.branch.policies.empty()) {
    return wrong_usage("a branch needs something to be different: give --policy", "memsim policies lists all");
  }
  const HostResult<unsigned> jobs = jobs_of(command, arguments.jobs);
  if (!jobs) return Unexpected(jobs.error());
  arguments.branch.jobs = *jobs;
  return {};
}

HostResult<void> print_branches(const Branches& branches, TableFormat format) {
  const std::string table =
      render_comparisons(std::span(&branches.comparison, 1), format, terminal_columns().value_or(std::string::npos));
  const bool is_for_people = format == TableFormat::text || format == TableFormat::markdown;
  const std::string head = fmt::format("One run up to {}; what becomes of it from there on\n\n",
                                       format_duration_human(SimDuration(branches.at.value())));
  return print((is_for_people ? head : "") + table);
}

ExitCode execute(const Command& command, Arguments& arguments) {
  const HostResult<TableFormat> format = format_of(command, arguments.format);
  if (!format) return report(format.error());
  const HostResult<void> read = read_options(command, arguments);
  if (!read) return report(read.error());
  const HostResult<Scenario> scenario = load_one(command, arguments.load, arguments.file);
  if (!scenario) return report(scenario.error());
  host::catch_interrupts();
  HostResult<Branches> branches = branch(*scenario, arguments.branch);
  if (!branches) return report(branches.error());
  branches->comparison.scenario = display_name(arguments.file);
  const HostResult<void> printed = print_branches(*branches, *format);
  return printed ? ExitCode::ok : report(printed.error());
}

}  // namespace

void add_branch(Command& program) {
  Command& sub = program.add_command(
      "branch", "Run a scenario to a moment, and go on from there under several policies.", kExamples);
  const auto arguments = std::make_shared<Arguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "The scenario; - is standard input");
  sub.add_value("--at", arguments->at, kMomentType,
                "When to branch: a time, or failure, just before a contiguous request is refused first");
  sub.add_list("-p,--policy", arguments->branch.policies, kPolicyType,
               "A policy that takes over the frames in use, as NAME or NAME:OPTION=VALUE,...; repeated: a branch each");
  sub.add_list("-m,--measure", arguments->branch.measures, kMeasureType,
               "Measures to show, a pattern with * and ?; by default the most telling");
  add_format_option(sub, arguments->format);
  add_jobs_option(sub, arguments->jobs);
  arguments->load.takes_policy = false;
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute(sub, *arguments); });
}

}  // namespace memsim
