#include "command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "console.hpp"

#ifndef MEMSIM_VERSION
#error "MEMSIM_VERSION comes from the build"
#endif

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  memsim run scenarios/mem_obj_info.yaml         # run a scenario and read the result\n"
    "  memsim run --json --seed 7 my.yaml             # the same as JSON, with another seed\n"
    "  memsim run --out results scenarios/*.yaml      # write series, calls and replies to files\n"
    "  memsim check scenarios                         # judge them by expectations and baselines\n"
    "  memsim compare my.yaml --policy A --policy B   # which policy serves it better?\n"
    "  memsim validate my.yaml                        # only look for mistakes\n"
    "  memsim map my.yaml                             # how full was memory, address by time?\n"
    "  memsim graph my.yaml | dot -Tsvg > my.svg      # draw who sends to whom\n";

// Help that begins with examples: most readers need nothing else.
class Help final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    if (mode == CLI::AppFormatMode::Sub) return make_expanded(app);
    std::string out;
    if (!app->get_footer().empty()) out += "Examples:\n" + app->get_footer() + "\n";
    out += make_usage(app, std::move(name));
    out += app->get_description() + "\n";
    out += make_positionals(app);
    out += make_groups(app, mode);
    out += make_subcommands(app, mode);
    return out;
  }
};

std::vector<std::string_view> names_of(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App* s) { return !s->get_group().empty(); })) {
    names.push_back(sub->get_name());
  }
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string list_of(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + " " + app.get_name();
}

Unexpected<HostError> unknown_command(const CLI::App& app, const std::string& name) {
  const std::vector<std::string> known = subcommand_names(app);
  const std::string_view nearest = nearest_name(name, names_of(known));
  std::string help = fmt::format("commands: {}", list_of(known));
  if (!nearest.empty()) help = fmt::format("did you mean '{}'? {}", nearest, help);
  if (name.ends_with(".yaml") || name.ends_with(".yml")) help = fmt::format("to run a scenario: memsim run {}", name);
  return host_failure(ExitCode::bad_input, fmt::format("unknown command '{}'", name), std::move(help));
}

Unexpected<HostError> unknown_argument(const CLI::App& app, const std::string& argument) {
  if (!argument.starts_with('-') || argument == "-") {
    return host_failure(ExitCode::bad_input, fmt::format("unexpected argument '{}'", argument),
                        fmt::format("see {} --help", full_name(app)));
  }
  const std::string name = argument.substr(0, argument.find('='));
  const std::vector<std::string> known = option_names(app);
  const std::string_view nearest = nearest_name(name, names_of(known));
  std::string help =
      nearest.empty() ? fmt::format("options: {}", list_of(known)) : fmt::format("did you mean {}?", nearest);
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

}  // namespace

CommandLine::CommandLine() : app_("A deterministic simulator of a microkernel's memory manager.", "memsim") {
  app_.formatter(std::make_shared<Help>());
  app_.get_formatter()->column_width(28);
  app_.footer(kExamples);
  app_.set_help_flag("-h,--help", "Print this help and exit");
  app_.set_version_flag("--version", "memsim " MEMSIM_VERSION, "Print the version and exit");
  app_.require_subcommand(1);
  for (const auto add : {add_run, add_check, add_compare, add_validate, add_map, add_graph, add_policies, add_calls,
                         add_schema, add_docs})
    add(*this);
}

CLI::App& CommandLine::add_subcommand(const std::string& name, const std::string& description,
                                      const std::string& examples) {
  CLI::App& subcommand = *app_.add_subcommand(name, description);
  subcommand.footer(examples);
  return subcommand;
}

void CommandLine::set_action(CLI::App& subcommand, Action action) {
  subcommand.callback([this, action = std::move(action)] { action_ = action; });
}

ExitCode CommandLine::run(int argc, const char* const* argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (const std::string* option = option_without_value(arguments)) {
    return report(host_failure(ExitCode::bad_input, fmt::format("{}: the value is empty", *option)).error());
  }
  try {
    // CLI11 takes arguments from the back.
    app_.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return parse_failed(error, arguments);
  }
  return action_();
}

ExitCode CommandLine::parse_failed(const CLI::ParseError& error, const std::vector<std::string>& arguments) const {
  const std::vector<const CLI::App*> chosen = app_.get_subcommands([](const CLI::App* s) { return s->parsed(); });
  const CLI::App& app = chosen.empty() ? app_ : *chosen.front();
  if (dynamic_cast<const CLI::CallForHelp*>(&error) != nullptr) {
    const std::string name = chosen.empty() ? "" : app_.get_name();
    const HostResult<void> printed = print(app.help(name));
    return printed ? ExitCode::ok : report(printed.error());
  }
  if (dynamic_cast<const CLI::CallForVersion*>(&error) != nullptr) {
    const HostResult<void> printed = print("memsim " MEMSIM_VERSION "\n");
    return printed ? ExitCode::ok : report(printed.error());
  }
  if (chosen.empty() && arguments.empty()) {
    const std::string commands = list_of(subcommand_names(app_));
    return report(host_failure(ExitCode::bad_input, "a command is missing",
                               fmt::format("commands: {}; memsim --help shows examples", commands))
                      .error());
  }
  const std::vector<std::string> extra = app_.remaining(true);
  if (chosen.empty() && !arguments.empty() && !arguments.front().starts_with('-')) {
    return report(unknown_command(app_, arguments.front()).error());
  }
  if (!extra.empty()) return report(unknown_argument(app, extra.front()).error());
  const std::string help = fmt::format("see {} --help", full_name(app));
  return report(host_failure(ExitCode::bad_input, error.what(), help).error());
}

}  // namespace memsim
