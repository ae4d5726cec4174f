// `memsim attack`: the worst that a scenario leaves room for.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/attack/attack.hpp>
#include <memsim/host/files.hpp>
#include <memsim/host/interrupt.hpp>

#include "sim/host/console.hpp"
#include "sim/host/source.hpp"
#include "sim/many/commands.hpp"
#include "sim/options/job_option.hpp"
#include "sim/options/load_options.hpp"
#include "sim/options/value_types.hpp"

namespace memsim {
namespace {

constexpr const char* kAttackExamples =
    "  memsim attack my.yaml --policy tlsf --hurt allocations/contiguous_failed --budget 1000 > worst.yaml\n"
    "  memsim attack my.yaml --hurt probe/big/first_failure_ns -o worst.yaml\n";

struct AttackArguments {
  std::string file;
  std::string measure;
  std::string budget;
  std::string out;
  std::string jobs;
  LoadArguments load;
};

HostResult<AttackOptions> options_of(const Command& command, const AttackArguments& arguments, ScenarioSource& source) {
  AttackOptions options;
  if (!command.is_given("--hurt")) {
    return host_failure(ExitCode::bad_input, "--hurt: which measure?", "for example probe/big/first_failure_ns");
  }
  options.measure = arguments.measure;
  if (command.is_given("--output") && arguments.out.empty()) {
    return host_failure(ExitCode::bad_input, "--output: the file's name is empty");
  }
  if (command.is_given("--budget")) {
    const Parsed<std::uint64_t> budget = parse_unsigned(arguments.budget);
    if (!budget) return host_failure(ExitCode::bad_input, fmt::format("--budget: {}", budget.error()));
    options.budget = *budget;
  }
  const HostResult<unsigned> jobs = jobs_of(command, arguments.jobs);
  if (!jobs) return Unexpected(jobs.error());
  options.jobs = *jobs;
  HostResult<LoadOptions> load = load_options_of(command, arguments.load);
  if (!load) return Unexpected(std::move(load).error());
  options.load = std::move(*load);
  options.load.store = source.store();
  HostResult<std::string> path = source.path_of(arguments.file, options.load);
  if (!path) return Unexpected(std::move(path).error());
  options.path = std::move(*path);
  return options;
}

// What somebody needs who finds the file a year later. Comments, so it loads as it stands.
std::string head_of(const Attack& attack, const AttackArguments& arguments) {
  std::vector<std::string> words = words_of(arguments.load);
  if (attack.seed) words.push_back(fmt::format("--seed {}", *attack.seed));
  return fmt::format(
      "# memsim attack: {} is {} here, {} as it was; the worst of {} runs.\n{}", attack.worst.name,
      measure_text(attack.worst), measure_text(attack.before), attack.runs,
      words.empty() ? "" : escaped_for_terminal(fmt::format("# Run it with: {}", fmt::join(words, " "))) + "\n");
}

ExitCode execute_attack(const Command& command, const AttackArguments& arguments) {
  ScenarioSource source;
  HostResult<AttackOptions> options = options_of(command, arguments, source);
  if (!options) return report(options.error());
  const auto text = source.store()->read(options->path, options->load.caps.bytes);
  if (!text) return report(text.error());
  host::catch_interrupts();
  const HostResult<Attack> found = attack(**text, *options);
  if (!found) return report(found.error());
  const std::string worst = head_of(*found, arguments) + found->text;
  const HostResult<void> written = arguments.out.empty() ? print(worst) : host::replace_file(arguments.out, worst);
  if (!written) return report(written.error());
  inform(fmt::format("{}: from {} to {}, by the choice of {} draws{}, in {} runs", found->worst.name,
                     measure_text(found->before), measure_text(found->worst), found->draws,
                     found->is_seed_free ? " and of the seed" : "", found->runs));
  return ExitCode::ok;
}

}  // namespace

void add_attack(Command& program) {
  Command& sub = program.add_command(
      "attack", "Choose the draws of a scenario so that a measure comes out as badly as can be found.",
      kAttackExamples);
  const auto arguments = std::make_shared<AttackArguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "The scenario; - is standard input");
  sub.add_value("--hurt", arguments->measure, kMeasureType,
                "The measure, by its whole name: low where more is better, else high");
  sub.add_value("--budget", arguments->budget, kNumberType, "Runs at most; 1000 if not given");
  sub.add_value("-o,--output", arguments->out, kFileType, "Write the scenario there, not to standard output");
  add_jobs_option(sub, arguments->jobs);
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute_attack(sub, *arguments); });
}

}  // namespace memsim
