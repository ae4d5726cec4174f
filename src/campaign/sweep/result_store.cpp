#include <memsim/campaign/sweep/result_store.hpp>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <utility>

#include <memsim/host/files.hpp>
#include <memsim/host/stopwatch.hpp>
#include <memsim/view/value_text.hpp>

#include "campaign/sweep/run_row.hpp"

namespace memsim {
namespace {

constexpr int kApplicationId = 0x6d656d73;  // "mems", in the file's header
constexpr int kFormat = 1;
constexpr int kBusyMilliseconds = 60'000;  // another program may be writing
// A commit waits for the disk. What a crash may cost: the quick runs of so long; one that took longer is kept at once.
constexpr std::chrono::milliseconds kHeldMax{200};
constexpr std::chrono::milliseconds kQuickRun{20};

constexpr const char* kTables =
    "CREATE TABLE store(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE variations(id INTEGER PRIMARY KEY, levels TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " first_seed INTEGER NOT NULL, seeds INTEGER NOT NULL);"
    "CREATE TABLE measures(name TEXT PRIMARY KEY, unit TEXT NOT NULL, better TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE runs(variation INTEGER NOT NULL REFERENCES variations(id), seed INTEGER NOT NULL,"
    " fingerprint TEXT NOT NULL, ended TEXT NOT NULL, end_time_ns INTEGER NOT NULL, records INTEGER NOT NULL,"
    " unseed TEXT NOT NULL, is_judged INTEGER NOT NULL, failed TEXT NOT NULL, measures TEXT NOT NULL,"
    " UNIQUE(variation, seed));";

constexpr const char* kRunColumns =
    "seed, fingerprint, ended, end_time_ns, records, unseed, is_judged, failed, measures";

std::string shown(const std::string& path) { return escaped_for_terminal(path); }

Unexpected<HostError> is_no_store(const std::string& path, std::string_view why) {
  return host_failure(ExitCode::bad_input, fmt::format("{}: {}", shown(path), why),
                      "give another file; memsim sweep makes it");
}

Unexpected<HostError> failure_of(const std::string& path, const SQLite::Exception& exception) {
  const int code = exception.getErrorCode();
  const bool is_damaged = code == SQLITE_NOTADB || code == SQLITE_CORRUPT || code == SQLITE_ERROR ||
                          code == SQLITE_MISMATCH || code == SQLITE_SCHEMA;
  return host_failure(is_damaged ? ExitCode::bad_input : ExitCode::host_failed,
                      fmt::format("{}: {}", shown(path), escaped_for_terminal(exception.what())));
}

std::string text_at(SQLite::Statement& row, int column) { return row.getColumn(column).getString(); }

RunRow run_row_at(SQLite::Statement& row, int first) {
  const auto number = [&](int column) { return row.getColumn(first + column).getInt64(); };
  const auto text = [&](int column) { return text_at(row, first + column); };
  return {number(0), text(1), text(2), number(3), number(4), text(5), number(6), text(7), text(8)};
}

void bind_run(SQLite::Statement& statement, std::int64_t variation, const RunRow& row) {
  statement.bind(1, variation);
  statement.bind(2, row.seed);
  statement.bind(3, row.fingerprint);
  statement.bind(4, row.ended);
  statement.bind(5, row.end_time_ns);
  statement.bind(6, row.records);
  statement.bind(7, row.unseed);
  statement.bind(8, row.is_judged);
  statement.bind(9, row.failed);
  statement.bind(10, row.measures);
}

}  // namespace

struct ResultStore::State {
  State(std::string file, int flags)
      : path(std::move(file)), database(path.empty() ? ":memory:" : path, flags, kBusyMilliseconds) {
    database.exec("PRAGMA trusted_schema=OFF");
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    insert.reset();  // before the database that it belongs to
    find.reset();
  }

  // The caught exceptions of the library as errors of ours.
  template <class Work>
  auto guarded(Work&& work) -> decltype(work()) {
    try {
      return work();
    } catch (const SQLite::Exception& exception) {
      forget_uncommitted();
      return failure_of(path, exception);
    }
  }

  // The database gave up what was not committed, by itself where its disk is full: what is put later begins anew, and
  // does not count on the measures that went with it.
  void forget_uncommitted() {
    if (insert) insert->tryReset();
    transaction.reset();
    kinds.clear();
    try {
      read_kinds();
    } catch (const SQLite::Exception&) {
      kinds.clear();  // stored again where they are met
    }
  }

  void begin() {
    if (transaction) return;
    transaction.emplace(database);
  }
  void commit() {
    if (!transaction) return;
    transaction->commit();
    transaction.reset();
    since_commit = {};
  }

