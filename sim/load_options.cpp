#include "load_options.hpp"

#include <fmt/format.h>

#include <utility>

#include <memsim/base/numbers.hpp>

#include "command_line.hpp"

namespace memsim {
namespace {

// "name=value", both sides not empty.
HostResult<std::pair<std::string, std::string>> split_assignment(const char* option, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return host_failure(ExitCode::bad_input, fmt::format("{} '{}': expected NAME=VALUE", option, text),
                        "for example --set machine.cpus=2");
  }
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

}  // namespace

void add_load_options(CLI::App& subcommand, LoadArguments& arguments) {
  const auto add = [&](const char* name, std::string& target, const char* description, const char* type) {
    subcommand.add_option(name, target, description)->type_name(type);
  };
  const auto add_list = [&](const char* name, std::vector<std::string>& target, const char* description) {
    // One value for each time the option is given, or it would swallow the files that follow it.
    subcommand.add_option(name, target, description)->type_name("NAME=VALUE")->take_all()->allow_extra_args(false);
  };
  add_list("--set", arguments.set, "Override a value of the scenario by its path; may be repeated");
  add("--seed", arguments.seed, "Seed of all random draws", "N");
  add("--policy", arguments.policy, "Frame allocator, with its default options (see memsim policies)", kPolicyType);
  add("--until", arguments.until, "Simulated time at which to stop, such as 500ms or 24h", "TIME");
  add_list("--cap", arguments.caps, "Raise a cap of the scenario reader, such as depth=128; may be repeated");
}

HostResult<LoadOptions> load_options_of(const CLI::App& subcommand, const LoadArguments& arguments) {
  LoadOptions options;
  for (const std::string& text : arguments.set) {
    auto assignment = split_assignment("--set", text);
    if (!assignment) return Unexpected(std::move(assignment).error());
    options.set.push_back({std::move(assignment->first), std::move(assignment->second)});
  }
  for (const std::string& text : arguments.caps) {
    const auto assignment = split_assignment("--cap", text);
    if (!assignment) return Unexpected(assignment.error());
    const HostResult<void> is_set = set_cap(options.caps, assignment->first, assignment->second);
    if (!is_set) return Unexpected(is_set.error());
  }
  if (subcommand.count("--seed") > 0) {
    const Parsed<std::uint64_t> seed = parse_unsigned(arguments.seed);
    if (!seed) return host_failure(ExitCode::bad_input, fmt::format("--seed: {}", seed.error()));
    options.seed = *seed;
  }
  if (subcommand.count("--until") > 0) {
    const Parsed<SimDuration> until = parse_duration(arguments.until);
    if (!until) return host_failure(ExitCode::bad_input, fmt::format("--until: {}", until.error()));
    options.until = arguments.until;
  }
  if (subcommand.count("--policy") > 0) options.policy = arguments.policy;
  return options;
}

}  // namespace memsim
