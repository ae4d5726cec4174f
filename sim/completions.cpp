#include <fmt/format.h>

#include <set>
#include <string>

#include <memsim/phys/policy.hpp>

#include "command_line.hpp"
#include "documentation.hpp"

namespace memsim {
namespace {

std::string all_policies() {
  std::string out;
  for (const Policy& policy : policies()) out += fmt::format("{}{}", out.empty() ? "" : " ", policy.name);
  return out;
}

std::string subcommand_words(const CLI::App& app) {
  std::string out;
  for (const CLI::App* sub : visible_subcommands(app))
    out += fmt::format("{}{}", out.empty() ? "" : " ", sub->get_name());
  return out;
}

std::string option_words(const CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : named_options(app)) {
    out += fmt::format("{}--{}", out.empty() ? "" : " ", option->get_lnames().front());
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
std::string zsh_values(const std::string& type) {
  if (type == kFileType) return "_files -g \"*.(yaml|yml)\"";
  if (type == kDirectoryType) return "_files -/";
  if (type == kPolicyType) return fmt::format("({})", all_policies());
  return " ";
}

std::string zsh_option(const CLI::Option& option) {
  const std::string name = "--" + option.get_lnames().front();
  // A list option may be given again.
  const char* repeat = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ? "*" : "";
  std::string out = fmt::format("    '{}{}[{}]", repeat, name, zsh_quoted(option.get_description()));
  if (takes_value(option)) out += fmt::format(":{}:{}", option.get_type_name(), zsh_values(option.get_type_name()));
  return out + "' \\\n";
}

std::string fish_option(const CLI::App& sub, const CLI::Option& option) {
  const std::string& type = option.get_type_name();
  std::string value;
  if (takes_value(option)) {
    value = " -r";
    if (type == kDirectoryType) value += " -a '(__fish_complete_directories)'";
    if (type == kPolicyType) value += fmt::format(" -a '{}'", all_policies());
  }
  return fmt::format("complete -c memsim -n '__fish_seen_subcommand_from {}' -l {}{} -d '{}'\n", sub.get_name(),
                     option.get_lnames().front(), value, fish_quoted(option.get_description()));
}

// "--seed|--until": the options, of any subcommand, with a value that no completion can know.
std::string free_value_options(const CLI::App& app) {
  const std::set<std::string> known = {kFileType, kDirectoryType, kPolicyType};
  std::set<std::string> names;
  for (const CLI::App* sub : visible_subcommands(app)) {
    for (const CLI::Option* option : named_options(*sub)) {
      if (takes_value(*option) && !known.contains(option->get_type_name())) names.insert(option->get_lnames().front());
    }
  }
  return fmt::format("--{}", fmt::join(names, "|--"));
}

bool takes_files(const CLI::App& sub) { return !positional_arguments(sub).empty(); }

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::string cases;
  for (const CLI::App* sub : visible_subcommands(app)) {
    cases += fmt::format("    {})\n      words='{}'\n      files={}\n      ;;\n", sub->get_name(), option_words(*sub),
                         takes_files(*sub) ? 1 : 0);
  }
  return fmt::format(R"(# bash completion for memsim
_memsim() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} words='' files=0
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '{} {}' -- "$current"))
    return
  fi
  case $previous in
    --out) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --policy) COMPREPLY=($(compgen -W '{}' -- "$current")); return ;;
    --junit) COMPREPLY=($(compgen -f -- "$current")); return ;;
    {}) return ;;
  esac
  case ${{COMP_WORDS[1]}} in
{}  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  elif [[ $files -eq 1 ]]; then
    local IFS=$'\n'
    COMPREPLY=($(compgen -f -X '!*.@(yaml|yml)' -- "$current") $(compgen -d -- "$current"))
  fi
}}
shopt -s extglob
complete -o filenames -F _memsim memsim
)",
                     subcommand_words(app), option_words(app), all_policies(), free_value_options(app), cases);
}

std::string zsh_completion(const CLI::App& app) {
  std::string commands;
  std::string cases;
  for (const CLI::App* sub : visible_subcommands(app)) {
    commands += fmt::format("    '{}:{}'\n", sub->get_name(), zsh_quoted(sub->get_description()));
    cases += fmt::format("  {})\n    _arguments \\\n", sub->get_name());
    for (const CLI::Option* option : named_options(*sub)) cases += zsh_option(*option);
    cases += takes_files(*sub) ? fmt::format("    '*:{}:{}'\n    ;;\n", kFileType, zsh_values(kFileType))
                               : std::string("    && return 0\n    ;;\n");
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

std::string fish_completion(const CLI::App& app) {
  std::string out = "# fish completion for memsim\ncomplete -c memsim -f\n";
  for (const CLI::App* sub : visible_subcommands(app)) {
    out += fmt::format("complete -c memsim -n __fish_use_subcommand -a {} -d '{}'\n", sub->get_name(),
                       fish_quoted(sub->get_description()));
  }
  for (const CLI::App* sub : visible_subcommands(app)) {
    if (takes_files(*sub)) {
      out += fmt::format("complete -c memsim -n '__fish_seen_subcommand_from {}' -F\n", sub->get_name());
    }
    for (const CLI::Option* option : named_options(*sub)) out += fish_option(*sub, *option);
  }
  return out;
}

}  // namespace memsim
