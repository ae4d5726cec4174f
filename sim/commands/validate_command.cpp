// `memsim validate`: looks for mistakes and runs nothing.
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memsim/base/json.hpp>
#include <memsim/kernel/world.hpp>

#include "sim/commands/commands.hpp"
#include "sim/host/console.hpp"
#include "sim/host/source.hpp"
#include "sim/options/load_options.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kValidateExamples =
    "  memsim validate my.yaml\n"
    "  memsim validate --json scenarios/*.yaml        # diagnostics for an editor\n";

struct ValidateArguments {
  std::vector<std::string> files;
  LoadArguments load;
  bool json = false;
  bool quiet = false;
};

// What the loader refuses, and what only building the machine can refuse; else the warnings.
HostResult<std::vector<Diagnostic>> check(ScenarioSource& source, const std::string& name, LoadOptions options) {
  options.warnings = Warnings::find;
  // Nothing runs.
  if (options.host_programs == HostPrograms::refuse) options.host_programs = HostPrograms::allow;
  HostResult<Scenario> scenario = source.load(name, options);
  if (!scenario) return Unexpected(scenario.error());
  const HostResult<World> world = World::create(scenario->world, nullptr);
  if (!world) return Unexpected(world.error());
  return std::move(scenario->warnings);
}

Json json_of(const Diagnostic& diagnostic) {
  return {{"severity", diagnostic.code == ExitCode::ok ? "warning" : "error"},
          {"path", diagnostic.where.path},
          {"line", diagnostic.where.line},
          {"column", diagnostic.where.column},
          {"message", diagnostic.message},
          {"help", diagnostic.help}};
}

Json json_of(const std::string& name, const HostResult<std::vector<Diagnostic>>& result) {
  Json diagnostics = Json::array();
  for (const Diagnostic& diagnostic : result ? *result : result.error()) diagnostics.push_back(json_of(diagnostic));
  return {{"scenario", display_name(name)}, {"valid", result.has_value()}, {"diagnostics", diagnostics}};
}

ExitCode execute_validate(const Command& command, const ValidateArguments& arguments) {
  const HostResult<LoadOptions> options = load_options_of(command, arguments.load);
  if (!options) return report(options.error());
  ScenarioSource source;
  ExitCode code = ExitCode::ok;
  Json results = Json::array();
  for (const std::string& name : without_duplicates(arguments.files)) {
    const HostResult<std::vector<Diagnostic>> result = check(source, name, *options);
    if (!result && code == ExitCode::ok) code = exit_code(result.error());
    if (arguments.json) {
      results.push_back(json_of(name, result));
      continue;
    }
    if (!result || !result->empty()) report(result ? *result : result.error());
    if (result && !arguments.quiet) {
      const HostResult<void> printed = print(fmt::format("{}: ok\n", escaped_for_terminal(display_name(name))));
      if (!printed) return report(printed.error());
    }
  }
  if (!arguments.json) return code;
  const HostResult<void> printed = print(json_text(results, JsonLayout::indented) + "\n");
  return printed ? code : report(printed.error());
}

}  // namespace

void add_validate(Command& program) {
  Command& sub = program.add_command("validate", "Check scenarios without running them.", kValidateExamples);
  const auto arguments = std::make_shared<ValidateArguments>();
  sub.add_arguments("FILE", arguments->files, kScenarioType, "Scenarios to check; - is standard input");
  sub.add_flag("--json", arguments->json, "Print the result of each file and its diagnostics as a JSON array");
  sub.add_flag("-q,--quiet", arguments->quiet, "Print only diagnostics");
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_validate(sub, *arguments); });
}

}  // namespace memsim
