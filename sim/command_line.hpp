// The command line: one table of subcommands and options, from which parsing, help, the man page and the shells'
// completions are made. CLI11 stays in this folder, and its number parsing and exit codes stay out of the program:
// options are texts to it, and our own parsers read them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <memsim/base/host_error.hpp>

namespace memsim {

// What to do once the command line is understood.
using Action = std::function<ExitCode()>;

// The kinds of value that an option or argument takes, as help shows them and completions understand them.
inline constexpr const char* kFileType = "FILE";
inline constexpr const char* kDirectoryType = "DIR";
inline constexpr const char* kPolicyType = "POLICY";

class CommandLine {
 public:
  CommandLine();

  // Reads the arguments, then does what they ask. Wrong ones are reported with the nearest right one.
  [[nodiscard]] ExitCode run(int argc, const char* const* argv);

  [[nodiscard]] const CLI::App& app() const { return app_; }

  // A subcommand `name`, for the registering functions below. `examples`: lines of "command  # what it does".
  CLI::App& add_subcommand(const std::string& name, const std::string& description, const std::string& examples);
  // What the subcommand does when it was chosen.
  void set_action(CLI::App& subcommand, Action action);

 private:
  [[nodiscard]] ExitCode parse_failed(const CLI::ParseError& error, const std::vector<std::string>& arguments) const;

  CLI::App app_;
  Action action_;
};

// Every subcommand registers itself here, in the order in which help lists them.
void add_run(CommandLine& line);
void add_check(CommandLine& line);
void add_compare(CommandLine& line);
void add_validate(CommandLine& line);
void add_graph(CommandLine& line);
void add_map(CommandLine& line);
void add_policies(CommandLine& line);
void add_calls(CommandLine& line);
void add_schema(CommandLine& line);
void add_docs(CommandLine& line);

}  // namespace memsim
