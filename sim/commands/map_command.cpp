// `memsim map`: how full each part of memory was over a run.
#include <memory>

#include <memsim/campaign/run_session.hpp>
#include <memsim/view/memory_map.hpp>

#include "sim/commands/commands.hpp"
#include "sim/host/console.hpp"
#include "sim/host/progress.hpp"
#include "sim/host/source.hpp"
#include "sim/options/load_options.hpp"

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  memsim map scenarios/half_freed.yaml\n"
    "  memsim map --until 2h --policy tlsf my.yaml\n"
    "  memsim map --json my.yaml | jq .regions[0].rows[-1]\n";

struct Arguments {
  std::string file;
  LoadArguments load;
  bool json = false;
};

ExitCode execute(const Command& command, const Arguments& arguments) {
  const HostResult<Scenario> scenario = load_one(command, arguments.load, arguments.file);
  if (!scenario) return report(scenario.error());
  MemoryMapView view;
  Progress progress(display_name(arguments.file), scenario->world.until);
  HostResult<RunSession> session = RunSession::create(*scenario);
  if (!session) return report(session.error());
  session->subscribe(view);
  if (standard_error_is_terminal()) session->subscribe(progress);
  const HostResult<ScenarioRun> run = session->run();
  progress.finish();
  if (!run) return report(run.error());
  MemoryMap map = view.map();
  map.scenario = display_name(arguments.file);
  map.title = scenario->title;
  const HostResult<void> printed = print(arguments.json ? render_json(map) : render_text(map));
  if (!printed) return report(printed.error());
  return run->bad_end ? report({*run->bad_end}) : ExitCode::ok;
}

}  // namespace

void add_map(Command& program) {
  Command& sub = program.add_command("map", "Run a scenario and draw how full memory was, address by time.", kExamples);
  const auto arguments = std::make_shared<Arguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "The scenario; - is standard input");
  sub.add_flag("--json", arguments->json, "Print the frames in use of each cell as JSON");
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute(sub, *arguments); });
}

}  // namespace memsim
