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
#include "campaign/sweep/first_failures.hpp"
#include "campaign/sweep/precision.hpp"

namespace memsim {

Sweep::Sweep(SweepOptions options, RunPlan plan, ResultStore store)
    : options_(std::move(options)), plan_(std::move(plan)), store_(std::move(store)), seeds_(options_.seeds) {
  for (std::size_t i = 0; i < options_.variations.size(); ++i) {
    first_seeds_.push_back(plan_.spec(i * plan_.seeds()).seed);
  }
}

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

HostResult<Sweep> Sweep::create(SweepOptions options) {
  MEMSIM_CHECK(!options.variations.empty() && !(options.precision && options.shard));
  HostResult<RunPlan> plan = plan_of_sweep(options);
  if (!plan) return Unexpected(std::move(plan).error());
  const StoreIdentity identity{std::string(version()), options.name, plan->content()};
  HostResult<ResultStore> store = ResultStore::open(options.database, identity);
  if (!store) return Unexpected(std::move(store).error());
  Sweep sweep(std::move(options), std::move(*plan), std::move(*store));
  auto ids = sweep.store_.add_variations(sweep.options_.variations, sweep.first_seeds_, sweep.seeds_);
  if (!ids) return Unexpected(std::move(ids).error());
  sweep.ids_ = std::move(*ids);
  return sweep;
}

bool Sweep::is_ours(std::size_t variation, std::uint64_t seed_number) const {
  if (!options_.shard) return true;
  return (seed_number * options_.variations.size() + variation) % options_.shard->count == options_.shard->index;
}

std::uint64_t Sweep::runs_of_shard() const {
  const std::uint64_t all = seeds_ * options_.variations.size();
  if (!options_.shard) return all;
  return all / options_.shard->count + (options_.shard->index < all % options_.shard->count ? 1 : 0);
}

// Seed by seed, so that what is there when somebody looks is as much of each variation.
HostResult<std::vector<RunSpec>> Sweep::missing() {
  std::vector<std::vector<std::uint64_t>> there;
  for (const std::int64_t id : ids_) {
    HostResult<std::vector<std::uint64_t>> seeds = store_.seeds_of(id);
    if (!seeds) return Unexpected(std::move(seeds).error());
    there.push_back(std::move(*seeds));
  }
  std::vector<RunSpec> places;
  for (std::uint64_t number = 0; number < seeds_; ++number) {
    for (std::size_t variation = 0; variation < ids_.size(); ++variation) {
      const std::uint64_t seed = first_seeds_[variation] + number;
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
  for (std::size_t variation = 0; variation < ids_.size(); ++variation) {
    const HostResult<std::vector<std::uint64_t>> seeds = store_.seeds_of(ids_[variation]);
    if (!seeds) return Unexpected(seeds.error());
    if (seeds->empty()) continue;
    const HostResult<std::optional<StoredRun>> stored = store_.find(ids_[variation], seeds->front());
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
  std::mutex mutex;
  HostError errors;
  std::size_t failed = places->size();
  make(*places, [&](std::size_t i, HostResult<RunResult>&& run) {
    const std::lock_guard lock(mutex);
    HostResult<void> put = run ? store_.put(ids_[(*places)[i].variation], *run) : HostResult<void>();
    if (run && put) {
      ++runs_made_;
      options_.on_run(!run->holds());
    } else if (i < failed) {
      failed = i;
      errors = run ? std::move(put).error() : std::move(run).error();
    }
    return errors.empty();
  });
  HostResult<void> committed = store_.commit();
  if (!errors.empty()) return Unexpected(std::move(errors));
  return committed;
}

HostResult<void> Sweep::run() {
  HostResult<void> done = run_missing();
  if (!options_.precision) return done;
  while (done) {
    const HostResult<bool> enough = is_precise();
    if (!enough) return Unexpected(enough.error());
    if (*enough) return {};
    if (seeds_ >= options_.seeds_max) {
      gave_up_ = fmt::format("--until-precise: {} seeds did not suffice", seeds_);
      return {};
    }
    // By half as many again: a round costs a look at all runs, and the last one is rarely more than a third too long.
    seeds_ = std::min(options_.seeds_max, seeds_ + std::max<std::uint64_t>(4, seeds_ / 2));
    const auto ids = store_.add_variations(options_.variations, first_seeds_, seeds_);
    if (!ids) return Unexpected(ids.error());
    done = run_missing();
  }
  return done;
}

HostResult<bool> Sweep::is_precise() {
  const std::string patterns[] = {options_.precision->measure};
  const HostResult<SweptRuns> runs = results(patterns);
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
  for (std::size_t variation = 0; variation < ids_.size(); ++variation) {
    const auto begin = static_cast<std::ptrdiff_t>(variation * seeds_);
    const auto end = begin + static_cast<std::ptrdiff_t>(seeds_);
    if (!is_precise_enough(*options_.precision,
                           std::span(measure->values.begin() + begin, measure->values.begin() + end),
                           std::span(runs->end_times.begin() + begin, runs->end_times.begin() + end))) {
      return false;
    }
  }
  return true;
}

HostResult<void> Sweep::for_each_run(const Visit& visit) {
  for (std::size_t variation = 0; variation < ids_.size(); ++variation) {
    for (std::uint64_t number = 0; number < seeds_; ++number) {
      const HostResult<std::optional<StoredRun>> run = store_.find(ids_[variation], first_seeds_[variation] + number);
      if (!run) return Unexpected(run.error());
      if (!*run) return host_failure(ExitCode::bad_input, "the runs are not all there");
      HostResult<void> visited = visit(variation, **run);
      if (!visited) return visited;
    }
  }
  return {};
}

HostResult<SweptRuns> Sweep::results(std::span<const std::string> patterns) {
  const std::size_t count = options_.variations.size() * seeds_;
  SweptRuns runs;
  std::map<std::string, std::optional<std::size_t>, std::less<>> index;  // of measures; those that fit nothing: nothing
  std::size_t at = 0;
  const HostResult<void> visited = for_each_run([&](std::size_t, const StoredRun& run) -> HostResult<void> {
    runs.end_times.push_back(run.result.end_time);
    runs.ends.push_back(run.result.end);
    runs.fingerprints.push_back(run.result.fingerprint);
    runs.failed.push_back(run.failed);
    for (const Measure& measure : run.result.measures) {
      const auto [entry, is_new] = index.try_emplace(measure.name);
      if (is_new &&
          std::any_of(patterns.begin(), patterns.end(), [&](const auto& p) { return fits(p, measure.name); })) {
        entry->second = runs.measures.size();
        runs.measures.push_back({measure, std::vector<std::optional<std::int64_t>>(count)});
      }
      if (entry->second) runs.measures[*entry->second].values[at] = measure.value;
    }
    ++at;
    return {};
  });
  if (!visited) return Unexpected(visited.error());
  return runs;
}

std::vector<std::string> axes_of(const Sweep& sweep) {
  std::vector<std::string> axes;
  for (const Variation& variation : sweep.variations()) {
    for (const Level& level : variation.levels) {
      if (std::find(axes.begin(), axes.end(), level.axis) == axes.end()) axes.push_back(level.axis);
    }
  }
  return axes;
}

}  // namespace memsim
