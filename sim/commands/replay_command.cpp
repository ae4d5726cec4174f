// `memsim replay`: a recorded trace under any policy, and its end beside the recorded one. It is `memsim run` of the
// scenario that a trace stands for, with options for what such a scenario mostly needs.
#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "sim/commands/commands.hpp"
#include "sim/commands/run.hpp"
#include "sim/commands/trace_options.hpp"
#include "sim/host/console.hpp"
#include "sim/options/value_types.hpp"

namespace memsim {
namespace {

constexpr const char* kReplayExamples =
    "  memsim replay build.trace.xz --start build.before --against build.after\n"
    "  memsim replay build.trace.xz --start build.before --layer zone --against build.after\n"
    "  memsim replay day.trace.zst --memory 2GiB --policy tlsf      # without a start state, in fresh memory\n"
    "  memsim replay day.yaml --against day.after                   # a scenario with a background\n";

struct ReplayArguments : RunArguments {
  std::string start;
  std::string against;
  std::string layer;
  std::string zone = "Normal";
  std::string memory;
  std::string every;
  bool merged = false;
  bool no_decay = false;
};

// A file as a path from the folder of another.
std::string beside(const std::string& file, const std::string& other) {
  namespace fs = std::filesystem;
  return fs::absolute(file).lexically_proximate(fs::absolute(other).parent_path().lexically_normal()).string();
}

// What the options set in the scenario, before what --set does.
std::vector<Override> overrides_of(const Command& command, const ReplayArguments& arguments) {
  std::vector<Override> set;
  const auto add = [&](const char* option, const char* path, const std::string& value) {
    if (!value.empty()) set.push_back({path, value, fmt::format("{} {}", option, value)});
  };
  if (!arguments.start.empty()) {
    set.push_back({"machine.start.lists", beside(arguments.start, arguments.run.files.front()),
                   fmt::format("--start {}", arguments.start)});
    add("--zone", "machine.start.zone", arguments.zone);
  }
  add("--memory", "machine.regions[0].size", arguments.memory);
  add("--layer", "background[0].layer", arguments.layer);
  add("--every", "record.every", arguments.every);
  if (arguments.no_decay) set.push_back({"background[0].housekeeping", "false", "--no-decay"});
  if (is_trace_name(arguments.run.files.front()) && !command.is_given("--policy")) set.push_back({"policy", "linux"});
  return set;
}

HostResult<void> finish(const Command& command, ReplayArguments& arguments) {
  HostResult<void> read = read_run_arguments(command, arguments);
  if (!read) return read;
  const std::vector<Override> own = overrides_of(command, arguments);
  arguments.run.load.set.insert(arguments.run.load.set.begin(), own.begin(), own.end());
  if (arguments.run.seeds > 0 && !arguments.against.empty()) {
    return host_failure(ExitCode::bad_input, "--seeds tells many runs together; --against is of one",
                        "give one of the seeds with --seed");
  }
  return {};
}

ExitCode execute_replay(const Command& command, ReplayArguments& arguments) {
  const HostResult<void> finished = finish(command, arguments);
  if (!finished) return report(finished.error());
  RecordingReport recording;
  if (!arguments.against.empty()) {
    HostResult<RecordedState> against = read_recorded_state(arguments.against, arguments.zone);
    if (!against) return report(against.error());
    recording = RecordingReport(std::move(*against), arguments.against, arguments.merged);
  }
  arguments.run.recording = &recording;
  return run_scenarios(arguments.run);
}

}  // namespace

void add_replay(Command& program) {
  Command& sub = program.add_command(
      "replay", "Play a recorded trace under a policy, and compare its end with the recorded one.", kReplayExamples);
  const auto arguments = std::make_shared<ReplayArguments>();
  std::vector<std::string>& files = arguments->run.files;
  files.resize(1);
  sub.add_argument("FILE", files.front(), kFileType,
                   "A trace of memsim's own or a pal-trace, compressed or not (docs/traces.md), or a scenario with a "
                   "background");
  sub.add_value("--start", arguments->start, kFileType,
                "The recorded free lists to start from: the name before .blocks");
  sub.add_value("--against", arguments->against, kFileType, "The recorded free lists to compare the end with");
  sub.add_value("--layer", arguments->layer, kTextType,
                "page: what callers asked for; zone: what passed under the zone's lock; page");
  sub.add_value("--zone", arguments->zone, kTextType, "The zone of the recorded lists; Normal");
  sub.add_value("--memory", arguments->memory, kNumberType, "Fresh memory of this size instead of a start state");
  sub.add_value("--every", arguments->every, kTimeType, "Time between samples; 1s; 0 for none");
  sub.add_flag("--merged", arguments->merged, "Compare with the lists per processor merged into the blocks");
  sub.add_flag("--no-decay", arguments->no_decay,
               "Leave out what the kernel did besides to the lists per processor, once a second and in interrupts");
  add_run_arguments(sub, *arguments);
  sub.set_action([&sub, arguments] { return execute_replay(sub, *arguments); });
}

}  // namespace memsim
