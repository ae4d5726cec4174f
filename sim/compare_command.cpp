// `memsim compare`: policies side by side.
#include <fmt/format.h>

#include <memory>
#include <set>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/compare.hpp>
#include <memsim/campaign/scenario_files.hpp>

#include "campaign_progress.hpp"
#include "command_line.hpp"
#include "console.hpp"
#include "current_run.hpp"
#include "job_option.hpp"
#include "load_options.hpp"

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  memsim compare my.yaml --policy buddy:placement=lifo --policy buddy:placement=lowest\n"
    "  memsim compare my.yaml --policy A --policy B --seeds 20      # with confidence intervals\n"
    "  memsim compare my.yaml --policy A --policy B --measure 'probe/*' --measure 'latency_ns/*/p99'\n"
    "  memsim compare scenarios --policy A --policy B --format csv > table.csv\n";

struct Arguments {
  std::vector<std::string> paths;
  std::vector<std::string> policies;
  std::vector<std::string> measures;
  std::string seeds;
  std::string jobs;
  std::string format = "text";
  bool json = false;
  bool quiet = false;
  LoadArguments load;
};

HostResult<std::vector<Contestant>> contestants_of(const std::vector<std::string>& policies) {
  std::vector<Contestant> contestants;
  std::set<std::string> names;
  for (const std::string& policy : policies) {
    HostResult<std::vector<Override>> overrides = policy_overrides_of(policy);
    if (!overrides) return Unexpected(std::move(overrides).error());
    if (!names.insert(policy).second) {
      return host_failure(ExitCode::bad_input, fmt::format("--policy {} is given twice", escaped_for_terminal(policy)));
    }
    contestants.push_back({policy, std::move(*overrides)});
  }
  if (contestants.size() < 2) {
    return host_failure(ExitCode::bad_input, "a comparison needs two policies or more: give --policy twice",
                        "for example --policy buddy:placement=lifo --policy buddy:placement=lowest");
  }
  return contestants;
}

HostResult<std::uint64_t> seeds_of(const CLI::App& subcommand, const std::string& text) {
  if (subcommand.count("--seeds") == 0) return std::uint64_t{1};
  const Parsed<std::uint64_t> seeds = parse_unsigned(text);
  if (!seeds) return host_failure(ExitCode::bad_input, fmt::format("--seeds: {}", seeds.error()));
  if (*seeds > 0 && *seeds <= kComparedRunsMax) return *seeds;
  return host_failure(ExitCode::bad_input, fmt::format("--seeds: expected a number from 1 to {}", kComparedRunsMax));
}

HostResult<CompareFormat> format_of(const CLI::App& subcommand, const Arguments& arguments) {
  if (arguments.json && subcommand.count("--format") > 0) {
    return host_failure(ExitCode::bad_input, "--json and --format exclude each other");
  }
  if (arguments.json) return CompareFormat::json;
  const std::string& text = arguments.format;
  for (const auto& [name, format] :
       {std::pair("text", CompareFormat::text), std::pair("markdown", CompareFormat::markdown),
        std::pair("csv", CompareFormat::csv), std::pair("json", CompareFormat::json)}) {
    if (text == name) return format;
  }
  return host_failure(ExitCode::bad_input, fmt::format("--format: there is no format '{}'", escaped_for_terminal(text)),
                      "expected text, markdown, csv or json");
}

HostResult<CompareOptions> options_of(const CLI::App& subcommand, const Arguments& arguments) {
  CompareOptions options;
  HostResult<std::vector<Contestant>> contestants = contestants_of(arguments.policies);
  if (!contestants) return Unexpected(std::move(contestants).error());
  options.contestants = std::move(*contestants);
  const HostResult<std::uint64_t> seeds = seeds_of(subcommand, arguments.seeds);
  if (!seeds) return Unexpected(seeds.error());
  options.seeds = *seeds;
  HostResult<LoadOptions> load = load_options_of(subcommand, arguments.load);
  if (!load) return Unexpected(std::move(load).error());
  options.load = std::move(*load);
  const HostResult<unsigned> jobs = jobs_of(subcommand, arguments.jobs);
  if (!jobs) return Unexpected(jobs.error());
  options.jobs = *jobs;
  HostResult<std::vector<std::string>> scenarios = find_scenarios(arguments.paths);
  if (!scenarios) return Unexpected(std::move(scenarios).error());
  options.scenarios = std::move(*scenarios);
  options.measures = arguments.measures;
  options.runner = run_world;
  return options;
}

ExitCode execute(const CLI::App& subcommand, const Arguments& arguments) {
  const HostResult<CompareFormat> format = format_of(subcommand, arguments);
  if (!format) return report(format.error());
  HostResult<CompareOptions> options = options_of(subcommand, arguments);
  if (!options) return report(options.error());
  const std::uint64_t runs = options->scenarios.size() * options->contestants.size() * options->seeds;
  HostResult<std::vector<Comparison>> comparisons = std::vector<Comparison>{};
  {
    CampaignProgress progress("compare", runs, runs, standard_error_is_terminal() && !arguments.quiet);
    options->on_run = [&progress] { progress.done(1, false); };
    comparisons = compare(*options);
  }
  if (!comparisons) return report(comparisons.error());
  const HostResult<void> printed = print(render_comparisons(*comparisons, *format));
  return printed ? ExitCode::ok : report(printed.error());
}

}  // namespace

void add_compare(CommandLine& line) {
  CLI::App& sub = line.add_subcommand(
      "compare", "Run scenarios under several policies with the same draws, and put their measures side by side.",
      kExamples);
  const auto arguments = std::make_shared<Arguments>();
  sub.add_option("PATH", arguments->paths, "Scenarios, and folders to look for scenarios in")
      ->required()
      ->type_name(kFileType);
  const auto add_list = [&](const char* name, std::vector<std::string>& target, const char* description,
                            const char* type) {
    sub.add_option(name, target, description)->type_name(type)->take_all()->allow_extra_args(false);
  };
  add_list("--policy", arguments->policies,
           "A policy to compare, as NAME or NAME:OPTION=VALUE,...; the first is what the others are compared with",
           kPolicyType);
  sub.add_option("--seeds", arguments->seeds, "Run each under so many seeds, the scenario's and those that follow it")
      ->type_name("N");
  add_list("--measure", arguments->measures,
           "Measures to show, a pattern with * and ?; may be repeated; by default the most telling", "PATTERN");
  sub.add_option("--format", arguments->format, "text, markdown, csv or json")->type_name("FORMAT");
  sub.add_flag("--json", arguments->json, "The same as --format json")->disable_flag_override();
  add_jobs_option(sub, arguments->jobs);
  sub.add_flag("--quiet", arguments->quiet, "No progress on a terminal")->disable_flag_override();
  arguments->load.takes_policy = false;
  add_load_options(sub, arguments->load);
  line.set_action(sub, [&sub, arguments] { return execute(sub, *arguments); });
}

}  // namespace memsim
