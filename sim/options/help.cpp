#include "sim/options/help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/host/console.hpp"

namespace memsim {
namespace {

constexpr std::size_t kIndent = 28;
// Under so few columns a wrapped text is worse than one that the terminal breaks.
constexpr std::size_t kColumnsMin = 48;
// Lines longer than this are hard to read.
constexpr std::size_t kColumnsMax = 100;

std::string option_names(const Option& option) {
  std::string names = "  ";
  if (option.letter != 0) names += fmt::format("-{}, ", option.letter);
  names += option.name;
  if (option.takes_value() && !option.is_argument()) names += fmt::format(" {}", option.value.name);
  if (option.repeats()) names += " ...";
  return names;
}

std::string usage(const Command& command, std::string_view name) {
  std::string out = fmt::format("Usage: {} [OPTIONS]", name);
  for (const Option* argument : command.arguments()) {
    const char* dots = argument->repeats() ? "..." : "";
    out += argument->is_required ? fmt::format(" {}{}", argument->name, dots)
                                 : fmt::format(" [{}{}]", argument->name, dots);
  }
  return out + (command.commands().empty() ? "" : " COMMAND");
}

}  // namespace

std::string wrapped(std::string head, std::string_view text, std::size_t indent, std::size_t columns) {
  std::string line = std::move(head);
  std::string out;
  if (line.size() + 1 > indent && line.find_first_not_of(' ') != std::string::npos) {
    out = std::exchange(line, "") + "\n";
  }
  line.resize(std::max(line.size(), indent), ' ');
  bool is_first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (!is_first && line.size() + 1 + end > columns) {
      out += line + "\n";
      line.assign(indent, ' ');
      is_first = true;
    }
    if (!std::exchange(is_first, false)) line += ' ';
    line += text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + line + "\n";
}

std::string help_of(const Command& command, std::string_view name, std::size_t columns) {
  std::string out = "Examples:\n" + command.examples() + "\n";
  out += wrapped("", usage(command, name), 0, columns);
  out += wrapped("", command.description(), 0, columns);
  if (!command.arguments().empty()) out += "\nArguments:\n";
  for (const Option* option : command.arguments()) {
    out += wrapped(option_names(*option), option->description, kIndent, columns);
  }
  out += "\nOptions:\n" + wrapped("  -h, --help", "Print this help and exit", kIndent, columns);
  if (!command.commands().empty()) out += wrapped("  -V, --version", "Print the version and exit", kIndent, columns);
  for (const Option* option : command.named_options()) {
    out += wrapped(option_names(*option), option->description, kIndent, columns);
  }
  if (!command.visible_commands().empty()) out += "\nCommands:\n";
  for (const Command* below : command.visible_commands()) {
    out += wrapped("  " + below->name(), below->description(), kIndent, columns);
  }
  return out;
}

std::size_t help_columns() {
  constexpr std::size_t kUsual = 80;
  return std::clamp(terminal_columns().value_or(kUsual), kColumnsMin, kColumnsMax);
}

}  // namespace memsim
