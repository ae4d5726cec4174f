#include <memsim/campaign/attack/attack.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <memsim/base/check.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/campaign/parallel.hpp>
#include <memsim/campaign/run_session.hpp>

#include "campaign/attack/tapes.hpp"

namespace memsim {
namespace {

constexpr std::size_t kGeneration = 16;
constexpr std::size_t kPatience = 8;  // generations

bool is_interrupted(const HostError& error) { return exit_code(error) == ExitCode::interrupted; }

// Nothing where the run has no such measure, or came to no good end.
HostResult<std::optional<Measure>> measured(const std::string& text, const AttackOptions& options) {
  HostResult<Scenario> scenario = parse_scenario(text, options.path, options.load);
  if (!scenario) return Unexpected(std::move(scenario).error());
  const HostResult<ScenarioRun> run = run_scenario(*scenario, {}, CappedRuns::keep);
  if (!run) return Unexpected(run.error());
  if (run->bad_end && run->bad_end->code == ExitCode::interrupted) return Unexpected(HostError{*run->bad_end});
  const auto found = std::find_if(run->measures.begin(), run->measures.end(),
                                  [&](const Measure& measure) { return measure.name == options.measure; });
  if (run->bad_end || found == run->measures.end()) return std::optional<Measure>();
  return std::optional(*found);
}

bool hurts_more(const Measure& one, const Measure& other) {
  return one.better == Better::higher ? one.value < other.value : one.value > other.value;
}

class Attacker {
 public:
  Attacker(std::string_view text, const AttackOptions& options, TapeMaker maker, const Measure& before)
      : text_(text), options_(options), maker_(std::move(maker)), worst_(before), tapes_(maker_.size()) {}

  HostResult<void> run() {
    // The run as it is stands for nothing to begin with: it has no tapes to change.
    std::optional<Measure> here;
    Tapes tapes;
    for (std::size_t idle = 0; runs_ < options_.budget; ++idle) {
      if (idle == kPatience) here.reset();
      std::vector<Tapes> generation = next_generation(here.has_value(), tapes);
      const HostResult<std::vector<std::optional<Measure>>> found = run_all(generation);
      if (!found) return Unexpected(found.error());
      const std::size_t best = best_of(*found);
      if (!(*found)[best]) continue;
      const Measure& measure = *(*found)[best];
      if (!here || hurts_more(measure, *here)) idle = 0;
      if (here && hurts_more(*here, measure)) continue;
      here = measure;
      tapes = std::move(generation[best]);
      if (hurts_more(measure, worst_)) {
        worst_ = measure;
        tapes_ = tapes;
      }
    }
    return {};
  }

  [[nodiscard]] Attack result(const Measure& before) const {
    return {maker_.written(text_, tapes_), before, worst_, runs_, maker_.size()};
  }

 private:
  std::vector<Tapes> next_generation(bool has_one, const Tapes& tapes) {
    std::vector<Tapes> generation;
    const std::uint64_t left = options_.budget - runs_;
    while (generation.size() < std::min<std::uint64_t>(kGeneration, left)) {
      generation.push_back(has_one ? maker_.changed(tapes) : maker_.drawn_anew());
    }
    return generation;
  }

  HostResult<std::vector<std::optional<Measure>>> run_all(const std::vector<Tapes>& generation) {
    std::vector<std::optional<Measure>> found(generation.size());
    HostError errors;
    run_in_order(
        generation.size(), options_.jobs,
        [&](std::size_t i) { return measured(maker_.written(text_, generation[i]), options_); },
        [&](std::size_t i, HostResult<std::optional<Measure>>&& run) {
          if (run) {
            found[i] = std::move(*run);
          } else if (is_interrupted(run.error()) || exit_code(run.error()) == ExitCode::host_failed) {
            errors = std::move(run).error();
          }
          options_.on_run(++runs_);
          return errors.empty();
        });
    if (!errors.empty()) return Unexpected(std::move(errors));
    return found;
  }

  // The first of those that hurt most.
  static std::size_t best_of(const std::vector<std::optional<Measure>>& found) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < found.size(); ++i) {
      if (found[i] && (!found[best] || hurts_more(*found[i], *found[best]))) best = i;
    }
    return best;
  }

  std::string_view text_;
  const AttackOptions& options_;
  TapeMaker maker_;
  Measure worst_;
  Tapes tapes_;
  std::uint64_t runs_ = 0;
};

}  // namespace

HostResult<Attack> attack(std::string_view text, const AttackOptions& options) {
  MEMSIM_CHECK(options.jobs > 0);
  HostResult<std::vector<DrawSite>> sites = draws_in(text, options.path, options.load);
  if (!sites) return Unexpected(std::move(sites).error());
  const HostResult<Scenario> scenario = parse_scenario(text, options.path, options.load);
  if (!scenario) return Unexpected(scenario.error());
  const std::string name = escaped_for_terminal(options.path);
  if (sites->empty()) {
    return host_failure(ExitCode::bad_input, fmt::format("{}: it leaves nothing to chance", name),
                        "an attack chooses the draws that stand in braces, such as {uniform: [4KiB, 64KiB]}");
  }
  const HostResult<std::optional<Measure>> before = measured(std::string(text), options);
  if (!before) return Unexpected(before.error());
  if (!*before) {
    return host_failure(ExitCode::bad_input,
                        fmt::format("{}: it has no measure '{}'", name, escaped_for_terminal(options.measure)),
                        "memsim sweep --format csv lists all; docs/output.md says what they are");
  }
  TapeMaker maker(std::move(*sites), RandomStream::derive(scenario->world.seed, {"attack"}));
  Attacker attacker(text, options, std::move(maker), **before);
  const HostResult<void> done = attacker.run();
  if (!done) return Unexpected(done.error());
  return attacker.result(**before);
}

}  // namespace memsim
