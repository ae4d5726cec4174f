#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "sim/reference/documents.hpp"

namespace memsim {
namespace {

using Offer = ValueType::Offer;

std::string words_of(const ValueType& type) {
  if (type.words == nullptr) return {};
  return fmt::format("{}", fmt::join(type.words(), " "));
}

std::string command_words(const Command& program) {
  std::string out;
  for (const Command* command : program.visible_commands()) out += (out.empty() ? "" : " ") + command->name();
  return out;
}

std::string option_words(const Command& command) {
  std::string out = "--help";
  for (const Option* option : command.named_options()) out += " " + option->name;
  return out;
}

bool takes_files(const Command& command) { return !command.arguments().empty(); }

// In bash: "'run --seed'|'run -s'", how a value of the option is recognised.
std::string pattern_of(const Command& command, const Option& option) {
  std::string out = fmt::format("'{} {}'", command.name(), option.name);
  if (option.letter != 0) out += fmt::format("|'{} -{}'", command.name(), option.letter);
  return out;
}

// The cases of a value, by what is offered for it: an option of several commands has one case.
std::string value_cases(const Command& program) {
  std::map<std::string, std::string> patterns;
  for (const Command* command : program.visible_commands()) {
    for (const Option* option : command->named_options()) {
      if (!option->takes_value()) continue;
      std::string offer;
      if (option->value.offer == Offer::words) offer = fmt::format("words='{}'", words_of(option->value));
      if (option->value.offer == Offer::directories) offer = "kind=directories";
      if (option->value.offer == Offer::files) offer = "kind=files";
      if (option->value.offer == Offer::scenarios) offer = "kind=scenarios";
      std::string& known = patterns[offer];
      known += (known.empty() ? "" : "|") + pattern_of(*command, *option);
    }
  }
  std::string out;
  for (const auto& [offer, pattern] : patterns) {
    out += fmt::format("    {})\n      {}\n      ;;\n", pattern, offer.empty() ? ":" : offer);
  }
  return out;
}

// Between single quotes: for zsh's specifications, where brackets and colons are special too.
std::string zsh_quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      if (c == '[' || c == ']' || c == ':') out += '\\';
      out += c;
    }
  }
  return out;
}

std::string fish_quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// How zsh completes a value of the type.
std::string zsh_values(const ValueType& type) {
  switch (type.offer) {
    case Offer::scenarios:
      return "_files -g \"*.(yaml|yml|trace|trace.(xz|zst|gz))\"";
    case Offer::files:
      return "_files";
    case Offer::directories:
      return "_files -/";
    case Offer::words:
      return fmt::format("({})", zsh_quoted(words_of(type)));
    case Offer::nothing:
      break;
  }
  return " ";
}

std::string zsh_option(const Option& option) {
  const std::string repeat = option.repeats() ? "*" : "";  // a list option may be given again
  std::string rest = fmt::format("[{}]", zsh_quoted(option.description));
  if (option.takes_value()) rest += fmt::format(":{}:{}", option.value.name, zsh_values(option.value));
  if (option.letter == 0) return fmt::format("    '{}{}{}' \\\n", repeat, option.name, rest);
  return fmt::format("    {}{{-{},{}}}'{}' \\\n", repeat.empty() ? "" : "'*'", option.letter, option.name, rest);
}

std::string fish_option(const Command& command, const Option& option) {
  std::string value;
  if (option.letter != 0) value += fmt::format(" -s {}", option.letter);
  if (option.takes_value()) value += " -r";
  if (option.value.offer == Offer::directories) value += " -a '(__fish_complete_directories)'";
  if (option.value.offer == Offer::files || option.value.offer == Offer::scenarios) value += " -F";
  if (option.value.offer == Offer::words) value += fmt::format(" -a '{}'", fish_quoted(words_of(option.value)));
  return fmt::format("complete -c memsim -n '__fish_seen_subcommand_from {}' -l {}{} -d '{}'\n", command.name(),
                     option.name.substr(2), value, fish_quoted(option.description));
}

}  // namespace

