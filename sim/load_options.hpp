// The options that every subcommand which reads a scenario takes.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <memsim/scenario/scenario.hpp>

namespace memsim {

// As given; read by load_options_of(), which knows what the texts must be.
struct LoadArguments {
  std::vector<std::string> set;
  std::vector<std::string> caps;
  std::string seed;
  std::string policy;
  std::string until;
  bool takes_policy = true;  // false: the subcommand has a --policy of its own
};

void add_load_options(CLI::App& subcommand, LoadArguments& arguments);

// Errors: bad_input, naming the option.
[[nodiscard]] HostResult<LoadOptions> load_options_of(const CLI::App& subcommand, const LoadArguments& arguments);

// The scenario of a subcommand that takes just one, "-" being standard input. Errors: as load_options_of() and
// ScenarioSource.
[[nodiscard]] HostResult<Scenario> load_one(const CLI::App& subcommand, const LoadArguments& arguments,
                                            const std::string& name);

// The options that were given, as the words of a command line. Requires: load_options_of() accepted them.
[[nodiscard]] std::vector<std::string> words_of(const LoadArguments& arguments);

// What "NAME" or "NAME:OPTION=VALUE,..." sets in a scenario: the policy, and its options instead of those before.
// Errors: bad_input where the text has another shape; names and values are the loader's to check.
[[nodiscard]] HostResult<std::vector<Override>> policy_overrides_of(const std::string& text);

}  // namespace memsim
