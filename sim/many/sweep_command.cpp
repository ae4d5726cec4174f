// `memsim sweep`: a scenario over a design of variations and seeds, its results kept in a database.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/sweep/sweep.hpp>
#include <memsim/campaign/sweep/sweep_report.hpp>
#include <memsim/host/files.hpp>
#include <memsim/host/interrupt.hpp>
#include <memsim/view/value_text.hpp>

#include "sim/host/campaign_progress.hpp"
#include "sim/host/console.hpp"
#include "sim/host/source.hpp"
#include "sim/many/commands.hpp"
#include "sim/many/sweep_crew.hpp"
#include "sim/options/format_option.hpp"
#include "sim/options/job_option.hpp"
#include "sim/options/load_options.hpp"
#include "sim/options/value_types.hpp"
#include "sim/report/report_pages.hpp"
#include "sim/report/sweep_page.hpp"

namespace memsim {
namespace {

constexpr std::uint64_t kManyRuns = UINT64_C(1) << 40;  // with --many: all that a machine can count through
constexpr std::uint64_t kDesignBytesMax = 64 << 20;

constexpr const char* kSweepExamples =
    "  memsim sweep my.yaml --vary machine.regions[0].size=64MiB..256MiB*2 --seeds 50 --db results.db\n"
    "  memsim sweep my.yaml --vary policy=buddy,tlsf,linux --vary machine.cpus=1..4+1 --dry-run\n"
    "  memsim sweep my.yaml --vary seed=1..9+2 --format csv > runs.csv\n"
    "  memsim sweep my.yaml --policy A --policy B --until-precise 'share(probe/big/first_failure_ns)=5%'\n"
    "  memsim sweep my.yaml --seeds 1000 --db part3.db --shard 3/16   # one of sixteen; then memsim merge\n";

constexpr ValueType kAxisType{"PATH=V1,V2"};
constexpr ValueType kShardType{"K/N"};
constexpr ValueType kPrecisionType{"MEASURE=P%"};
const ValueType kTableType{"TABLE", ValueType::Offer::words, [] {
                             return std::vector<std::string>{"runs", "survival", "curves", "measures", "sensitivity"};
                           }};

struct SweepArguments {
  std::string file;
  std::vector<std::string> vary;
  std::vector<std::string> policies;
  std::string design;
  std::string sample;
  std::string seeds;
  std::string seeds_max;
  std::string precision;
  std::string database;
  std::string shard;
  std::string at;
  std::string jobs;
  FormatArguments format;
  std::string table = "runs";
  std::string report;
  std::vector<std::string> measures;
  bool dry_run = false;
  bool many = false;
  bool quiet = false;
  LoadArguments load;
};

HostResult<std::vector<Axis>> axes_of(const SweepArguments& arguments) {
  std::vector<Axis> axes;
  std::set<std::string> names;
  if (!arguments.policies.empty()) {
    HostResult<Axis> policies = policy_axis(arguments.policies);
    if (!policies) return Unexpected(std::move(policies).error());
    axes.push_back(std::move(*policies));
    names.insert("policy");
  }
  for (const std::string& text : arguments.vary) {
    HostResult<Axis> axis = parse_axis(text);
    if (!axis) return Unexpected(std::move(axis).error());
    const std::string& name = axis->front().levels.front().axis;
    if (!names.insert(name).second) return wrong_usage(fmt::format("{} is varied twice", escaped_for_terminal(name)));
    axes.push_back(std::move(*axis));
  }
  return axes;
}

HostResult<std::vector<Variation>> variations_of(const Command& command, const SweepArguments& arguments) {
  const HostResult<std::vector<Axis>> axes = axes_of(arguments);
  if (!axes) return Unexpected(axes.error());
  if (command.is_given("--design")) {
    if (!axes->empty() || command.is_given("--sample")) {
      return wrong_usage("--design has all that varies: it goes with no --vary, --policy, --sample");
    }
    const HostResult<std::string> csv = host::read_file(arguments.design, kDesignBytesMax);
    return csv ? parse_design(*csv, arguments.design) : Unexpected(csv.error());
  }
  if (!command.is_given("--sample")) return combinations_of(*axes);
  if (axes->empty()) return wrong_usage("--sample draws from what --vary gives");
  const Parsed<std::uint64_t> count = parse_unsigned(arguments.sample);
  if (!count) return wrong_usage(fmt::format("--sample: {}", count.error()));
  return sampled_combinations(*axes, *count);
}

template <class Value>
HostResult<Value> chosen(const char* option, const std::string& text, const ValueType& type) {
  const std::vector<std::string> words = type.words();
  const auto word = std::find(words.begin(), words.end(), text);
  if (word != words.end()) return static_cast<Value>(word - words.begin());
  return wrong_usage(fmt::format("{}: there is no '{}'", option, escaped_for_terminal(text)),
                     fmt::format("expected one of: {}", fmt::join(words, ", ")));
}

HostResult<SweepReportOptions> report_options_of(const Command& command, const SweepArguments& arguments) {
  SweepReportOptions options;
  const HostResult<TableFormat> format = format_of(command, arguments.format);
  if (!format) return Unexpected(format.error());
  const auto table = chosen<SweepTable>("--table", arguments.table, kTableType);
  if (!table) return Unexpected(table.error());
  if (command.is_given("--table") && *format != TableFormat::csv) return wrong_usage("--table goes with --format csv");
  options.format = *format;
  options.table = *table;
  options.measures = arguments.measures;
  if (command.is_given("--at")) {
    const Parsed<SimDuration> at = parse_duration(arguments.at);
    if (!at) return wrong_usage(fmt::format("--at: {}", at.error()));
    options.at = SimTime(at->count());
  }
  return options;
}

HostResult<void> read_precision(const Command& command, const SweepArguments& arguments, SweepOptions& options) {
  constexpr std::uint64_t kSeedsFirst = 10;
  constexpr std::uint64_t kSeedsMax = 1000;
  if (!command.is_given("--until-precise")) {
    if (command.is_given("--max-seeds")) return wrong_usage("--max-seeds goes with --until-precise");
    return {};
  }
  if (options.shard) return wrong_usage("--until-precise looks at all runs: it goes with no --shard");
  HostResult<Precision> precision = parse_precision(arguments.precision);
  if (!precision) return Unexpected(std::move(precision).error());
  options.precision = std::move(*precision);
  if (!command.is_given("--seeds")) options.seeds = kSeedsFirst;
  options.seeds_max = std::max(options.seeds, kSeedsMax);
  if (!command.is_given("--max-seeds")) return {};
  const Parsed<std::uint64_t> most = parse_unsigned(arguments.seeds_max);
  if (!most) return wrong_usage(fmt::format("--max-seeds: {}", most.error()));
  if (*most < options.seeds || *most > RunPlan::kRunsMax) {
    return wrong_usage(fmt::format("--max-seeds: expected a number from {} to {}", options.seeds, RunPlan::kRunsMax));
  }
  options.seeds_max = *most;
  return {};
}

HostResult<SweepOptions> sweep_options_of(const Command& command, const SweepArguments& arguments,
                                          ScenarioSource& source) {
  SweepOptions options;
  if (command.is_given("--db") && arguments.database.empty()) return wrong_usage("--db: the file's name is empty");
  options.database = arguments.database;
  if (command.is_given("--shard")) {
    const HostResult<Shard> shard = parse_shard(arguments.shard);
    if (!shard) return Unexpected(shard.error());
    if (!command.is_given("--db") && !arguments.dry_run) {
      return wrong_usage("--shard needs --db: a part is no result, until it is merged with the others");
    }
    options.shard = *shard;
  }
  const HostResult<std::uint64_t> seeds = seeds_of(command, arguments.seeds);
  if (!seeds) return Unexpected(seeds.error());
  options.seeds = std::max<std::uint64_t>(1, *seeds);
  const HostResult<void> precise = read_precision(command, arguments, options);
  if (!precise) return Unexpected(precise.error());
  const HostResult<unsigned> jobs = jobs_of(command, arguments.jobs);
  if (!jobs) return Unexpected(jobs.error());
  options.jobs = *jobs;
  HostResult<LoadOptions> load = load_options_of(command, arguments.load);
  if (!load) return Unexpected(std::move(load).error());
  HostResult<std::vector<Variation>> variations = variations_of(command, arguments);
  if (!variations) return Unexpected(std::move(variations).error());
  options.variations = std::move(*variations);
  options.runs_max = arguments.many ? kManyRuns : RunPlan::kRunsMax;
  options.load = std::move(*load);
  options.load.store = source.store();
  HostResult<std::string> path = source.path_of(arguments.file, options.load);
  if (!path) return Unexpected(std::move(path).error());
  options.scenario = std::move(*path);
  options.name = display_name(arguments.file);
  return options;
}

// Before anything is read: what is asked for may be more than was meant.
HostResult<void> check_count(const SweepOptions& options) {
  const std::uint64_t seeds = options.precision ? options.seeds_max : options.seeds;
  if (seeds <= options.runs_max / options.variations.size()) return {};
  return wrong_usage(fmt::format("{} variations under {} seeds each are more than {} runs", options.variations.size(),
                                 seeds, options.runs_max),
                     "vary less, draw from it with --sample, or say --many");
}

HostResult<void> list_runs(const SweepOptions& options) {
  std::string text =
      fmt::format("{} under {} each: {}\n", counted(options.variations.size(), "variation"),
                  counted(options.seeds, "seed"), counted(options.variations.size() * options.seeds, "run"));
  for (const Variation& variation : options.variations) {
    text += ' ' + (variation.name.empty() ? "as it is" : escaped_for_terminal(variation.name)) + '\n';
  }
  return print(text);
}

HostResult<void> sweep_and_report(SweepOptions options, const SweepArguments& arguments,
                                  const SweepReportOptions& report) {
  std::optional<CampaignProgress> progress;
  std::uint64_t to_run = 0;
  const bool is_shown = standard_error_is_terminal() && !arguments.quiet;
  options.on_round = [&](std::uint64_t runs, std::uint64_t) {
    to_run += runs;
    progress.emplace("sweep", runs, runs, is_shown);
  };
  options.on_run = [&](bool is_bad) { progress->done(1, is_bad); };
  const std::optional<Shard> shard = options.shard;
  HostResult<Sweep> sweep = Sweep::create(std::move(options));
  if (!sweep) return Unexpected(std::move(sweep).error());
  HostResult<void> done = sweep->run();
  progress.reset();
  if (!done) {
    const bool can_go_on = !arguments.database.empty() && exit_code(done.error()) == ExitCode::interrupted;
    HostError error = std::move(done).error();
    if (can_go_on) error.front().help = "the same command goes on where it was";
    return Unexpected(std::move(error));
  }
  if (!shard) {
    HostResult<void> told = write_report(sweep->results(), report, [](std::string_view piece) { return print(piece); });
    return !told || arguments.report.empty() ? told : write_sweep_page(sweep->results(), report, arguments.report);
  }
  return print(fmt::format("shard {}/{}: {} runs are in {}, {} of them made now\n", shard->index + 1, shard->count,
                           sweep->runs_of_shard(), escaped_for_terminal(arguments.database), sweep->runs_made()));
}

// Before the first run.
HostResult<void> check_page(const Command& command, const SweepArguments& arguments) {
  if (!command.is_given("--report")) return {};
  if (arguments.report.empty()) return wrong_usage("--report: the file's name is empty");
  if (command.is_given("--shard")) return wrong_usage("--report tells of all runs: it goes with no --shard");
  return ReportPages::check_program();
}

// What a crew cannot do.
HostResult<void> check_crew(const Command& command, const SweepArguments& arguments) {
  if (arguments.file == "-") return wrong_usage("each rank reads the scenario: give a file, not standard input");
  if (command.is_given("--jobs")) return wrong_usage("--jobs: the ranks are the jobs", "mpirun -n N says how many");
  return {};
}

ExitCode execute_sweep(const Command& command, const SweepArguments& arguments, SweepCrew* crew) {
  const HostResult<SweepReportOptions> format = report_options_of(command, arguments);
  if (!format) return report(format.error());
  ScenarioSource source;
  HostResult<SweepOptions> options = sweep_options_of(command, arguments, source);
  if (!options) return report(options.error());
  HostResult<void> checked = check_count(*options);
  if (checked) checked = check_page(command, arguments);
  if (!checked) return report(checked.error());
  if (arguments.dry_run) {
    const HostResult<void> listed = list_runs(*options);
    return listed ? ExitCode::ok : report(listed.error());
  }
  host::catch_interrupts();
  if (crew != nullptr) {
    checked = check_crew(command, arguments);
    if (!checked) return report(checked.error());
    if (!crew->leads()) return crew->help(plan_of_sweep(*options)), ExitCode::ok;
    options->distribute = [crew](const RunPlan& plan, std::span<const RunSpec> runs, const TakeRun& take) {
      crew->distribute(plan, runs, take);
    };
  }
  const HostResult<void> done = sweep_and_report(std::move(*options), arguments, *format);
  return done ? ExitCode::ok : report(done.error());
}

void add_design_options(Command& sub, SweepArguments& arguments) {
  sub.add_list("--vary", arguments.vary, kAxisType,
               "Values of the scenario, by their path as with --set; ranges as 1MiB..64MiB*2 and 0..100+10; repeated: "
               "every combination");
  sub.add_list("-p,--policy", arguments.policies, kPolicyType,
               "A policy, as NAME or NAME:OPTION=VALUE,...; repeated: policies to vary");
  sub.add_value("--design", arguments.design, kFileType,
                "Variations from a CSV file: paths in the first line, a variation in each other");
  sub.add_value("--sample", arguments.sample, kNumberType,
                "So many of the combinations, spread evenly over each axis (a Latin hypercube)");
  add_seeds_option(sub, arguments.seeds);
  sub.add_value("--until-precise", arguments.precision, kPrecisionType,
                "Add seeds until the 95 % interval of this measure is so narrow: its mean, median(MEASURE), "
                "share(MEASURE)");
  sub.add_value("--max-seeds", arguments.seeds_max, kNumberType,
                "With --until-precise: seeds at most; 1000 if not given");
  sub.add_flag("--many", arguments.many, "Allow more than a million runs");
  sub.add_flag("--dry-run", arguments.dry_run, "Run nothing; list what would be");
}

void add(Command& program, SweepCrew* crew) {
  Command& sub = program.add_command(
      "sweep", "Run a scenario over many variations and seeds, keep the results, and tell what matters.",
      kSweepExamples);
  const auto arguments = std::make_shared<SweepArguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "The scenario; - is standard input");
  add_design_options(sub, *arguments);
  sub.add_value("--db", arguments->database, kFileType,
                "Keep the results in this SQLite database; what is there already is not run again");
  sub.add_value("--shard", arguments->shard, kShardType, "Make only the K-th of N parts of the runs");
  sub.add_value("--at", arguments->at, kTimeType, "The moment of the survival; by default the last observed");
  sub.add_list("-m,--measure", arguments->measures, kMeasureType,
               "Measures to show, a pattern with * and ?; by default the most telling");
  add_format_option(sub, arguments->format);
  sub.add_value("--table", arguments->table, kTableType,
                "What a CSV is of: runs, survival, curves, measures or sensitivity");
  sub.add_value("--report", arguments->report, kFileType, "Write a page to look at, too, as memsim report");
  add_jobs_option(sub, arguments->jobs);
  sub.add_flag("-q,--quiet", arguments->quiet, "No progress on a terminal");
  arguments->load.takes_policy = false;
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments, crew] { return execute_sweep(sub, *arguments, crew); });
}

}  // namespace

void add_sweep(Command& program) { add(program, nullptr); }

void add_sweep_of(Command& program, SweepCrew& crew) { add(program, crew.has_helpers() ? &crew : nullptr); }

}  // namespace memsim