std::string bash_completion(const Command& program) {
  std::string cases;
  for (const Command* command : program.visible_commands()) {
    const Option* argument = takes_files(*command) ? command->arguments().front() : nullptr;
    const bool is_words = argument != nullptr && argument->value.offer == Offer::words;
    const std::string offered = is_words ? fmt::format("words='{}'", words_of(argument->value)) : "kind=scenarios";
    cases += fmt::format("        {})\n          [[ $current == -* ]] && words='{}' || {}\n          ;;\n",
                         command->name(), option_words(*command), argument == nullptr ? ":" : offered);
  }
  return fmt::format(R"(# bash completion for memsim
_memsim() {{
  # Words as the shell will have them: readline ends one at each ':' and '=' too.
  local -a typed
  read -ra typed <<<"${{COMP_LINE:0:COMP_POINT}}"
  [[ ${{COMP_LINE:0:COMP_POINT}} == *[[:space:]] ]] && typed+=('')
  COMPREPLY=()
  local current=${{typed[-1]}} previous=${{typed[-2]}} given='' kind='' words=''
  if [[ ${{#typed[@]}} -eq 2 ]]; then
    mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- "$current")
    return
  fi
  if [[ $current == --*=* ]]; then
    given=${{current%%=*}}= previous=${{current%%=*}} current=${{current#*=}}
  fi
  case "${{typed[1]}} $previous" in
{}    *)
      case ${{typed[1]}} in
{}      esac
      ;;
  esac
  case $kind in
    directories) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    scenarios)
      compopt -o filenames
      mapfile -t COMPREPLY < <(
        compgen -f -X '!*.@(yaml|yml|trace|trace.@(xz|zst|gz))' -- "$current"
        compgen -d -- "$current"
      )
      ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
  esac
  [[ ${{COMPREPLY[0]}} == *= ]] && compopt -o nospace
  local breaks=${{COMP_WORDBREAKS//[^:=]/}}
  [[ $breaks == *=* ]] || COMPREPLY=("${{COMPREPLY[@]/#/$given}}")
  # Readline replaces only what follows the last of its word breaks.
  [[ $breaks ]] && COMPREPLY=("${{COMPREPLY[@]#"${{current%"${{current##*[$breaks]}}"}}"}}")
}}
shopt -s extglob
complete -F _memsim memsim
)",
                     command_words(program), value_cases(program), cases);
}

std::string zsh_completion(const Command& program) {
  std::string commands;
  std::string cases;
  for (const Command* command : program.visible_commands()) {
    commands += fmt::format("    '{}:{}'\n", command->name(), zsh_quoted(command->description()));
    cases += fmt::format("  {})\n    _arguments \\\n", command->name());
    for (const Option* option : command->named_options()) cases += zsh_option(*option);
    const std::vector<const Option*> arguments = command->arguments();
    cases += arguments.empty() ? std::string("    && return 0\n    ;;\n")
                               : fmt::format("    '*:{}:{}'\n    ;;\n", arguments.front()->value.name,
                                             zsh_values(arguments.front()->value));
  }
  return fmt::format(R"(#compdef memsim
# zsh completion for memsim
_memsim() {{
  local -a commands
  commands=(
{})
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
_memsim "$@"
)",
                     commands, cases);
}

std::string fish_completion(const Command& program) {
  std::string out = "# fish completion for memsim\ncomplete -c memsim -f\n";
  for (const Command* command : program.visible_commands()) {
    out += fmt::format("complete -c memsim -n __fish_use_subcommand -a {} -d '{}'\n", command->name(),
                       fish_quoted(command->description()));
  }
  for (const Command* command : program.visible_commands()) {
    for (const Option* argument : command->arguments()) {
      const bool is_words = argument->value.offer == Offer::words;
      const std::string offered = is_words ? fmt::format("-a '{}'", fish_quoted(words_of(argument->value))) : "-F";
      out += fmt::format("complete -c memsim -n '__fish_seen_subcommand_from {}' {}\n", command->name(), offered);
    }
    for (const Option* option : command->named_options()) out += fish_option(*command, *option);
  }
  return out;
}

}  // namespace memsim
