// `memsim help` and `memsim docs`: what the program says of itself.
#include <algorithm>
#include <memory>

#include "sim/host/console.hpp"
#include "sim/options/command_line.hpp"
#include "sim/options/help.hpp"
#include "sim/reference/commands.hpp"
#include "sim/reference/documents.hpp"

namespace memsim {

void add_help(Command& program) {
  Command& sub = program.add_command("help", "Print help on a command.", "  memsim help run\n");
  const auto name = std::make_shared<std::string>();
  sub.add_argument("COMMAND", *name, {"COMMAND"}, "The command; without one, the list of all");
  sub.let_arguments_be_absent();
  sub.set_action([&program, name] {
    if (name->empty()) return print_or_report(help_of(program, program.name(), help_columns()));
    const auto& commands = program.commands();
    const auto found =
        std::find_if(commands.begin(), commands.end(), [&](const auto& c) { return c->name() == *name; });
    if (found == commands.end()) return report(unknown_command(program, *name).error());
    return print_or_report(help_of(**found, program.name() + " " + *name, help_columns()));
  });
}

void add_docs(Command& program) {
  Command& sub = program.add_command("docs", "Print the man page or a shell's completions.", "  memsim docs man\n");
  sub.hide();
  const auto add = [&](const char* name, std::string (*make)(const Command&)) {
    sub.add_command(name, "", "").set_action([&program, make] { return print_or_report(make(program)); });
  };
  add("man", man_page);
  add("bash", bash_completion);
  add("zsh", zsh_completion);
  add("fish", fish_completion);
}

}  // namespace memsim
