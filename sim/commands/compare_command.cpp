// `memsim compare`: policies side by side.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include <memsim/campaign/compare.hpp>
#include <memsim/campaign/scenario_files.hpp>
#include <memsim/host/interrupt.hpp>
#include <memsim/view/database/stored_runs.hpp>

#include "sim/commands/commands.hpp"
#include "sim/host/campaign_progress.hpp"
#include "sim/host/console.hpp"
#include "sim/options/format_option.hpp"
#include "sim/options/job_option.hpp"
#include "sim/options/load_options.hpp"
#include "sim/options/value_types.hpp"
#include "sim/report/compare_pages.hpp"

namespace memsim {
namespace {

constexpr ValueType kAxisType{"PATH=V1,V2"};

constexpr const char* kCompareExamples =
    "  memsim compare my.yaml --policy buddy:placement=lifo --policy buddy:placement=lowest\n"
    "  memsim compare my.yaml --policy A --policy B --seeds 20      # with confidence intervals\n"
    "  memsim compare my.yaml --vary machine.regions[0].size=64MiB,128MiB\n"
    "  memsim compare my.yaml --policy A --policy B --measure 'probe/*' --measure 'latency_ns/*/p99'\n"
    "  memsim compare my.yaml --policy A --policy B --seeds 20 --report compare.html\n"
    "  memsim compare scenarios --policy A --policy B --format csv > table.csv\n"
    "  memsim compare runs.db                                       # what 'memsim run --db runs.db' stored\n";

struct CompareArguments {
  std::vector<std::string> paths;
  std::vector<std::string> policies;
  std::vector<std::string> vary;
  std::vector<std::string> measures;
  std::string seeds;
  std::string jobs;
  FormatArguments format;
  bool quiet = false;
  std::string report;
  LoadArguments load;
};

HostResult<std::vector<Variation>> contestants_of(const CompareArguments& arguments) {
  std::vector<Axis> axes;
  if (!arguments.policies.empty()) {
    HostResult<Axis> policies = policy_axis(arguments.policies);
    if (!policies) return Unexpected(std::move(policies).error());
    axes.push_back(std::move(*policies));
  }
  for (const std::string& text : arguments.vary) {
    HostResult<Axis> axis = parse_axis(text);
    if (!axis) return Unexpected(std::move(axis).error());
    axes.push_back(std::move(*axis));
  }
  HostResult<std::vector<Variation>> contestants = combinations_of(axes);
  if (contestants && contestants->size() < 2) {
    return host_failure(ExitCode::bad_input,
                        "a comparison needs two policies or other variations: give --policy twice, or --vary",
                        "for example --policy buddy:placement=lifo --policy buddy:placement=lowest");
  }
  return contestants;
}

HostResult<CompareOptions> options_of(const Command& command, const CompareArguments& arguments) {
  CompareOptions options;
  HostResult<std::vector<Variation>> contestants = contestants_of(arguments);
  if (!contestants) return Unexpected(std::move(contestants).error());
  options.contestants = std::move(*contestants);
  const HostResult<std::uint64_t> seeds = seeds_of(command, arguments.seeds);
  if (!seeds) return Unexpected(seeds.error());
  options.seeds = std::max<std::uint64_t>(1, *seeds);
  HostResult<LoadOptions> load = load_options_of(command, arguments.load);
  if (!load) return Unexpected(std::move(load).error());
  options.load = std::move(*load);
  options.load.store = std::make_shared<host::FileStore>();  // a page that is made later is of the same files
  const HostResult<unsigned> jobs = jobs_of(command, arguments.jobs);
  if (!jobs) return Unexpected(jobs.error());
  options.jobs = *jobs;
  HostResult<FoundScenarios> found = find_scenarios(arguments.paths);
  if (!found) return Unexpected(std::move(found).error());
  if (const std::string passed_over = passed_over_text(*found); !passed_over.empty()) warn(passed_over);
  options.scenarios = std::move(found->scenarios);
  options.measures = arguments.measures;
  return options;
}

ExitCode show(const HostResult<std::vector<Comparison>>& comparisons, TableFormat format) {
  if (!comparisons) return report(comparisons.error());
  const HostResult<void> printed =
      print(render_comparisons(*comparisons, format, terminal_columns().value_or(std::string::npos)));
  return printed ? ExitCode::ok : report(printed.error());
}

// What makes runs has no meaning where they are made already.
HostResult<void> check_only_stored(const Command& command, const CompareArguments& arguments) {
  for (const std::string& path : arguments.paths) {
    if (is_database(path)) continue;
    return host_failure(ExitCode::bad_input, fmt::format("'{}' is no database", escaped_for_terminal(path)),
                        "compare databases, or scenarios");
  }
  for (const char* option : {"--policy", "--vary", "--seeds", "--set", "--seed", "--until", "--report"}) {
    if (!command.is_given(option)) continue;
    return host_failure(ExitCode::bad_input, fmt::format("{} has no effect on runs of a database", option),
                        std::string_view(option) == "--report" ? "memsim report FILE.db makes their pages" : "");
  }
  return {};
}

ExitCode execute_compare(const Command& command, const CompareArguments& arguments) {
  const HostResult<TableFormat> format = format_of(command, arguments.format);
  if (!format) return report(format.error());
  if (std::any_of(arguments.paths.begin(), arguments.paths.end(), is_database)) {
    const HostResult<void> possible = check_only_stored(command, arguments);
    if (!possible) return report(possible.error());
    return show(compare_stored(arguments.paths, arguments.measures), *format);
  }
  HostResult<CompareOptions> options = options_of(command, arguments);
  if (!options) return report(options.error());
  if (command.is_given("--report")) {
    const HostResult<void> possible = prepare_pages(*options, arguments.report);
    if (!possible) return report(possible.error());
  }
  const std::uint64_t runs = options->scenarios.size() * options->contestants.size() * options->seeds;
  host::catch_interrupts();
  HostResult<std::vector<Comparison>> comparisons = std::vector<Comparison>{};
  {
    CampaignProgress progress("compare", runs, runs, standard_error_is_terminal() && !arguments.quiet);
    options->on_run = [&progress] { progress.done(1, false); };
    comparisons = compare(*options);
  }
  if (!comparisons) return report(comparisons.error());
  if (command.is_given("--report")) {
    const HostResult<void> written = write_pages(*options, *comparisons, arguments.report);
    if (!written) return report(written.error());
  }
  return show(comparisons, *format);
}

}  // namespace

void add_compare(Command& program) {
  Command& sub = program.add_command(
      "compare", "Run scenarios under several policies with the same draws, and put their measures side by side.",
      kCompareExamples);
  const auto arguments = std::make_shared<CompareArguments>();
  sub.add_arguments(
      "PATH", arguments->paths, kScenarioType,
      "Scenarios, and folders to look for scenarios in; or databases of 'memsim run --db', whose runs are compared");
  sub.add_list("-p,--policy", arguments->policies, kPolicyType,
               "A policy to compare, as NAME or NAME:OPTION=VALUE,...; the first is what the others are compared with");
  sub.add_list("--vary", arguments->vary, kAxisType,
               "Values of the scenario to compare, by their path as with --set; repeated: every combination");
  add_seeds_option(sub, arguments->seeds);
  sub.add_list("-m,--measure", arguments->measures, kMeasureType,
               "Measures to show, a pattern with * and ?; by default the most telling");
  add_format_option(sub, arguments->format);
  sub.add_value("--report", arguments->report, kFileType,
                "Write one page with the table, how long each served, and the run of the first seed under each");
  add_jobs_option(sub, arguments->jobs);
  sub.add_flag("-q,--quiet", arguments->quiet, "No progress on a terminal");
  arguments->load.takes_policy = false;
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_compare(sub, *arguments); });
}

}  // namespace memsim
