// `memsim branch`: what if, from a moment on, another policy served, or anything else were different?
#include <fmt/format.h>

#include <memory>
#include <set>
#include <sstream>
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

constexpr const char* kBranchExamples =
    "  memsim branch my.yaml --at 2h --policy tlsf --policy linux\n"
    "  memsim branch my.yaml --at failure --kill logger --spawn 'camera*2' --seed 7  # three branches\n"
    "  memsim branch my.yaml --at 2h --branch 'policy=tlsf machine.costs.frame_zero=0ns'  # one\n"
    "  memsim branch my.yaml    # those of its section branches\n";

const ValueType kSpawnType{"NAME[*N]"};
const ValueType kProcessType{"NAME"};
const ValueType kBranchType{"CHANGES"};
const ValueType kMomentType{"TIME", ValueType::Offer::words, [] { return std::vector<std::string>{"failure"}; }};

struct BranchArguments {
  std::string file;
  std::string at;
  std::vector<std::string> policies;
  std::vector<std::string> set;
  std::vector<std::string> seeds;
  std::vector<std::string> kill;
  std::vector<std::string> spawn;
  std::vector<std::string> branches;
  FormatArguments format;
  std::string jobs;
  BranchOptions branch;
  LoadArguments load;
};

// Adds the changes of a policy, or of any other "PATH=VALUE", which the command line gives as `given_as`.
HostResult<void> add_change(const char* option, const std::string& text, std::string given_as, BranchOrder& order) {
  HostResult<Override> change = assignment_of(option, text);
  if (!change) return Unexpected(std::move(change).error());
  if (change->path != "policy") {
    change->given_as = std::move(given_as);
    order.change.push_back(std::move(*change));
    return {};
  }
  HostResult<std::vector<Override>> policy = policy_overrides_of(change->value);
  if (!policy) return Unexpected(std::move(policy).error());
  order.change.insert(order.change.end(), policy->begin(), policy->end());
  return {};
}

// The changes of one branch, apart by blanks.
HostResult<BranchOrder> joined_branch(const std::string& text) {
  BranchOrder order{text, {}};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const HostResult<void> added = add_change("--branch", word, "--branch " + word, order);
    if (!added) return Unexpected(added.error());
  }
  if (order.change.empty()) return wrong_usage("--branch: a branch needs something to be different");
  return order;
}

// A branch for each option, in the order of the options' help.
HostResult<std::vector<BranchOrder>> orders_of(const BranchArguments& arguments) {
  std::vector<BranchOrder> orders;
  HostError errors;
  // `before` makes an assignment of a value, `name` the branch's name.
  const auto add_each = [&](const char* option, std::string_view before, std::string_view name,
                            const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      BranchOrder order{fmt::format("{}{}", name, value), {}};
      const HostResult<void> added =
          add_change(option, fmt::format("{}{}", before, value), fmt::format("{} {}", option, value), order);
      if (added) orders.push_back(std::move(order));
      if (!added) errors.insert(errors.end(), added.error().begin(), added.error().end());
    }
  };
  add_each("--policy", "policy=", "", arguments.policies);
  add_each("--set", "", "", arguments.set);
  add_each("--seed", "seed=", "seed ", arguments.seeds);
  add_each("--kill", "kill=", "kill ", arguments.kill);
  add_each("--spawn", "spawn=", "spawn ", arguments.spawn);
  for (const std::string& text : arguments.branches) {
    HostResult<BranchOrder> order = joined_branch(text);
    if (order) orders.push_back(std::move(*order));
    if (!order) errors.insert(errors.end(), order.error().begin(), order.error().end());
  }
  std::set<std::string> names;
  for (const BranchOrder& order : orders) {
    if (names.insert(order.name).second) continue;
    errors.push_back(wrong_usage(fmt::format("{} is given twice", escaped_for_terminal(order.name))).error().front());
  }
  if (!errors.empty()) return Unexpected(std::move(errors));
  return orders;
}

