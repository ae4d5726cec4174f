// `memsim when`: since when is it refused for ever, and who took the frames?
#include <fmt/format.h>

#include <memory>

#include <memsim/campaign/branch/last_grant.hpp>
#include <memsim/host/interrupt.hpp>

#include "sim/host/console.hpp"
#include "sim/many/commands.hpp"
#include "sim/options/load_options.hpp"

namespace memsim {
namespace {

constexpr const char* kWhenExamples = "  memsim when my.yaml --probe four_mib\n";
constexpr ValueType kProbeType{"NAME"};

struct WhenArguments {
  std::string file;
  std::string probe;
  bool json = false;
  LoadArguments load;
};

ExitCode execute_when(const Command& command, const WhenArguments& arguments) {
  if (!command.is_given("--probe")) {
    return report(host_failure(ExitCode::bad_input, "--probe: which? give a name of the scenario's probes").error());
  }
  const HostResult<Scenario> scenario = load_one(command, arguments.load, arguments.file);
  if (!scenario) return report(scenario.error());
  host::catch_interrupts();
  const HostResult<LastGrant> grant = last_grant(*scenario, arguments.probe);
  if (!grant) return report(grant.error());
  return print_or_report(arguments.json ? render_json(*grant, arguments.probe) : render_text(*grant, arguments.probe));
}

}  // namespace

void add_when(Command& program) {
  Command& sub = program.add_command(
      "when", "Find the last moment at which a probe would have been granted, and what ended that.", kWhenExamples);
  const auto arguments = std::make_shared<WhenArguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "The scenario; - is standard input");
  sub.add_value("--probe", arguments->probe, kProbeType, "The probe, by its name under record: probes:");
  sub.add_flag("--json", arguments->json, "Print JSON");
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_when(sub, *arguments); });
}

}  // namespace memsim
