#include <memsim/campaign/sweep/sweep_results.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include <memsim/campaign/paired_difference.hpp>
#include <memsim/view/value_text.hpp>

#include "campaign/measures/measure_pattern.hpp"

namespace memsim {

SweepResults::SweepResults(SweepDesign design, ResultStore store, std::vector<std::int64_t> ids)
    : design_(std::move(design)), store_(std::move(store)), ids_(std::move(ids)) {}

namespace {

// How many seeds are there without a gap, from the first on; seeds go round at 2^64.
std::uint64_t seeds_in_a_row(const std::vector<std::uint64_t>& there, std::uint64_t first) {
  const auto begin = std::lower_bound(there.begin(), there.end(), first);
  std::uint64_t count = 0;
  for (auto seed = begin; seed != there.end() && *seed == first + count; ++seed) ++count;
  const bool goes_round = count > 0 && first + count == 0;
  for (auto seed = there.begin(); goes_round && seed != begin && *seed == first + count; ++seed) ++count;
  return count;
}

}  // namespace

HostResult<SweepResults> SweepResults::open(const std::string& database) {
  HostResult<ResultStore> store = ResultStore::open_to_read(database);
  if (!store) return Unexpected(std::move(store).error());
  const StoreIdentity& identity = store->identity();
  SweepDesign design{identity.scenario, identity.about, {identity.version, identity.about.content, {}}, {}, {}, 0, {}};
  for (const auto& [name, value] : identity.about.overridden) design.origin.overridden.push_back({name, value});
  HostResult<std::vector<ResultStore::StoredVariation>> variations = store->variations();
  if (!variations) return Unexpected(std::move(variations).error());
  std::vector<std::int64_t> ids;
  for (ResultStore::StoredVariation& stored : *variations) {
    const HostResult<std::vector<std::uint64_t>> there = store->seeds_of(stored.id);
    if (!there) return Unexpected(there.error());
    const std::uint64_t seeds = seeds_in_a_row(*there, stored.first_seed);
    if (seeds == 0) continue;
    design.seeds = ids.empty() ? seeds : std::min(design.seeds, seeds);
    ids.push_back(stored.id);
    design.first_seeds.push_back(stored.first_seed);
    design.variations.push_back(std::move(stored.variation));
  }
  if (ids.empty()) {
    return host_failure(ExitCode::bad_input, fmt::format("{}: no run is there yet", escaped_for_terminal(database)),
                        "memsim sweep makes them");
  }
  const HostResult<ResultStore::Missing> missing = store->missing(0);
  if (!missing) return Unexpected(missing.error());
  const std::uint64_t told = design.seeds * design.variations.size();
  if (told < missing->asked) {
    design.notes.push_back(fmt::format("{} of {} runs are told of: those whose seeds are there under all variations",
                                       told, missing->asked));
  }
  return SweepResults(std::move(design), std::move(*store), std::move(ids));
}

HostResult<void> SweepResults::for_each_run(const Visit& visit) {
  for (std::size_t variation = 0; variation < ids_.size(); ++variation) {
    for (std::uint64_t number = 0; number < design_.seeds; ++number) {
      const HostResult<std::optional<StoredRun>> run =
          store_.find(ids_[variation], design_.first_seeds[variation] + number);
      if (!run) return Unexpected(run.error());
      if (!*run) return host_failure(ExitCode::bad_input, "the runs are not all there");
      HostResult<void> visited = visit(variation, **run);
      if (!visited) return visited;
    }
  }
  return {};
}

namespace {

// The values of the measures that fit a pattern. Names are looked at once for each layout.
class ChosenMeasures {
 public:
  ChosenMeasures(std::span<const std::string> patterns, std::size_t runs) : patterns_(patterns), runs_(runs) {}

  void add(std::size_t at, const StoredRun& run) {
    for (const auto& [place, measure] : chosen_of(*run.layout)) measures_[measure].values[at] = run.values[place];
  }
  [[nodiscard]] std::vector<SweptMeasure> take() { return std::move(measures_); }

 private:
  using Chosen = std::vector<std::pair<std::size_t, std::size_t>>;  // a place in a layout, and the measure's here

  const Chosen& chosen_of(const MeasureLayout& layout) {
    if (layout.number >= chosen_.size()) chosen_.resize(layout.number + 1);
    std::optional<Chosen>& chosen = chosen_[layout.number];
    if (chosen) return *chosen;
    chosen.emplace();
    for (std::size_t place = 0; place < layout.kinds.size(); ++place) {
      const Measure& kind = layout.kinds[place];
      const auto fits_it = [&](const std::string& pattern) { return fits(pattern, kind.name); };
      if (std::none_of(patterns_.begin(), patterns_.end(), fits_it)) continue;
      const auto [entry, is_new] = index_.try_emplace(kind.name, measures_.size());
      if (is_new) measures_.push_back({kind, std::vector<std::optional<std::int64_t>>(runs_)});
      chosen->emplace_back(place, entry->second);
    }
    return *chosen;
  }

  std::span<const std::string> patterns_;
  std::size_t runs_;
  std::vector<SweptMeasure> measures_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::vector<std::optional<Chosen>> chosen_;  // by MeasureLayout::number
};

}  // namespace

HostResult<SweptRuns> SweepResults::runs(std::span<const std::string> patterns) {
  const std::size_t count = design_.variations.size() * design_.seeds;
  SweptRuns runs;
  ChosenMeasures chosen(patterns, count);
  std::size_t at = 0;
  const HostResult<void> visited = for_each_run([&](std::size_t, const StoredRun& run) -> HostResult<void> {
    runs.end_times.push_back(run.result.end_time);
    runs.ends.push_back(run.result.end);
    runs.fingerprints.push_back(run.result.fingerprint);
    runs.failed.push_back(run.failed);
    chosen.add(at, run);
    ++at;
    return {};
  });
  if (!visited) return Unexpected(visited.error());
  runs.measures = chosen.take();
  return runs;
}

std::vector<std::string> axes_of(const SweepDesign& design) {
  std::vector<std::string> axes;
  for (const Variation& variation : design.variations) {
    for (const Level& level : variation.levels) {
      if (std::find(axes.begin(), axes.end(), level.axis) == axes.end()) axes.push_back(level.axis);
    }
  }
  return axes;
}

}  // namespace memsim
