// What a command line may say, as data: commands with their options, arguments and examples. Parsing, help, the man
// page and the shells' completions are made from it. Values are texts here; who asked for them reads them with our own
// parsers. Which library splits the command line is known to command_line.cpp alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <memsim/base/host_error.hpp>

namespace memsim {

// What to do once the command line is understood.
using Action = std::function<ExitCode()>;

// What a value is: the word that help shows for it, and what a shell offers for it.
struct ValueType {
  enum class Offer : std::uint8_t { nothing, scenarios, files, directories, words };

  std::string_view name;
  Offer offer = Offer::nothing;
  std::vector<std::string> (*words)() = nullptr;  // for Offer::words
};

inline constexpr ValueType kScenarioType{"FILE", ValueType::Offer::scenarios};
inline constexpr ValueType kFileType{"FILE", ValueType::Offer::files};
inline constexpr ValueType kDirectoryType{"DIR", ValueType::Offer::directories};
inline constexpr ValueType kNumberType{"N"};
inline constexpr ValueType kTimeType{"TIME"};
inline constexpr ValueType kPatternType{"PATTERN"};

// An option, or an argument, which has no dashes.
struct Option {
  std::string name;  // "--seed"; of an argument "FILE"
  char letter = 0;   // 's' where -s says the same; 0: none
  std::string description;
  ValueType value;  // of a flag: without a name
  std::variant<bool*, std::string*, std::vector<std::string>*> target;
  bool is_required = false;
  bool is_given = false;  // once the command line was parsed

  [[nodiscard]] bool is_argument() const { return !name.starts_with('-'); }
  [[nodiscard]] bool takes_value() const { return !std::holds_alternative<bool*>(target); }
  [[nodiscard]] bool repeats() const { return std::holds_alternative<std::vector<std::string>*>(target); }
};

class Command {
 public:
  // `examples`: lines of "  command  # what it does".
  Command(std::string name, std::string description, std::string examples);

  // A command below this one. The reference stays good.
  Command& add_command(std::string name, std::string description, std::string examples);
  void set_action(Action action) { action_ = std::move(action); }
  // Leaves the command out of help and of completions.
  void hide() { is_hidden_ = true; }

  // Options, as "--seed" or "-s,--seed". Targets outlive the command line.
  void add_flag(std::string_view names, bool& target, std::string description);
  void add_value(std::string_view names, std::string& target, const ValueType& type, std::string description);
  // A value for each time that the option is given.
  void add_list(std::string_view names, std::vector<std::string>& target, const ValueType& type,
                std::string description);
  // One argument, or one and more.
  void add_argument(std::string name, std::string& target, const ValueType& type, std::string description);
  void add_arguments(std::string name, std::vector<std::string>& target, const ValueType& type,
                     std::string description);
  // One argument and more, of which the first ends the options: what follows it is none of ours, dashes or not.
  void add_rest(std::string name, std::vector<std::string>& target, const ValueType& type, std::string description);
  // As before, but it may be left out.
  void let_arguments_be_absent();

  // Whether the command line gave the option, be its value empty. Requires: the command has it.
  [[nodiscard]] bool is_given(std::string_view name) const;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& description() const { return description_; }
  [[nodiscard]] const std::string& examples() const { return examples_; }
  [[nodiscard]] bool takes_rest() const { return takes_rest_; }
  [[nodiscard]] bool is_hidden() const { return is_hidden_; }
  [[nodiscard]] const Action& action() const { return action_; }
  [[nodiscard]] const std::vector<Option>& options() const { return options_; }
  [[nodiscard]] std::vector<Option>& options() { return options_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Command>>& commands() const { return commands_; }

  // What help shows of it, in order: commands, options with dashes, arguments.
  [[nodiscard]] std::vector<const Command*> visible_commands() const;
  [[nodiscard]] std::vector<const Option*> named_options() const;
  [[nodiscard]] std::vector<const Option*> arguments() const;

 private:
  void add(std::string_view names, Option option);

  std::string name_;
  std::string description_;
  std::string examples_;
  bool is_hidden_ = false;
  bool takes_rest_ = false;
  Action action_;
  std::vector<Option> options_;
  std::vector<std::unique_ptr<Command>> commands_;
};

// Options or arguments that cannot be meant so.
[[nodiscard]] Unexpected<HostError> wrong_usage(std::string message, std::string help = {});

}  // namespace memsim
