#include <fmt/format.h>

#include <map>
#include <utility>

#include <memsim/campaign/store/result_store.hpp>
#include <memsim/view/value_text.hpp>

#include "campaign/store/store_state.hpp"

namespace memsim {
namespace {

// Ids in another store, and those that stand for them in this one.
using Ids = std::map<std::int64_t, std::int64_t>;

Unexpected<HostError> differs(const std::string& path, std::int64_t seed) {
  return host_failure(ExitCode::bad_input,
                      fmt::format("{}: its run of seed {} differs from the one taken before",
                                  escaped_for_terminal(path), static_cast<std::uint64_t>(seed)),
                      "one of the two was made by another program or on a host that fails");
}

}  // namespace

// Rows as they stand there, one after the other, their texts untouched: a merge costs what copying them costs.
struct ResultStore::Intake {
  State& from;
  State& to;
  Ids variations{};
  Ids layouts{};
  Taken taken{};

  void take_variation(const StoredVariation& there) {
    variations[there.id] =
        to.add_variation(levels_text(there.variation.levels), there.variation.name,
                         static_cast<std::int64_t>(there.first_seed), static_cast<std::int64_t>(there.seeds));
  }

  // That of `to` for a layout of `from`.
  std::int64_t layout_for(std::int64_t id, const MeasureLayout& layout) {
    const auto known = layouts.find(id);
    if (known != layouts.end()) return known->second;
    return layouts[id] = to.id_of(*to.layouts.of(layout.kinds));
  }

  HostResult<void> take_run(std::int64_t variation, const RunRow& row, std::int64_t layout_id) {
    const auto here = variations.find(variation);
    const auto layout =
        from.guarded([&]() -> HostResult<std::shared_ptr<const MeasureLayout>> { return from.layout_of(layout_id); });
    if (!layout) return Unexpected(layout.error());
    if (here == variations.end() || *layout == nullptr || !is_likely_row(row, **layout)) {
      return is_no_store(from.path, "it has a damaged run");
    }
    const std::int64_t layout_here = layout_for(layout_id, **layout);
    ++taken.runs;
    if (to.insert_run(here->second, row, layout_here)) return {};
    ++taken.known;
    const std::optional<State::Found> there = to.find_row(here->second, row.seed);
    const bool is_same = there && there->row == row && to.layout_of(there->layout) == to.layout_of(layout_here);
    return is_same ? HostResult<void>() : differs(from.path, row.seed);
  }

  HostResult<void> take_runs() {
    RunRow row;
    SQLite::Statement rows(from.database, fmt::format("SELECT variation, {} FROM runs", kRunColumns));
    while (true) {
      // What is wrong with the other store is not told of this one.
      const HostResult<bool> is_there = from.guarded([&]() -> HostResult<bool> { return rows.executeStep(); });
      if (!is_there) return Unexpected(is_there.error());
      if (!*is_there) return {};
      read_run_row(rows, 1, row);
      HostResult<void> took = take_run(rows.getColumn(0).getInt64(), row, rows.getColumn(1 + kLayoutColumn).getInt64());
      if (!took) return took;
    }
  }
};

HostResult<ResultStore::Taken> ResultStore::take_in(ResultStore& other) {
  const State& from = *other.state_;
  if (from.identity.version != state_->identity.version || from.content != state_->content) {
    return host_failure(ExitCode::bad_input,
                        fmt::format("{}: its runs are of another scenario, its options or version than those before",
                                    escaped_for_terminal(from.path)),
                        "shards belong together when the same command made them, but for --shard and --db");
  }
  const HostResult<std::vector<StoredVariation>> variations = other.variations();
  if (!variations) return Unexpected(variations.error());
  return state_->guarded([&]() -> HostResult<Taken> {
    state_->commit();
    state_->begin();
    Intake intake{*other.state_, *state_};
    for (const StoredVariation& there : *variations) intake.take_variation(there);
    const HostResult<void> took = intake.take_runs();
    if (!took) {
      state_->forget_uncommitted();
      return Unexpected(took.error());
    }
    state_->commit();
    return intake.taken;
  });
}

}  // namespace memsim