  void make_tables(const StoreIdentity& made) {
    SQLite::Transaction all(database, SQLite::TransactionBehavior::IMMEDIATE);
    if (database.tableExists("store")) return;  // another program was faster
    database.exec(fmt::format("PRAGMA application_id={}; PRAGMA user_version={};", kApplicationId, kFormat));
    database.exec(kTables);
    for (const auto& [key, value] : {std::pair("version", made.version), std::pair("scenario", made.scenario),
                                     std::pair("content", fingerprint_text(made.content))}) {
      SQLite::Statement row(database, "INSERT INTO store VALUES(?, ?)");
      row.bind(1, key);
      row.bind(2, value);
      row.exec();
    }
    all.commit();
  }

  HostResult<void> read_identity() {
    const auto pragma = [&](const char* name) { return database.execAndGet(fmt::format("PRAGMA {}", name)).getInt(); };
    if (pragma("application_id") != kApplicationId) {
      return is_no_store(path, "it is a database of something else than memsim");
    }
    if (pragma("user_version") != kFormat) {
      return is_no_store(path, "it is written by a version of memsim with another form of results");
    }
    std::map<std::string, std::string> read;
    SQLite::Statement rows(database, "SELECT key, value FROM store");
    while (rows.executeStep()) read[text_at(rows, 0)] = text_at(rows, 1);
    identity.version = read["version"];
    identity.scenario = read["scenario"];
    content = read["content"];
    return {};
  }

  void read_kinds() {
    SQLite::Statement rows(database, "SELECT name, unit, better FROM measures");
    while (rows.executeStep()) {
      const auto unit = unit_from_word(text_at(rows, 1));
      const auto better = better_from_word(text_at(rows, 2));
      if (unit && better) kinds[text_at(rows, 0)] = {text_at(rows, 0), 0, *better, *unit};
    }
  }

  void keep_kind(const Measure& measure) {
    if (kinds.contains(measure.name)) return;
    SQLite::Statement row(database, "INSERT OR IGNORE INTO measures VALUES(?, ?, ?)");
    row.bind(1, measure.name);
    row.bind(2, std::string(word_of(measure.unit)));
    row.bind(3, std::string(name_of(measure.better)));
    row.exec();
    Measure kind = measure;
    kind.value = 0;
    kinds.emplace(measure.name, std::move(kind));
  }

  // Whether the run was not there.
  bool insert_run(std::int64_t variation, const RunRow& row) {
    if (!insert) {
      insert.emplace(database, fmt::format("INSERT INTO runs(variation, {}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                           " ON CONFLICT DO NOTHING",
                                           kRunColumns));
    }
    insert->reset();
    bind_run(*insert, variation, row);
    return insert->exec() == 1;
  }

  std::optional<RunRow> find_row(std::int64_t variation, std::int64_t seed) {
    if (!find) {
      find.emplace(database, fmt::format("SELECT {} FROM runs WHERE variation = ? AND seed = ?", kRunColumns));
    }
    find->reset();
    find->bind(1, variation);
    find->bind(2, seed);
    if (!find->executeStep()) return std::nullopt;
    return run_row_at(*find, 0);
  }

  std::int64_t add_variation(const std::string& levels, const std::string& name, std::int64_t first_seed,
                             std::int64_t seeds) {
    SQLite::Statement row(database,
                          "INSERT INTO variations(levels, name, first_seed, seeds) VALUES(?, ?, ?, ?)"
                          " ON CONFLICT(levels) DO UPDATE SET seeds = max(seeds, excluded.seeds) RETURNING id");
    row.bind(1, levels);
    row.bind(2, name);
    row.bind(3, first_seed);
    row.bind(4, seeds);
    row.executeStep();
    const std::int64_t id = row.getColumn(0).getInt64();
    while (row.executeStep()) {
    }
    return id;
  }

