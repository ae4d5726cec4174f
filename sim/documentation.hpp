// The man page and the shells' completions, made from the table that parses the command line.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace memsim {

[[nodiscard]] std::string man_page(const CLI::App& app);
[[nodiscard]] std::string bash_completion(const CLI::App& app);
[[nodiscard]] std::string zsh_completion(const CLI::App& app);
[[nodiscard]] std::string fish_completion(const CLI::App& app);

// The subcommands that users see, and an app's options that take the form --name, in the order of help.
[[nodiscard]] std::vector<const CLI::App*> visible_subcommands(const CLI::App& app);
[[nodiscard]] std::vector<const CLI::Option*> named_options(const CLI::App& app);
[[nodiscard]] std::vector<const CLI::Option*> positional_arguments(const CLI::App& app);

// Whether the option takes a value.
[[nodiscard]] bool takes_value(const CLI::Option& option);

}  // namespace memsim
