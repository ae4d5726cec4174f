#include <memsim/campaign/run_plan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include <memsim/base/check.hpp>

#include <memsim/engine/fingerprint.hpp>
#include <memsim/engine/version.hpp>

#include "campaign/run/exhaustion.hpp"

namespace memsim {
namespace {

// A loaded scenario is some hundred KiB: so many are kept, others are made from their text for each run.
constexpr std::size_t kKeptMax = 256;

}  // namespace

RunPlan::RunPlan(std::vector<std::string> scenarios, std::vector<Variation> variations, std::uint64_t seeds,
                 LoadOptions load)
    : scenarios_(std::move(scenarios)), variations_(std::move(variations)), seeds_(seeds), load_(std::move(load)) {}

HostResult<RunPlan> RunPlan::create(std::vector<std::string> scenarios, std::vector<Variation> variations,
                                    std::uint64_t seeds, LoadOptions load, std::uint64_t runs_max) {
  MEMSIM_CHECK(seeds > 0 && !variations.empty());
  const std::uint64_t runs_of_a_seed = std::max<std::uint64_t>(1, scenarios.size() * variations.size());
  if (seeds > runs_max / runs_of_a_seed) {
    return host_failure(ExitCode::bad_input, fmt::format("that is more than {} runs", runs_max), "ask for fewer seeds");
  }
  if (load.store == nullptr) load.store = std::make_shared<host::FileStore>();
  RunPlan plan(std::move(scenarios), std::move(variations), seeds, std::move(load));
  HostError errors;
  for (std::size_t i = 0; i < plan.scenarios_.size(); ++i) {
    for (std::size_t j = 0; j < plan.variations_.size(); ++j) {
      HostResult<Scenario> loaded = plan.load(i, j);
      if (!loaded) {
        errors.insert(errors.end(), loaded.error().begin(), loaded.error().end());
        break;  // under the next variation it would mostly be wrong in the same way
      }
      plan.first_seeds_.push_back(loaded->world.seed);
      const bool is_kept = j == 0 || plan.loaded_.size() < kKeptMax;
      plan.loaded_.push_back(is_kept ? std::make_shared<const Scenario>(std::move(*loaded)) : nullptr);
    }
  }
  if (!errors.empty()) return Unexpected(std::move(errors));
  return plan;
}

HostResult<Scenario> RunPlan::load(std::size_t scenario, std::size_t variation) const {
  LoadOptions options = load_;
  const std::vector<Override>& varied = variations_[variation].set;
  options.set.insert(options.set.end(), varied.begin(), varied.end());
  return load_scenario(scenarios_[scenario], options);
}

std::size_t RunPlan::size() const { return scenarios_.size() * variations_.size() * seeds_; }

RunSpec RunPlan::spec(std::size_t index) const {
  const std::size_t place = index / seeds_;
  // Modulo 2^64: a seed is any number.
  return {place / variations_.size(), place % variations_.size(), first_seeds_[place] + index % seeds_};
}

const Scenario& RunPlan::scenario(std::size_t index) const { return *loaded_[index * variations_.size()]; }

HostResult<Scenario> RunPlan::scenario_of(const RunSpec& spec) const {
  return unless_memory_ends(scenarios_[spec.scenario], [&]() -> HostResult<Scenario> {
    const std::shared_ptr<const Scenario>& kept = loaded_[spec.scenario * variations_.size() + spec.variation];
    HostResult<Scenario> scenario = kept != nullptr ? HostResult<Scenario>(*kept) : load(spec.scenario, spec.variation);
    if (scenario) scenario->world.seed = spec.seed;
    return scenario;
  });
}

HostResult<RunResult> RunPlan::run(const RunSpec& spec, CappedRuns capped, std::span<RecordSink* const> sinks) const {
  HostResult<Scenario> scenario = scenario_of(spec);
  if (!scenario) return Unexpected(std::move(scenario).error());
  HostResult<ScenarioRun> run = run_scenario(*scenario, sinks, capped);
  if (run) return result_of(std::move(*run));
  HostError error = std::move(run).error();
  if (seeds_ > 1) error.front().message += fmt::format(" (seed {})", spec.seed);
  if (variations_.size() > 1) {
    error.front().message += fmt::format(" ({})", escaped_for_terminal(variations_[spec.variation].name));
  }
  return Unexpected(std::move(error));
}

ScenarioOrigin RunPlan::origin(std::size_t scenario) const {
  ScenarioOrigin origin{std::string(version()), this->scenario(scenario).content, {}};
  for (const Override& changed : load_.set) origin.overridden.push_back({changed.path, changed.value});
  if (load_.seed) origin.overridden.push_back({"seed", fmt::format("{}", *load_.seed)});
  if (load_.until) origin.overridden.push_back({"until", *load_.until});
  return origin;
}

std::uint64_t RunPlan::content() const {
  ByteHasher hasher;
  const auto add = [&hasher](std::string_view text) {
    const std::string size = fmt::format("{}:", text.size());  // so that no two lists of texts look alike
    hasher.add(std::as_bytes(std::span(size)));
    hasher.add(std::as_bytes(std::span(text)));
  };
  const std::string folder = std::filesystem::path(scenarios_.front()).parent_path().string();
  load_.store->visit([&](const std::string& path, std::string_view bytes) {
    // The same below another folder is the same.
    const bool is_beside = !folder.empty() && path.starts_with(folder);
    const bool is_scenario = std::find(scenarios_.begin(), scenarios_.end(), path) != scenarios_.end();
    add(is_scenario && scenarios_.size() == 1 ? "" : is_beside ? std::string_view(path).substr(folder.size()) : path);
    add(bytes);
  });
  for (const Override& changed : load_.set) {
    add(changed.path);
    add(changed.value);
  }
  add(load_.seed ? fmt::format("seed {}", *load_.seed) : "");
  add(load_.until ? "until " + *load_.until : "");
  return hasher.value();
}

}  // namespace memsim
