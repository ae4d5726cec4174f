#include "sim/options/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

#include "sim/host/console.hpp"
#include "sim/options/help.hpp"

namespace memsim {
namespace {

// CLI11's number parsing and exit codes stay out of the program: to it all values are texts.
void bind(CLI::App& app, Command& command) {
  app.set_help_flag("-h,--help", "");
  if (command.takes_rest()) app.prefix_command();
  for (Option& option : command.options()) {
    if (command.takes_rest() && option.is_argument()) continue;
    const std::string names = option.letter == 0 ? option.name : fmt::format("-{},{}", option.letter, option.name);
    CLI::Option* bound = nullptr;
    if (bool* const* flag = std::get_if<bool*>(&option.target)) {
      bound = app.add_flag(names, **flag)->disable_flag_override();
    } else if (std::string* const* text = std::get_if<std::string*>(&option.target)) {
      bound = app.add_option(names, **text);
    } else {
      bound = app.add_option(names, *std::get<std::vector<std::string>*>(option.target));
      // One value for each time the option is given, or it would swallow the files that follow it.
      if (!option.is_argument()) bound->take_all()->allow_extra_args(false);
    }
    bound->required(option.is_required);
  }
  for (const auto& below : command.commands()) bind(*app.add_subcommand(below->name()), *below);
  app.require_subcommand(command.commands().empty() ? 0 : 1);
}

// What the command line chose, from the program down; marks the options that were given.
std::vector<const Command*> chosen_commands(const CLI::App& app, Command& command) {
  for (Option& option : command.options()) {
    if (!command.takes_rest() || !option.is_argument()) {
      option.is_given = app.count(option.name) > 0;
      continue;
    }
    std::vector<std::string>& rest = *std::get<std::vector<std::string>*>(option.target);
    rest = app.remaining();
    if (!rest.empty() && rest.front() == "--") rest.erase(rest.begin());
    option.is_given = !rest.empty();
  }
  std::vector<const Command*> chosen = {&command};
  for (const auto& below : command.commands()) {
    const CLI::App* sub = app.get_subcommand(below->name());
    if (!sub->parsed()) continue;
    const std::vector<const Command*> further = chosen_commands(*sub, *below);
    chosen.insert(chosen.end(), further.begin(), further.end());
    break;
  }
  return chosen;
}

std::string full_name(const std::vector<const Command*>& chosen) {
  std::string out;
  for (const Command* command : chosen) out += (out.empty() ? "" : " ") + command->name();
  return out;
}

std::vector<std::string_view> command_names(const Command& command) {
  std::vector<std::string_view> names;
  for (const Command* below : command.visible_commands()) names.push_back(below->name());
  return names;
}

Unexpected<HostError> unknown_argument(const std::vector<const Command*>& chosen, const std::string& argument) {
  if (!argument.starts_with('-') || argument == "-") {
    return host_failure(ExitCode::bad_input, fmt::format("unexpected argument '{}'", argument),
                        fmt::format("see {} --help", full_name(chosen)));
  }
  const std::string name = argument.substr(0, argument.find('='));
  std::vector<std::string_view> known;
  for (const Option* option : chosen.back()->named_options()) known.push_back(option->name);
  known.push_back("--help");
  const std::string_view nearest = nearest_name(name, known);
  std::string help =
      nearest.empty() ? fmt::format("options: {}", fmt::join(known, ", ")) : fmt::format("did you mean {}?", nearest);
  return host_failure(ExitCode::bad_input, fmt::format("unknown option {}", name), std::move(help));
}

// An option with nothing behind its equals sign would take the next argument for its value.
const std::string* option_without_value(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return nullptr;
    if (argument.starts_with("--") && argument.find('=') == argument.size() - 1) return &argument;
  }
  return nullptr;
}

ExitCode parse_failed(const CLI::App& app, const CLI::ParseError& error, const std::vector<const Command*>& chosen,
                      const std::vector<std::string>& arguments) {
  const Command& program = *chosen.front();
  if (dynamic_cast<const CLI::CallForHelp*>(&error) != nullptr) {
    return print_or_report(help_of(*chosen.back(), full_name(chosen), help_columns()));
  }
  if (dynamic_cast<const CLI::CallForVersion*>(&error) != nullptr)
    return print_or_report("memsim " MEMSIM_VERSION "\n");
  if (arguments.empty()) {
    const std::string commands = fmt::format("{}", fmt::join(command_names(program), ", "));
    return report(host_failure(ExitCode::bad_input, "a command is missing",
                               fmt::format("commands: {}; memsim --help shows examples", commands))
                      .error());
  }
  if (chosen.size() == 1 && !arguments.front().starts_with('-')) {
    return report(unknown_command(program, arguments.front()).error());
  }
  const std::vector<std::string> extra = app.remaining(true);
  if (!extra.empty()) return report(unknown_argument(chosen, extra.front()).error());
  return report(
      host_failure(ExitCode::bad_input, error.what(), fmt::format("see {} --help", full_name(chosen))).error());
}

// Every command has it, and the program itself.
void add_colour_option(Command& command, std::string& when) {
  const ValueType type{"WHEN", ValueType::Offer::words, [] {
                         return std::vector<std::string>{"auto", "always", "never"};
                       }};
  command.add_value("--color", when, type, "auto, always or never; auto colours what a terminal shows");
  for (const auto& below : command.commands()) add_colour_option(*below, when);
}

}  // namespace

Unexpected<HostError> unknown_command(const Command& program, const std::string& name) {
  const std::vector<std::string_view> known = command_names(program);
  const std::string_view nearest = nearest_name(name, known);
  std::string help = fmt::format("commands: {}", fmt::join(known, ", "));
  if (!nearest.empty()) help = fmt::format("did you mean '{}'? {}", nearest, help);
  if (name.ends_with(".yaml") || name.ends_with(".yml")) help = fmt::format("to run a scenario: memsim run {}", name);
  return host_failure(ExitCode::bad_input, fmt::format("unknown command '{}'", name), std::move(help));
}

ExitCode run_command_line(Command& program, int argc, const char* const* argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const bool takes_rest =
      !arguments.empty() && std::any_of(program.commands().begin(), program.commands().end(), [&](const auto& command) {
        return command->takes_rest() && command->name() == arguments.front();
      });
  if (const std::string* option = takes_rest ? nullptr : option_without_value(arguments)) {
    return report(host_failure(ExitCode::bad_input, fmt::format("{}: the value is empty", *option)).error());
  }
  std::string colour = "auto";
  add_colour_option(program, colour);
  CLI::App app("", program.name());
  bind(app, program);
  app.set_version_flag("-V,--version", "");
  try {
    // CLI11 takes arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return parse_failed(app, error, chosen_commands(app, program), arguments);
  }
  const HostResult<void> chosen = choose_colour(colour);
  if (!chosen) return report(chosen.error());
  const std::vector<const Command*> commands = chosen_commands(app, program);
  for (const Option* argument : commands.back()->arguments()) {
    if (!commands.back()->takes_rest() || argument->is_given) continue;
    return report(host_failure(ExitCode::bad_input, fmt::format("{} is required", argument->name),
                               fmt::format("see {} --help", full_name(commands)))
                      .error());
  }
  return commands.back()->action()();
}

}  // namespace memsim
