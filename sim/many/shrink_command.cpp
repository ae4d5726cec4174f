// `memsim shrink`: the smallest scenario that still does it.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/shrink.hpp>
#include <memsim/host/files.hpp>
#include <memsim/host/interrupt.hpp>

#include "sim/host/console.hpp"
#include "sim/host/source.hpp"
#include "sim/many/commands.hpp"
#include "sim/options/load_options.hpp"

namespace memsim {
namespace {

constexpr const char* kShrinkExamples =
    "  memsim shrink my.yaml --keep 'exit 1' > small.yaml\n"
    "  memsim shrink my.yaml --keep 'expect[2] fails' -o small.yaml\n"
    "  memsim shrink my.yaml --keep 'record allocation_failed' --budget 500\n";
constexpr ValueType kKeepType{"WHAT"};

struct ShrinkArguments {
  std::string file;
  std::string keep;
  std::string budget;
  std::string out;
  LoadArguments load;
};

HostResult<ShrinkOptions> options_of(const Command& command, const ShrinkArguments& arguments, ScenarioSource& source) {
  ShrinkOptions options;
  if (!command.is_given("--keep")) {
    return host_failure(ExitCode::bad_input, "--keep: what is to stay?",
                        "exit 0, exit 1 or exit 3; expect[2] fails; record allocation_failed");
  }
  options.keep = arguments.keep;
  if (command.is_given("--output") && arguments.out.empty()) {
    return host_failure(ExitCode::bad_input, "--output: the file's name is empty");
  }
  if (command.is_given("--budget")) {
    const Parsed<std::uint64_t> budget = parse_unsigned(arguments.budget);
    if (!budget) return host_failure(ExitCode::bad_input, fmt::format("--budget: {}", budget.error()));
    options.budget = *budget;
  }
  HostResult<LoadOptions> load = load_options_of(command, arguments.load);
  if (!load) return Unexpected(std::move(load).error());
  options.load = std::move(*load);
  options.load.store = source.store();
  HostResult<std::string> path = source.path_of(arguments.file, options.load);
  if (!path) return Unexpected(std::move(path).error());
  options.path = std::move(*path);
  return options;
}

ExitCode execute_shrink(const Command& command, const ShrinkArguments& arguments) {
  ScenarioSource source;
  HostResult<ShrinkOptions> options = options_of(command, arguments, source);
  if (!options) return report(options.error());
  const auto text = source.store()->read(options->path, options->load.caps.bytes);
  if (!text) return report(text.error());
  host::catch_interrupts();
  const HostResult<Shrunk> shrunk = shrink(**text, *options);
  if (!shrunk) return report(shrunk.error());
  const HostResult<void> written =
      arguments.out.empty() ? print(shrunk->text) : host::replace_file(arguments.out, shrunk->text);
  if (!written) return report(written.error());
  inform(fmt::format("from {} lines and {} events to {} lines and {} events, in {} runs{}", shrunk->lines[0],
                     shrunk->events[0], shrunk->lines[1], shrunk->events[1], shrunk->runs,
                     shrunk->is_complete ? "" : "; --budget is used up"));
  return ExitCode::ok;
}

}  // namespace

void add_shrink(Command& program) {
  Command& sub = program.add_command("shrink", "Make a scenario as small as it can be while it still does something.",
                                     kShrinkExamples);
  const auto arguments = std::make_shared<ShrinkArguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "The scenario; - is standard input");
  sub.add_value("--keep", arguments->keep, kKeepType,
                "What must stay: exit N, as memsim run would end; expect[N] fails, counted from 0; record KIND");
  sub.add_value("--budget", arguments->budget, kNumberType, "Runs at most; 2000 if not given");
  sub.add_value("-o,--output", arguments->out, kFileType, "Write the scenario there, not to standard output");
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_shrink(sub, *arguments); });
}

}  // namespace memsim
