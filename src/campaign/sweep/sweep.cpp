#include <memsim/campaign/sweep/sweep.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/campaign/parallel.hpp>
#include <memsim/engine/version.hpp>
#include <memsim/view/value_text.hpp>

#include "campaign/measures/measure_pattern.hpp"
#include "campaign/store/store_writer.hpp"
#include "campaign/sweep/first_failures.hpp"
#include "campaign/sweep/precision.hpp"

namespace memsim {

Sweep::Sweep(SweepOptions options, RunPlan plan, SweepResults results)
    : options_(std::move(options)), plan_(std::move(plan)), results_(std::move(results)) {}

HostResult<RunPlan> plan_of_sweep(const SweepOptions& options) {
  const std::uint64_t seeds = options.precision ? std::max(options.seeds, options.seeds_max) : options.seeds;
  return RunPlan::create({options.scenario}, options.variations, seeds, options.load, options.runs_max);
}

HostResult<RunResult> run_of_sweep(const RunPlan& plan, const RunSpec& spec) {
  FirstFailures failures;
  RecordSink* const sinks[] = {&failures};
  HostResult<RunResult> run = plan.run(spec, CappedRuns::keep, sinks);
  if (run) failures.append_to(run->measures);
  return run;
}

namespace {

SweptScenario about(const RunPlan& plan) {
  const Scenario& scenario = plan.scenario(0);
  const ScenarioOrigin origin = plan.origin(0);
  SweptScenario about{scenario.title, origin.content, {}, {}};
  for (const SettingSummary& setting : origin.overridden) about.overridden.emplace_back(setting.name, setting.value);
  for (const ProbeConfig& probe : scenario.world.record.probes) {
    const bool is_contiguous = probe.contiguity == Contiguity::contiguous;
    about.probes[probe.name] =
        fmt::format("a {} {}", is_contiguous ? "contiguous" : "scattered", format_size_human(probe.size));
  }
  return about;
}

}  // namespace

HostResult<Sweep> Sweep::create(SweepOptions options) {
  MEMSIM_CHECK(!options.variations.empty() && !(options.precision && options.shard));
  HostResult<RunPlan> plan = plan_of_sweep(options);
  if (!plan) return Unexpected(std::move(plan).error());
  SweepDesign design{options.name, about(*plan), plan->origin(0), options.variations, {}, options.seeds, {}};
  for (std::size_t i = 0; i < options.variations.size(); ++i) {
    design.first_seeds.push_back(plan->spec(i * plan->seeds()).seed);
  }
  const StoreIdentity identity{std::string(version()), options.name, plan->content(), design.scenario};
  HostResult<ResultStore> store = ResultStore::open(options.database, identity);
  if (!store) return Unexpected(std::move(store).error());
  auto ids = store->add_variations(design.variations, design.first_seeds, design.seeds);
  if (!ids) return Unexpected(std::move(ids).error());
  return Sweep(std::move(options), std::move(*plan),
               SweepResults(std::move(design), std::move(*store), std::move(*ids)));
}

bool Sweep::is_ours(std::size_t variation, std::uint64_t seed_number) const {
  if (!options_.shard) return true;
  return (seed_number * options_.variations.size() + variation) % options_.shard->count == options_.shard->index;
}

std::uint64_t Sweep::runs_of_shard() const {
  const std::uint64_t all = results_.design_.seeds * options_.variations.size();
  if (!options_.shard) return all;
  return all / options_.shard->count + (options_.shard->index < all % options_.shard->count ? 1 : 0);
}

// Seed by seed, so that what is there when somebody looks is as much of each variation.
HostResult<std::vector<RunSpec>> Sweep::missing() {
  std::vector<std::vector<std::uint64_t>> there;
  for (const std::int64_t id : results_.ids_) {
    HostResult<std::vector<std::uint64_t>> seeds = results_.store_.seeds_of(id);
    if (!seeds) return Unexpected(std::move(seeds).error());
    there.push_back(std::move(*seeds));
  }
  std::vector<RunSpec> places;
  for (std::uint64_t number = 0; number < results_.design_.seeds; ++number) {
    for (std::size_t variation = 0; variation < results_.ids_.size(); ++variation) {
      const std::uint64_t seed = results_.design_.first_seeds[variation] + number;
      const bool is_there = std::binary_search(there[variation].begin(), there[variation].end(), seed);
      if (is_ours(variation, number) && !is_there) places.push_back({0, variation, seed});
    }
  }
  return places;
}

void Sweep::make(std::span<const RunSpec> runs, const TakeRun& take) const {
  if (options_.distribute != nullptr) return options_.distribute(plan_, runs, take);
  std::atomic<bool> goes_on = true;
  run_parallel(runs.size(), options_.jobs, [&](std::size_t i) {
    if (goes_on && !take(i, run_of_sweep(plan_, runs[i]))) goes_on = false;
  });
}

// A program that was built anew may bear the same version and make other runs.
HostResult<void> Sweep::check_one_again() {
  if (std::exchange(is_checked_, true)) return {};
  for (std::size_t variation = 0; variation < results_.ids_.size(); ++variation) {
    const HostResult<std::vector<std::uint64_t>> seeds = results_.store_.seeds_of(results_.ids_[variation]);
    if (!seeds) return Unexpected(seeds.error());
    if (seeds->empty()) continue;
    const HostResult<std::optional<StoredRun>> stored = results_.store_.find(results_.ids_[variation], seeds->front());
    if (!stored) return Unexpected(stored.error());
    const HostResult<RunResult> again = run_of_sweep(plan_, {0, variation, seeds->front()});
    if (!again) return Unexpected(again.error());
    if (again->fingerprint == (*stored)->result.fingerprint) return {};
    return host_failure(
        ExitCode::bad_input,
        fmt::format("{}: its runs were made by another build of memsim {}: of seed {} this one makes {} "
                    "where it has {}",
                    escaped_for_terminal(options_.database), version(), seeds->front(),
                    fingerprint_text(again->fingerprint), fingerprint_text((*stored)->result.fingerprint)),
        "go on with the build that made them, or give another file");
  }
  return {};
}

HostResult<void> Sweep::run_missing() {
  const HostResult<std::vector<RunSpec>> places = missing();
  if (!places) return Unexpected(places.error());
  options_.on_round(places->size(), runs_of_shard());
  if (places->empty()) return {};
  HostResult<void> checked = check_one_again();
  if (!checked) return checked;
  // As they come, so that a crash costs nothing that was waiting for its turn. Runs start in order: the first of those
  // that failed is the same whatever the number of jobs.
  StoreWriter writer(results_.store_);
  std::mutex mutex;
  HostError errors;
  std::size_t failed = places->size();
  make(*places, [&](std::size_t i, HostResult<RunResult>&& run) {
    const bool is_put = run && writer.put(results_.ids_[(*places)[i].variation], *run);
    const std::lock_guard lock(mutex);
    if (is_put) {
      ++runs_made_;
      options_.on_run(!run->holds());
    } else if (!run && i < failed) {
      failed = i;
      errors = std::move(run).error();
    }
    return is_put && errors.empty();
  });
  HostResult<void> kept = writer.finish();
  return errors.empty() ? std::move(kept) : Unexpected(std::move(errors));
}

HostResult<void> Sweep::run() {
  HostResult<void> done = run_missing();
  if (!options_.precision) return done;
  while (done) {
    const HostResult<bool> enough = is_precise();
    if (!enough) return Unexpected(enough.error());
    if (*enough) return {};
    if (results_.design_.seeds >= options_.seeds_max) {
      results_.design_.notes.push_back(fmt::format("--until-precise: {} seeds did not suffice", results_.seeds()));
      return {};
    }
    // By half as many again: a round costs a look at all runs, and the last one is rarely more than a third too long.
    results_.design_.seeds =
        std::min(options_.seeds_max, results_.design_.seeds + std::max<std::uint64_t>(4, results_.design_.seeds / 2));
    const auto ids =
        results_.store_.add_variations(options_.variations, results_.design_.first_seeds, results_.design_.seeds);
    if (!ids) return Unexpected(ids.error());
    done = run_missing();
  }
  return done;
}

HostResult<bool> Sweep::is_precise() {
  const std::string patterns[] = {options_.precision->measure};
  const HostResult<SweptRuns> runs = results_.runs(patterns);
  if (!runs) return Unexpected(runs.error());
  const auto measure = std::find_if(runs->measures.begin(), runs->measures.end(), [&](const SweptMeasure& swept) {
    return swept.kind.name == options_.precision->measure;
  });
  if (measure == runs->measures.end()) {
    return host_failure(
        ExitCode::bad_input,
        fmt::format("--until-precise: no run has a measure '{}'", escaped_for_terminal(options_.precision->measure)),
        "memsim sweep --format csv lists all; docs/output.md says what they are");
  }
  for (std::size_t variation = 0; variation < results_.ids_.size(); ++variation) {
    const auto begin = static_cast<std::ptrdiff_t>(variation * results_.design_.seeds);
    const auto end = begin + static_cast<std::ptrdiff_t>(results_.design_.seeds);
    if (!is_precise_enough(*options_.precision,
                           std::span(measure->values.begin() + begin, measure->values.begin() + end),
                           std::span(runs->end_times.begin() + begin, runs->end_times.begin() + end))) {
      return false;
    }
  }
  return true;
}

}  // namespace memsim
