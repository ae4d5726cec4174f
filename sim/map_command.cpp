// `memsim map`: how full each part of memory was over a run.
#include <memory>

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/campaign/scenario_run.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/view/memory_map.hpp>

#include "command_line.hpp"
#include "console.hpp"
#include "current_run.hpp"
#include "load_options.hpp"
#include "progress.hpp"
#include "source.hpp"

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

ExitCode execute(const CLI::App& subcommand, const Arguments& arguments) {
  const HostResult<Scenario> scenario = load_one(subcommand, arguments.load, arguments.file);
  if (!scenario) return report(scenario.error());
  MemoryMapView view;
  Progress progress(display_name(arguments.file), scenario->world.until);
  HostResult<World> world = World::create(scenario->world, find_deadlocks);
  if (!world) return report(world.error());
  world->records().subscribe(view);
  if (standard_error_is_terminal()) world->records().subscribe(progress);
  const StopReason reason = run_world(*scenario, *world);
  progress.finish();
  MemoryMap map = view.map();
  map.scenario = display_name(arguments.file);
  map.title = scenario->title;
  const HostResult<void> printed = print(arguments.json ? render_json(map) : render_text(map));
  if (!printed) return report(printed.error());
  const HostResult<void> ended = good_end(*scenario, *world, reason);
  return ended ? ExitCode::ok : report(ended.error());
}

}  // namespace

void add_map(CommandLine& line) {
  CLI::App& sub =
      line.add_subcommand("map", "Run a scenario and draw how full memory was, address by time.", kExamples);
  const auto arguments = std::make_shared<Arguments>();
  sub.add_option("FILE", arguments->file, "The scenario; - is standard input")->required()->type_name(kFileType);
  sub.add_flag("--json", arguments->json, "Print the frames in use of each cell as JSON")->disable_flag_override();
  add_load_options(sub, arguments->load);
  line.set_action(sub, [&sub, arguments] { return execute(sub, *arguments); });
}

}  // namespace memsim