  std::string path;
  SQLite::Database database;
  StoreIdentity identity;
  std::string content;  // of the identity, as it is written
  MeasureKinds kinds;
  std::optional<SQLite::Statement> insert;
  std::optional<SQLite::Statement> find;
  std::optional<SQLite::Transaction> transaction;  // what is not committed yet
  host::Stopwatch since_commit;
  host::Stopwatch since_run;
};

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
    // A name that begins with a colon or "file:" would mean something to the library.
    const bool is_plain = path.empty() || path.starts_with('/');
    state = std::make_unique<State>(is_plain ? path : "./" + path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    const bool is_new = state->database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
    if (is_new) state->make_tables(identity);
    HostResult<void> read = state->read_identity();
    if (!read) return Unexpected(std::move(read).error());
    state->read_kinds();
  } catch (const SQLite::Exception& exception) {
    return failure_of(path, exception);
  }
  if (state->identity.version != identity.version) {
    return is_no_store(path, fmt::format("it holds runs of memsim {}, and this is memsim {}",
                                         escaped_for_terminal(state->identity.version), identity.version));
  }
  if (state->content != fingerprint_text(identity.content)) {
    return is_no_store(path, fmt::format("it holds runs of another scenario, or of {} before it or the options that "
                                         "change it were changed",
                                         shown(state->identity.scenario)));
  }
  state->identity.content = identity.content;
  return ResultStore(std::move(state));
}

HostResult<ResultStore> ResultStore::open_to_read(const std::string& path) {
  const HostResult<host::Descriptor> file = host::open_regular_file(path);
  if (!file) return Unexpected(file.error());
  try {
    // For writing too: what a killed program left half-done is undone by who reads.
    auto state = std::make_unique<State>(path.starts_with('/') ? path : "./" + path, SQLite::OPEN_READWRITE);
    HostResult<void> read = state->read_identity();
    if (!read) return Unexpected(std::move(read).error());
    state->read_kinds();
    state->identity.content = std::strtoull(state->content.c_str(), nullptr, 16);
    return ResultStore(std::move(state));
  } catch (const SQLite::Exception& exception) {
    return failure_of(path, exception);
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

HostResult<void> ResultStore::put(std::int64_t variation, const RunResult& run) {
  return state_->guarded([&]() -> HostResult<void> {
    state_->begin();
    for (const Measure& measure : run.measures) state_->keep_kind(measure);
    state_->insert_run(variation, row_of(run));
    if (state_->since_run.elapsed() >= kQuickRun || state_->since_commit.elapsed() >= kHeldMax) state_->commit();
    state_->since_run = {};
    return {};
  });
}

HostResult<void> ResultStore::commit() {
  return state_->guarded([&]() -> HostResult<void> {
    state_->commit();
    return {};
  });
}

HostResult<std::optional<StoredRun>> ResultStore::find(std::int64_t variation, std::uint64_t seed) {
  return state_->guarded([&]() -> HostResult<std::optional<StoredRun>> {
    const std::optional<RunRow> row = state_->find_row(variation, static_cast<std::int64_t>(seed));
    if (!row) return std::optional<StoredRun>();
    std::optional<StoredRun> run = run_of(*row, state_->kinds);
    if (!run) return is_no_store(state_->path, fmt::format("the run of seed {} is damaged", seed));
    return run;
  });
}

HostResult<ResultStore::Taken> ResultStore::take_in(ResultStore& other) {
  State& from = *other.state_;
  if (from.identity.version != state_->identity.version || from.content != state_->content) {
    return host_failure(
        ExitCode::bad_input,
        fmt::format("{}: its runs are of another scenario, its options or version than those before", shown(from.path)),
        "shards belong together when the same command made them, but for --shard and --db");
  }
  return state_->guarded([&]() -> HostResult<Taken> {
    Taken taken;
    SQLite::Transaction all(state_->database);
    for (const auto& [name, kind] : from.kinds) state_->keep_kind(kind);
    std::map<std::int64_t, std::int64_t> ids;  // here, by theirs
    SQLite::Statement variations(from.database,
                                 "SELECT id, levels, name, first_seed, seeds FROM variations ORDER BY id");
    while (variations.executeStep()) {
      ids[variations.getColumn(0).getInt64()] =
          state_->add_variation(text_at(variations, 1), text_at(variations, 2), variations.getColumn(3).getInt64(),
                                variations.getColumn(4).getInt64());
    }
    SQLite::Statement runs(from.database,
                           fmt::format("SELECT variation, {} FROM runs ORDER BY variation, seed", kRunColumns));
    while (runs.executeStep()) {
      const auto id = ids.find(runs.getColumn(0).getInt64());
      const RunRow row = run_row_at(runs, 1);
      if (id == ids.end() || !run_of(row, from.kinds)) return is_no_store(from.path, "it has a damaged run");
      ++taken.runs;
      if (state_->insert_run(id->second, row)) continue;
      ++taken.known;
      if (state_->find_row(id->second, row.seed) == row) continue;
      return host_failure(ExitCode::bad_input,
                          fmt::format("{}: its run of seed {} differs from the one taken before", shown(from.path),
                                      static_cast<std::uint64_t>(row.seed)),
                          "one of the two was made by another program or on a host that fails");
    }
    all.commit();
    return taken;
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
