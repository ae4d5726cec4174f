#include "sim/options/load_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/programs/programs.hpp>

#include "sim/host/source.hpp"
#include "sim/options/value_types.hpp"

namespace memsim {

HostResult<Override> assignment_of(const char* option, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return host_failure(ExitCode::bad_input, fmt::format("{} '{}': expected NAME=VALUE", option, text),
                        "for example --set machine.cpus=2");
  }
  return Override{text.substr(0, equals), text.substr(equals + 1)};
}

void add_load_options(Command& command, LoadArguments& arguments) {
  command.add_list(arguments.is_prefixed ? "--scenario-set" : "-s,--set", arguments.set, kAssignmentType,
                   "Override a value of the scenario by its path");
  command.add_value(arguments.seed_name(), arguments.seed, kNumberType, "Seed of all random draws");
  if (arguments.takes_policy) {
    command.add_value("-p,--policy", arguments.policy, kPolicyType,
                      "Frame allocator, as NAME or NAME:OPTION=VALUE,...; options not named have their defaults");
  }
  command.add_value("-u,--until", arguments.until, kTimeType, "Simulated time at which to stop, such as 500ms or 24h");
  command.add_flag("--programs", arguments.programs,
                   "Start the programs of the host that a scenario names: only of scenarios that you trust");
  command.add_list("--cap", arguments.caps, kCapType, "Raise a cap of the scenario reader, such as depth=128");
}

HostResult<LoadOptions> load_options_of(const Command& command, const LoadArguments& arguments) {
  LoadOptions options;
  options.host_programs = arguments.programs ? HostPrograms::start : HostPrograms::refuse;
  options.caller_source = host_programs();
  for (const std::string& text : arguments.set) {
    HostResult<Override> assignment = assignment_of(arguments.set_name(), text);
    if (!assignment) return Unexpected(std::move(assignment).error());
    options.set.push_back(std::move(*assignment));
  }
  for (const std::string& text : arguments.caps) {
    const HostResult<Override> assignment = assignment_of("--cap", text);
    if (!assignment) return Unexpected(assignment.error());
    const HostResult<void> is_set = set_cap(options.caps, assignment->path, assignment->value);
    if (!is_set) return Unexpected(is_set.error());
  }
  if (command.is_given(arguments.seed_name())) {
    const Parsed<std::uint64_t> seed = parse_unsigned(arguments.seed);
    if (!seed) return host_failure(ExitCode::bad_input, fmt::format("{}: {}", arguments.seed_name(), seed.error()));
    options.seed = *seed;
  }
  if (command.is_given("--until")) {
    const Parsed<SimDuration> until = parse_duration(arguments.until);
    if (!until) return host_failure(ExitCode::bad_input, fmt::format("--until: {}", until.error()));
    options.until = arguments.until;
  }
  if (arguments.takes_policy && command.is_given("--policy")) {
    HostResult<std::vector<Override>> policy = policy_overrides_of(arguments.policy);
    if (!policy) return Unexpected(std::move(policy).error());
    options.set.insert(options.set.end(), policy->begin(), policy->end());
  }
  return options;
}

HostResult<Scenario> load_one(const Command& command, const LoadArguments& arguments, const std::string& name) {
  const HostResult<LoadOptions> options = load_options_of(command, arguments);
  if (!options) return Unexpected(options.error());
  ScenarioSource source;
  return source.load(name, *options);
}

std::vector<std::string> words_of(const LoadArguments& arguments) {
  std::vector<std::string> words;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) words.push_back(fmt::format("{}={}", name, value));
  };
  for (const std::string& assignment : arguments.set) add("--set", assignment);
  for (const std::string& cap : arguments.caps) add("--cap", cap);
  add("--seed", arguments.seed);
  add("--policy", arguments.policy);
  add("--until", arguments.until);
  if (arguments.programs) words.emplace_back("--programs");
  return words;
}

}  // namespace memsim
