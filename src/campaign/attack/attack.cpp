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

// All that is measured of a run; nothing where it came to no good end.
HostResult<std::vector<Measure>> all_measured(const std::string& text, std::optional<std::uint64_t> seed,
                                              const AttackOptions& options) {
  LoadOptions load = options.load;
  if (seed) load.seed = seed;
  HostResult<Scenario> scenario = parse_scenario(text, options.path, load);
  if (!scenario) return Unexpected(std::move(scenario).error());
  HostResult<ScenarioRun> run = run_scenario(*scenario, {}, CappedRuns::keep);
  if (!run) return Unexpected(std::move(run).error());
  if (run->bad_end && run->bad_end->code == ExitCode::interrupted) return Unexpected(HostError{*run->bad_end});
  return run->bad_end ? std::vector<Measure>() : std::move(run->measures);
}

// The one that is to be hurt; nothing where the run has no such measure.
HostResult<std::optional<Measure>> measured(const std::string& text, std::optional<std::uint64_t> seed,
                                            const AttackOptions& options) {
  const HostResult<std::vector<Measure>> all = all_measured(text, seed, options);
  if (!all) return Unexpected(all.error());
  const auto found =
      std::find_if(all->begin(), all->end(), [&](const Measure& measure) { return measure.name == options.measure; });
  return found == all->end() ? std::optional<Measure>() : std::optional(*found);
}

// Whether the seed decides something beyond the draws that tapes stand for: which branch is taken, where pages of the
// start lie. Looks at a few.
HostResult<bool> does_seed_decide(std::string_view text, const std::vector<DrawSite>& sites, std::uint64_t seed,
                                  const AttackOptions& options) {
  constexpr std::uint64_t kSeedsTried = 4;
  const bool is_given = options.load.seed || std::any_of(options.load.set.begin(), options.load.set.end(),
                                                         [](const Override& set) { return set.path == "seed"; });
  if (is_given) return false;
  std::string taped(text);
  if (!sites.empty()) {
    TapeMaker maker(sites, false, RandomStream::derive(seed, {"attack", "seeds"}));
    taped = maker.written(text, maker.drawn_anew().tapes);
  }
  std::optional<std::vector<Measure>> first;
  for (std::uint64_t i = 0; i < kSeedsTried; ++i) {
    HostResult<std::vector<Measure>> all = all_measured(taped, seed + i, options);
    if (!all && is_interrupted(all.error())) return Unexpected(std::move(all).error());
    if (!all) return false;
    if (first && *first != *all) return true;
    first = std::move(*all);
  }
  return false;
}

// The scenario with another seed in it, where its text takes a line for that.
std::optional<std::string> with_seed(const std::string& text, std::uint64_t seed, const AttackOptions& options) {
  const std::string line = fmt::format("seed: {}\n", seed);
  const std::string around = '\n' + text;
  std::string changed;
  if (const std::size_t at = around.find("\nseed:"); at != std::string::npos) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1);
    changed = text.substr(0, at) + line + text.substr(end + 1);
  } else if (const std::size_t first = around.find("\nmemsim:"); first != std::string::npos) {
    changed = text.substr(0, first) + line + text.substr(first);
  }
  const HostResult<Scenario> scenario = parse_scenario(changed, options.path, options.load);
  return scenario && scenario->world.seed == seed ? std::optional(std::move(changed)) : std::nullopt;
}

bool hurts_more(const Measure& one, const Measure& other) {
  return one.better == Better::higher ? one.value < other.value : one.value > other.value;
}

class Attacker {
 public:
  Attacker(std::string_view text, const AttackOptions& options, TapeMaker maker, const Measure& before)
      : text_(text), options_(options), maker_(std::move(maker)), worst_(before), choice_{Tapes(maker_.size()), {}} {}

  HostResult<void> run() {
    // The run as it is stands for nothing to begin with: it has no tapes to change.
    std::optional<Measure> here;
    ChosenDraws choice;
    for (std::size_t idle = 0; runs_ < options_.budget; ++idle) {
      if (idle == kPatience) here.reset();
      std::vector<ChosenDraws> generation = next_generation(here.has_value(), choice);
      const HostResult<std::vector<std::optional<Measure>>> found = run_all(generation);
      if (!found) return Unexpected(found.error());
      const std::size_t best = best_of(*found);
      if (!(*found)[best]) continue;
      const Measure& measure = *(*found)[best];
      if (!here || hurts_more(measure, *here)) idle = 0;
      if (here && hurts_more(*here, measure)) continue;
      here = measure;
      choice = std::move(generation[best]);
      if (hurts_more(measure, worst_)) {
        worst_ = measure;
        choice_ = choice;
      }
    }
    return {};
  }

  [[nodiscard]] Attack result(const Measure& before) const {
    Attack attack{maker_.written(text_, choice_.tapes),
                  before,
                  worst_,
                  runs_,
                  maker_.size(),
                  maker_.chooses_seed(),
                  choice_.seed};
    if (!attack.seed) return attack;
    if (std::optional<std::string> whole = with_seed(attack.text, *attack.seed, options_)) {
      attack.text = std::move(*whole);
      attack.seed.reset();
    }
    return attack;
  }

 private:
  std::vector<ChosenDraws> next_generation(bool has_one, const ChosenDraws& choice) {
    std::vector<ChosenDraws> generation;
    const std::uint64_t left = options_.budget - runs_;
    while (generation.size() < std::min<std::uint64_t>(kGeneration, left)) {
      generation.push_back(has_one ? maker_.changed(choice) : maker_.drawn_anew());
    }
    return generation;
  }

  HostResult<std::vector<std::optional<Measure>>> run_all(const std::vector<ChosenDraws>& generation) {
    std::vector<std::optional<Measure>> found(generation.size());
    HostError errors;
    run_in_order(
        generation.size(), options_.jobs,
        [&](std::size_t i) {
          return measured(maker_.written(text_, generation[i].tapes), generation[i].seed, options_);
        },
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
  ChosenDraws choice_;
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
  const HostResult<bool> is_seed_free = does_seed_decide(text, *sites, scenario->world.seed, options);
  if (!is_seed_free) return Unexpected(is_seed_free.error());
  if (sites->empty() && !*is_seed_free) {
    return host_failure(
        ExitCode::bad_input, fmt::format("{}: it leaves nothing to chance", name),
        "an attack chooses the draws that stand in braces, such as {uniform: [4KiB, 64KiB]}, and the seed where "
        "that decides more than they do");
  }
  const HostResult<std::optional<Measure>> before = measured(std::string(text), {}, options);
  if (!before) return Unexpected(before.error());
  if (!*before) {
    return host_failure(ExitCode::bad_input,
                        fmt::format("{}: it has no measure '{}'", name, escaped_for_terminal(options.measure)),
                        "memsim sweep --format csv lists all; docs/output.md says what they are");
  }
  TapeMaker maker(std::move(*sites), *is_seed_free, RandomStream::derive(scenario->world.seed, {"attack"}));
  Attacker attacker(text, options, std::move(maker), **before);
  const HostResult<void> done = attacker.run();
  if (!done) return Unexpected(done.error());
  return attacker.result(**before);
}

}  // namespace memsim
