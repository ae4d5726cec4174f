#include "sim/options/command.hpp"

#include <algorithm>
#include <utility>

#include <memsim/base/check.hpp>

namespace memsim {

Command::Command(std::string name, std::string description, std::string examples)
    : name_(std::move(name)), description_(std::move(description)), examples_(std::move(examples)) {}

Command& Command::add_command(std::string name, std::string description, std::string examples) {
  commands_.push_back(std::make_unique<Command>(std::move(name), std::move(description), std::move(examples)));
  return *commands_.back();
}

void Command::add(std::string_view names, Option option) {
  const std::size_t comma = names.find(',');
  if (comma != std::string_view::npos) option.letter = names[1];
  option.name = names.substr(comma == std::string_view::npos ? 0 : comma + 1);
  options_.push_back(std::move(option));
}

void Command::add_flag(std::string_view names, bool& target, std::string description) {
  add(names, {.name = {}, .description = std::move(description), .value = {}, .target = &target});
}

void Command::add_value(std::string_view names, std::string& target, const ValueType& type, std::string description) {
  add(names, {.name = {}, .description = std::move(description), .value = type, .target = &target});
}

void Command::add_list(std::string_view names, std::vector<std::string>& target, const ValueType& type,
                       std::string description) {
  add(names, {.name = {}, .description = std::move(description), .value = type, .target = &target});
}

void Command::add_argument(std::string name, std::string& target, const ValueType& type, std::string description) {
  add(name, {.name = {}, .description = std::move(description), .value = type, .target = &target, .is_required = true});
}

void Command::add_arguments(std::string name, std::vector<std::string>& target, const ValueType& type,
                            std::string description) {
  add(name, {.name = {}, .description = std::move(description), .value = type, .target = &target, .is_required = true});
}

void Command::add_rest(std::string name, std::vector<std::string>& target, const ValueType& type,
                       std::string description) {
  add_arguments(std::move(name), target, type, std::move(description));
  takes_rest_ = true;
}

void Command::let_arguments_be_absent() {
  for (Option& option : options_) option.is_required = false;
}

bool Command::is_given(std::string_view name) const {
  const auto found = std::find_if(options_.begin(), options_.end(), [&](const Option& o) { return o.name == name; });
  MEMSIM_CHECK(found != options_.end());
  return found->is_given;
}

std::vector<const Command*> Command::visible_commands() const {
  std::vector<const Command*> visible;
  for (const auto& command : commands_) {
    if (!command->is_hidden()) visible.push_back(command.get());
  }
  return visible;
}

std::vector<const Option*> Command::named_options() const {
  std::vector<const Option*> named;
  for (const Option& option : options_) {
    if (!option.is_argument()) named.push_back(&option);
  }
  return named;
}

std::vector<const Option*> Command::arguments() const {
  std::vector<const Option*> arguments;
  for (const Option& option : options_) {
    if (option.is_argument()) arguments.push_back(&option);
  }
  return arguments;
}

Unexpected<HostError> wrong_usage(std::string message, std::string help) {
  return host_failure(ExitCode::bad_input, std::move(message), std::move(help));
}

}  // namespace memsim
