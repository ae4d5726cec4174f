// `memsim validate`: looks for mistakes and runs nothing.
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memsim/kernel/world.hpp>

#include "command_line.hpp"
#include "console.hpp"
#include "load_options.hpp"
#include "source.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExamples =
    "  memsim validate my.yaml\n"
    "  memsim validate --json scenarios/*.yaml        # diagnostics for an editor\n";

struct Arguments {
  std::vector<std::string> files;
  LoadArguments load;
  bool json = false;
  bool quiet = false;
};

// What the loader refuses, and what only building the machine can refuse.
HostResult<void> check(ScenarioSource& source, const std::string& name, const LoadOptions& options) {
  const HostResult<Scenario> scenario = source.load(name, options);
  if (!scenario) return Unexpected(scenario.error());
  const HostResult<World> world = World::create(scenario->world, nullptr);
  if (!world) return Unexpected(world.error());
  return {};
}

Json json_of(const Diagnostic& diagnostic) {
  return {{"path", diagnostic.where.path},
          {"line", diagnostic.where.line},
          {"column", diagnostic.where.column},
          {"message", diagnostic.message},
          {"help", diagnostic.help}};
}

Json json_of(const std::string& name, const HostResult<void>& result) {
  Json diagnostics = Json::array();
  if (!result) {
    for (const Diagnostic& diagnostic : result.error()) diagnostics.push_back(json_of(diagnostic));
  }
  return {{"scenario", display_name(name)}, {"valid", result.has_value()}, {"diagnostics", diagnostics}};
}

ExitCode execute(const CLI::App& subcommand, const Arguments& arguments) {
  const HostResult<LoadOptions> options = load_options_of(subcommand, arguments.load);
  if (!options) return report(options.error());
  ScenarioSource source;
  ExitCode code = ExitCode::ok;
  Json results = Json::array();
  for (const std::string& name : without_duplicates(arguments.files)) {
    const HostResult<void> result = check(source, name, *options);
    if (!result && code == ExitCode::ok) code = exit_code(result.error());
    if (arguments.json) {
      results.push_back(json_of(name, result));
    } else if (!result) {
      report(result.error());
    } else if (!arguments.quiet) {
      const HostResult<void> printed = print(fmt::format("{}: ok\n", escaped_for_terminal(display_name(name))));
      if (!printed) return report(printed.error());
    }
  }
  if (!arguments.json) return code;
  const HostResult<void> printed = print(results.dump(2, ' ', true, Json::error_handler_t::replace) + "\n");
  return printed ? code : report(printed.error());
}

}  // namespace

void add_validate(CommandLine& line) {
  CLI::App& sub = line.add_subcommand("validate", "Check scenarios without running them.", kExamples);
  const auto arguments = std::make_shared<Arguments>();
  sub.add_option("FILE", arguments->files, "Scenarios to check; - is standard input")->required()->type_name(kFileType);
  sub.add_flag("--json", arguments->json, "Print the result of each file and its diagnostics as a JSON array")
      ->disable_flag_override();
  sub.add_flag("--quiet", arguments->quiet, "Print only diagnostics")->disable_flag_override();
  add_load_options(sub, arguments->load);
  line.set_action(sub, [&sub, arguments] { return execute(sub, *arguments); });
}

}  // namespace memsim
