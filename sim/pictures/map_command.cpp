// `memsim map`: how full each part of memory was over a run.
#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <optional>

#include <memsim/campaign/run_session.hpp>
#include <memsim/host/files.hpp>
#include <memsim/host/interrupt.hpp>
#include <memsim/view/memory_map.hpp>

#include "sim/host/console.hpp"
#include "sim/host/progress.hpp"
#include "sim/host/source.hpp"
#include "sim/options/load_options.hpp"
#include "sim/pictures/commands.hpp"

namespace memsim {
namespace {

constexpr const char* kMapExamples =
    "  memsim map scenarios/half_freed.yaml\n"
    "  memsim map --until 2h --policy tlsf my.yaml\n"
    "  memsim map --by process --rows 40 my.yaml      # who has most of each column\n"
    "  memsim map --svg map.svg my.yaml               # a picture for a slide or a paper\n"
    "  memsim map --json my.yaml | jq .regions[0].rows[-1]\n";

struct MapArguments {
  std::string file;
  LoadArguments load;
  std::string rows;
  std::string columns;
  std::string by;
  std::string svg;
  bool json = false;
};

// The number that an option gives, or `otherwise` where it is not given.
HostResult<std::size_t> count_of(const char* option, const std::string& text, std::size_t otherwise) {
  constexpr std::uint64_t kMost = 1000;
  if (text.empty()) return otherwise;
  std::uint64_t count = 0;
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, count);
  if (result.ec == std::errc() && result.ptr == end && 2 <= count && count <= kMost) return std::size_t{count};
  return host_failure(ExitCode::bad_input, fmt::format("{}: expected a number from 2 to {}", option, kMost));
}

// A picture has more of both than a terminal.
HostResult<MemoryMapLimits> picture_limits(const MapArguments& arguments) {
  if (!arguments.by.empty() && arguments.by != "use") {
    return host_failure(ExitCode::bad_input, "--svg: the picture is --by use");
  }
  const HostResult<std::size_t> cells = count_of("--columns", arguments.columns, 240);
  if (!cells) return Unexpected(cells.error());
  const HostResult<std::size_t> rows = count_of("--rows", arguments.rows, 400);
  if (!rows) return Unexpected(rows.error());
  return MemoryMapLimits{*cells, *rows, false};
}

// As wide as the terminal, unless told otherwise.
HostResult<MemoryMapLimits> limits_of(const MapArguments& arguments) {
  MemoryMapLimits limits;
  if (!arguments.svg.empty()) return picture_limits(arguments);
  if (const std::optional<std::size_t> columns = terminal_columns(); columns && !arguments.json) {
    limits.cells = *columns > kMapFrame + 1 ? *columns - kMapFrame : 2;
  }
  const HostResult<std::size_t> cells = count_of("--columns", arguments.columns, limits.cells);
  if (!cells) return Unexpected(cells.error());
  const HostResult<std::size_t> rows = count_of("--rows", arguments.rows, limits.rows);
  if (!rows) return Unexpected(rows.error());
  if (!arguments.by.empty() && arguments.by != "process" && arguments.by != "use") {
    return host_failure(ExitCode::bad_input, "--by: expected 'use' or 'process'");
  }
  return MemoryMapLimits{*cells, *rows, arguments.by == "process"};
}

std::vector<std::string> by_words() { return {"use", "process"}; }
constexpr ValueType kByType{"WHAT", ValueType::Offer::words, by_words};

ExitCode execute_map(const Command& command, const MapArguments& arguments) {
  if (arguments.svg.empty() && command.is_given("--svg")) {
    return report(host_failure(ExitCode::bad_input, "--svg: the file's name is empty").error());
  }
  const HostResult<Scenario> scenario = load_one(command, arguments.load, arguments.file);
  if (!scenario) return report(scenario.error());
  const HostResult<MemoryMapLimits> limits = limits_of(arguments);
  if (!limits) return report(limits.error());
  MemoryMapView view(*limits);
  Progress progress(display_name(arguments.file), scenario->world.until);
  HostResult<RunSession> session = RunSession::create(*scenario);
  if (!session) return report(session.error());
  session->subscribe(view);
  progress.follow(session->world());
  session->subscribe(progress);
  host::catch_interrupts();
  const HostResult<ScenarioRun> run = session->run();
  progress.finish();
  if (!run) return report(run.error());
  MemoryMap map = view.map();
  map.scenario = display_name(arguments.file);
  map.title = scenario->title;
  static_cast<MadeBy&>(map) = made_by(*scenario);
  if (!arguments.svg.empty()) {
    const HostResult<void> written = host::replace_file(arguments.svg, render_svg(map));
    if (!written) return report(written.error());
  }
  const bool is_printed = arguments.json || arguments.svg.empty();
  const HostResult<void> printed =
      is_printed ? print(arguments.json ? render_json(map) : render_text(map)) : HostResult<void>();
  if (!printed) return report(printed.error());
  return run->bad_end ? report({*run->bad_end}) : ExitCode::ok;
}

}  // namespace

void add_map(Command& program) {
  Command& sub =
      program.add_command("map", "Run a scenario and draw how full memory was, address by time.", kMapExamples);
  const auto arguments = std::make_shared<MapArguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "The scenario; - is standard input");
  sub.add_value("--rows", arguments->rows, kNumberType, "Rows of each picture; 24 unless given");
  sub.add_value("--columns", arguments->columns, kNumberType,
                "Columns of each picture; what fits the terminal unless given, or 64");
  sub.add_value("--by", arguments->by, kByType,
                "What a column shows: use, how full it is; process, who has most of it");
  sub.add_value("--svg", arguments->svg, kFileType, "Write the picture there as SVG, instead of printing it");
  sub.add_flag("--json", arguments->json, "Print the frames in use of each cell as JSON");
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_map(sub, *arguments); });
}

}  // namespace memsim
