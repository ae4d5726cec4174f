#include "documentation.hpp"

#include <algorithm>

#include "command_line.hpp"
#include "console.hpp"

namespace memsim {

std::vector<const CLI::App*> visible_subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); });
}

std::vector<const CLI::Option*> named_options(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return !option->get_lnames().empty(); });
}

std::vector<const CLI::Option*> positional_arguments(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

bool takes_value(const CLI::Option& option) { return option.get_expected_max() > 0 && option.get_type_size() > 0; }

void add_docs(CommandLine& line) {
  // For the build and for packagers; not in the help.
  CLI::App& sub = line.add_subcommand("docs", "Print the man page or a shell's completions.", "  memsim docs man\n");
  sub.group("");
  sub.require_subcommand(1);
  const auto add = [&](const char* name, std::string (*make)(const CLI::App&)) {
    CLI::App& format = *sub.add_subcommand(name, "");
    line.set_action(format, [&line, make] {
      const HostResult<void> printed = print(make(line.app()));
      return printed ? ExitCode::ok : report(printed.error());
    });
  };
  add("man", man_page);
  add("bash", bash_completion);
  add("zsh", zsh_completion);
  add("fish", fish_completion);
}

}  // namespace memsim
