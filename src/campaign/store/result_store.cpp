#include <memsim/campaign/store/result_store.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <memsim/host/files.hpp>
#include <memsim/view/value_text.hpp>

#include "campaign/store/store_state.hpp"

namespace memsim {
namespace {

// A name that begins with a colon or "file:" would mean something to the library.
std::string plain(const std::string& path) { return path.empty() || path.starts_with('/') ? path : "./" + path; }

}  // namespace

ResultStore::ResultStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
ResultStore::ResultStore(ResultStore&&) noexcept = default;
ResultStore& ResultStore::operator=(ResultStore&&) noexcept = default;
ResultStore::~ResultStore() {
  if (state_ != nullptr) static_cast<void>(commit());
}

const StoreIdentity& ResultStore::identity() const { return state_->identity; }

HostResult<ResultStore> ResultStore::open(const std::string& path, const StoreIdentity& identity) {
  if (!path.empty() && host::is_there(path)) {
    const HostResult<host::Descriptor> file = host::open_regular_file(path);
    if (!file) return Unexpected(file.error());
  }
  std::unique_ptr<State> state;
  try {
    state = std::make_unique<State>(plain(path), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    const bool is_new = state->database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
    if (is_new) state->make_tables(identity);
    HostResult<void> read = state->read_identity();
    if (!read) return Unexpected(std::move(read).error());
  } catch (const SQLite::Exception& exception) {
    return database_failure(path, exception);
  }
  if (state->identity.version != identity.version) {
    return is_no_store(path, fmt::format("it holds runs of memsim {}, and this is memsim {}",
                                         escaped_for_terminal(state->identity.version), identity.version));
  }
  if (state->content != fingerprint_text(identity.content)) {
    return is_no_store(path, fmt::format("it holds runs of another scenario, or of {} before it or the options that "
                                         "change it were changed",
                                         escaped_for_terminal(state->identity.scenario)));
  }
  state->identity.content = identity.content;
  return ResultStore(std::move(state));
}

bool ResultStore::is_at(const std::string& path) { return application_of_database(path) == kSweeps.application; }

HostResult<ResultStore> ResultStore::open_to_read(const std::string& path) {
  const HostResult<host::Descriptor> file = host::open_regular_file(path);
  if (!file) return Unexpected(file.error());
  try {
    // For writing too: what a killed program left half-done is undone by who reads.
    auto state = std::make_unique<State>(plain(path), SQLite::OPEN_READWRITE);
    HostResult<void> read = state->read_identity();
    if (!read) return Unexpected(std::move(read).error());
    state->identity.content = std::strtoull(state->content.c_str(), nullptr, 16);
    return ResultStore(std::move(state));
  } catch (const SQLite::Exception& exception) {
    return database_failure(path, exception);
  }
}

HostResult<std::vector<std::int64_t>> ResultStore::add_variations(std::span<const Variation> variations,
                                                                  std::span<const std::uint64_t> first_seeds,
                                                                  std::uint64_t seeds) {
  return state_->guarded([&]() -> HostResult<std::vector<std::int64_t>> {
    state_->begin();
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < variations.size(); ++i) {
      ids.push_back(state_->add_variation(levels_text(variations[i].levels), variations[i].name,
                                          static_cast<std::int64_t>(first_seeds[i]), static_cast<std::int64_t>(seeds)));
    }
    state_->commit();
    return ids;
  });
}

HostResult<std::vector<ResultStore::StoredVariation>> ResultStore::variations() {
  return state_->guarded([&]() -> HostResult<std::vector<StoredVariation>> {
    std::vector<StoredVariation> all;
    SQLite::Statement rows(state_->database, "SELECT id, levels, name, first_seed, seeds FROM variations ORDER BY id");
    while (rows.executeStep()) {
      std::optional<std::vector<Level>> levels = levels_from_text(text_at(rows, 1));
      if (!levels) return is_no_store(state_->path, "a variation in it is damaged");
      all.push_back({rows.getColumn(0).getInt64(),
                     {text_at(rows, 2), {}, std::move(*levels)},
                     static_cast<std::uint64_t>(rows.getColumn(3).getInt64()),
                     static_cast<std::uint64_t>(rows.getColumn(4).getInt64())});
    }
    return all;
  });
}

HostResult<std::vector<std::uint64_t>> ResultStore::seeds_of(std::int64_t variation) {
  return state_->guarded([&]() -> HostResult<std::vector<std::uint64_t>> {
    std::vector<std::uint64_t> seeds;
    SQLite::Statement rows(state_->database, "SELECT seed FROM runs WHERE variation = ?");
    rows.bind(1, variation);
    while (rows.executeStep()) seeds.push_back(static_cast<std::uint64_t>(rows.getColumn(0).getInt64()));
    std::sort(seeds.begin(), seeds.end());
    return seeds;
  });
}

MeasureLayouts& ResultStore::layouts() { return state_->layouts; }

HostResult<void> ResultStore::put(std::int64_t variation, const RunRow& row, const MeasureLayout& layout) {
  return state_->guarded([&]() -> HostResult<void> {
    state_->begin();
    static_cast<void>(state_->insert_run(variation, row, state_->id_of(layout)));
    return {};
  });
}

HostResult<void> ResultStore::put(std::int64_t variation, const RunResult& run) {
  return put(variation, row_of(run), *state_->layouts.of(run.measures));
}

HostResult<void> ResultStore::commit() {
  return state_->guarded([&]() -> HostResult<void> {
    state_->commit();
    return {};
  });
}

HostResult<void> ResultStore::postpone_sync() {
  return state_->guarded([&]() -> HostResult<void> {
    state_->database.exec("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY; PRAGMA cache_size=-65536");
    return {};
  });
}

HostResult<void> ResultStore::sync() {
  return state_->guarded([&]() -> HostResult<void> {
    state_->commit();
    // Something has to be written for the file to be brought to the disk: its head, as it is.
    state_->database.exec(fmt::format("PRAGMA synchronous=FULL; PRAGMA user_version={}", kSweeps.format));
    return {};
  });
}

HostResult<std::optional<StoredRun>> ResultStore::find(std::int64_t variation, std::uint64_t seed) {
  return state_->guarded([&]() -> HostResult<std::optional<StoredRun>> {
    const std::optional<State::Found> found = state_->find_row(variation, static_cast<std::int64_t>(seed));
    if (!found) return std::optional<StoredRun>();
    std::shared_ptr<const MeasureLayout> layout = state_->layout_of(found->layout);
    std::optional<StoredRun> run = layout == nullptr ? std::nullopt : run_of(found->row, std::move(layout));
    if (!run) return is_no_store(state_->path, fmt::format("the run of seed {} is damaged", seed));
    return run;
  });
}

HostResult<ResultStore::Missing> ResultStore::missing(std::size_t count_shown) {
  return state_->guarded([&]() -> HostResult<Missing> {
    Missing missing;
    SQLite::Statement variations(state_->database, "SELECT id, name, first_seed, seeds FROM variations ORDER BY id");
    while (variations.executeStep()) {
      const HostResult<std::vector<std::uint64_t>> there = seeds_of(variations.getColumn(0).getInt64());
      if (!there) return Unexpected(there.error());
      const auto first = static_cast<std::uint64_t>(variations.getColumn(2).getInt64());
      const auto seeds = static_cast<std::uint64_t>(variations.getColumn(3).getInt64());
      missing.asked += seeds;
      const auto is_there = [&](std::uint64_t seed) { return std::binary_search(there->begin(), there->end(), seed); };
      const auto asked_for = [&](std::uint64_t seed) { return seed - first < seeds; };
      missing.runs += seeds - static_cast<std::uint64_t>(std::count_if(there->begin(), there->end(), asked_for));
      for (std::uint64_t i = 0; i < seeds && missing.first.size() < std::min<std::uint64_t>(count_shown, missing.runs);
           ++i) {
        if (!is_there(first + i)) missing.first.push_back({text_at(variations, 1), first + i});
      }
    }
    return missing;
  });
}

}  // namespace memsim