HostResult<Scenario> load(const Command& command, const BranchArguments& arguments) {
  HostResult<LoadOptions> options = load_options_of(command, arguments.load);
  if (!options) return Unexpected(std::move(options).error());
  HostResult<std::vector<BranchOrder>> orders = orders_of(arguments);
  if (!orders) return Unexpected(std::move(orders).error());
  options->branches = std::move(*orders);
  ScenarioSource source;
  HostResult<Scenario> scenario = source.load(arguments.file, *options);
  if (scenario && scenario->branches.empty()) {
    return wrong_usage("a branch needs something to be different: the scenario has no section branches",
                       "give --policy, --set, --seed, --kill, --spawn or --branch");
  }
  return scenario;
}

HostResult<void> read_options(const Command& command, BranchArguments& arguments, const Scenario& scenario) {
  arguments.branch.at = scenario.branch_at;
  if (!command.is_given("--at") && !scenario.has_branch_moment) {
    return wrong_usage("--at: when? give a time such as 2h, or failure");
  }
  if (command.is_given("--at")) {
    const Parsed<SimDuration> at = parse_duration(arguments.at);
    if (!at && arguments.at != "failure") {
      return wrong_usage(fmt::format("--at: {}", at.error()), "or failure: before the first refused request");
    }
    arguments.branch.at = at ? std::optional(SimTime(at->count())) : std::nullopt;
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

ExitCode execute_branch(const Command& command, BranchArguments& arguments) {
  const HostResult<TableFormat> format = format_of(command, arguments.format);
  if (!format) return report(format.error());
  const HostResult<Scenario> scenario = load(command, arguments);
  if (!scenario) return report(scenario.error());
  const HostResult<void> read = read_options(command, arguments, *scenario);
  if (!read) return report(read.error());
  host::catch_interrupts();
  HostResult<Branches> branches = branch(*scenario, arguments.branch);
  if (!branches) return report(branches.error());
  branches->comparison.scenario = display_name(arguments.file);
  const HostResult<void> printed = print_branches(*branches, *format);
  return printed ? ExitCode::ok : report(printed.error());
}

}  // namespace

void add_branch(Command& program) {
  Command& sub = program.add_command("branch", "Run a scenario to a moment, and go on from there in several ways.",
                                     kBranchExamples);
  const auto arguments = std::make_shared<BranchArguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "The scenario; - is standard input");
  sub.add_value("--at", arguments->at, kMomentType,
                "When to branch: a time, or failure, just before a contiguous request is refused first");
  sub.add_list("-p,--policy", arguments->policies, kPolicyType,
               "A branch under a policy that takes over the frames in use, as NAME or NAME:OPTION=VALUE,...");
  sub.add_list("-s,--set", arguments->set, kAssignmentType,
               "A branch with a value of machine.costs or semantics, by its path, from that moment on");
  sub.add_list("--seed", arguments->seeds, kNumberType, "A branch with other random draws from that moment on");
  sub.add_list("--kill", arguments->kill, kProcessType,
               "A branch in which a process, a fleet or an instance of one is killed at that moment");
  sub.add_list("--spawn", arguments->spawn, kSpawnType,
               "A branch in which a process of the scenario, template or not, is started then, N times");
  sub.add_list("-b,--branch", arguments->branches, kBranchType,
               "A branch with all of these, apart by blanks: policy=NAME, PATH=VALUE, seed=N, kill=NAME, spawn=NAME*N");
  sub.add_list("-m,--measure", arguments->branch.measures, kMeasureType,
               "Measures to show, a pattern with * and ?; by default the most telling");
  add_format_option(sub, arguments->format);
  add_jobs_option(sub, arguments->jobs);
  arguments->load.takes_policy = false;
  arguments->load.is_prefixed = true;
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_branch(sub, *arguments); });
}

}  // namespace memsim
