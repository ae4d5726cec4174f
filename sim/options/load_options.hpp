// The options that every command that reads a scenario takes.
#pragma once

#include <string>
#include <vector>

#include <memsim/campaign/variation.hpp>
#include <memsim/scenario/scenario.hpp>

#include "sim/options/command.hpp"

namespace memsim {

// As given; read by load_options_of(), which knows what the texts must be.
struct LoadArguments {
  std::vector<std::string> set;
  std::vector<std::string> caps;
  std::string seed;
  std::string policy;
  std::string until;
  bool programs = false;
  bool takes_policy = true;  // false: the command has a --policy of its own
  // The command has a --set and a --seed of its own, too; the scenario's are --scenario-set and --scenario-seed.
  bool is_prefixed = false;

  [[nodiscard]] const char* set_name() const { return is_prefixed ? "--scenario-set" : "--set"; }
  [[nodiscard]] const char* seed_name() const { return is_prefixed ? "--scenario-seed" : "--seed"; }
};

// "name=value", neither side empty of `option`'s text. Errors: bad_input, naming the option.
[[nodiscard]] HostResult<Override> assignment_of(const char* option, const std::string& text);

void add_load_options(Command& command, LoadArguments& arguments);

// Errors: bad_input, naming the option.
[[nodiscard]] HostResult<LoadOptions> load_options_of(const Command& command, const LoadArguments& arguments);

// The scenario of a command that takes just one, "-" being standard input. Errors: as load_options_of() and
// ScenarioSource.
[[nodiscard]] HostResult<Scenario> load_one(const Command& command, const LoadArguments& arguments,
                                            const std::string& name);

// The options that were given, as the words of a command line. Requires: load_options_of() accepted them.
[[nodiscard]] std::vector<std::string> words_of(const LoadArguments& arguments);

}  // namespace memsim
