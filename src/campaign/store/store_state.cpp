#include "campaign/store/store_state.hpp"

#include <fmt/format.h>

#include <utility>

#include <memsim/view/measure_family.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {
namespace {

// A row is some KiB: four to eight of them a page.
constexpr int kPageBytes = 16'384;

}  // namespace

Unexpected<HostError> is_no_store(const std::string& path, std::string_view why, std::string help) {
  if (help.empty()) help = "give another file; memsim sweep makes it";
  return host_failure(ExitCode::bad_input, fmt::format("{}: {}", escaped_for_terminal(path), why), std::move(help));
}

void read_run_row(SQLite::Statement& statement, int first, RunRow& row) {
  const auto number = [&](int column) { return statement.getColumn(first + column).getInt64(); };
  const auto text = [&](int column, std::string& into) {
    const SQLite::Column value = statement.getColumn(first + column);
    const char* const bytes = value.getText();
    into.assign(bytes, static_cast<std::size_t>(value.getBytes()));
  };
  row.seed = number(0);
  text(1, row.fingerprint);
  text(2, row.ended);
  row.end_time_ns = number(3);
  row.records = number(4);
  text(5, row.unseed);
  row.is_judged = number(6);
  text(7, row.failed);
  text(8, row.measures);
}

ResultStore::State::State(std::string file, int flags)
    : path(std::move(file)),
      database(path.empty() ? ":memory:" : path, flags | SQLite::OPEN_NOMUTEX, kDatabaseBusyMilliseconds) {
  database.exec("PRAGMA trusted_schema=OFF");
}

ResultStore::State::~State() {
  insert_.reset();  // before the database that it belongs to
  find_.reset();
}

void ResultStore::State::forget_uncommitted() {
  if (insert_) insert_->tryReset();
  transaction_.reset();
  ids_.clear();  // a layout that went with it is stored again
  read_.clear();
}

void ResultStore::State::begin() {
  if (!transaction_) transaction_.emplace(database, SQLite::TransactionBehavior::IMMEDIATE);
}

void ResultStore::State::commit() {
  if (!transaction_) return;
  transaction_->commit();
  transaction_.reset();
}

void ResultStore::State::make_tables(const StoreIdentity& made) {
  database.exec(fmt::format("PRAGMA page_size={}", kPageBytes));
  SQLite::Transaction all(database, SQLite::TransactionBehavior::IMMEDIATE);
  if (database.tableExists("store")) return;  // another program was faster
  memsim::make_tables(database, kSweeps);
  for (const auto& [key, value] :
       {std::pair("version", made.version), std::pair("scenario", made.scenario),
        std::pair("content", fingerprint_text(made.content)), std::pair("about", about_text(made.about))}) {
    SQLite::Statement row(database, "INSERT INTO store VALUES(?, ?)");
    row.bind(1, key);
    row.bind(2, value);
    row.exec();
  }
  all.commit();
}

HostResult<void> ResultStore::State::read_identity() {
  const std::optional<int> format = format_of_database(database, kSweeps);
  if (!format) return is_no_store(path, "it is a database of something else than the results of memsim sweep");
  if (*format != kSweeps.format) {
    return is_no_store(
        path, fmt::format("its results are of format {}, and this memsim has format {}", *format, kSweeps.format),
        "run the sweep again into another file, or take the memsim that made this one");
  }
  if (!has_tables(database, {"store", "variations", "measures", "layouts", "runs"})) {
    return is_no_store(path, "it lacks a table");
  }
  std::map<std::string, std::string> read;
  SQLite::Statement rows(database, "SELECT key, value FROM store");
  while (rows.executeStep()) read[text_at(rows, 0)] = text_at(rows, 1);
  identity.version = read["version"];
  identity.scenario = read["scenario"];
  content = read["content"];
  identity.about = about_from_text(read["about"]);
  return {};
}

bool ResultStore::State::insert_run(std::int64_t variation, const RunRow& row, std::int64_t layout) {
  if (!insert_) {
    insert_.emplace(database, fmt::format("INSERT INTO runs(variation, {}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                          " ON CONFLICT DO NOTHING",
                                          kRunColumns));
  }
  insert_->reset();
  insert_->bind(1, variation);
  insert_->bind(2, row.seed);
  insert_->bindNoCopy(3, row.fingerprint);
  insert_->bindNoCopy(4, row.ended);
  insert_->bind(5, row.end_time_ns);
  insert_->bind(6, row.records);
  insert_->bindNoCopy(7, row.unseed);
  insert_->bind(8, row.is_judged);
  insert_->bindNoCopy(9, row.failed);
  insert_->bindNoCopy(10, row.measures);
  insert_->bind(11, layout);
  const bool is_new = insert_->exec() == 1;
  insert_->reset();
  insert_->clearBindings();  // the texts were not copied
  return is_new;
}

std::int64_t ResultStore::State::add_variation(const std::string& levels, const std::string& name,
                                               std::int64_t first_seed, std::int64_t seeds) {
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

std::int64_t ResultStore::State::id_of(const Measure& kind) {
  SQLite::Statement row(database, "INSERT OR IGNORE INTO measures(name, unit, better) VALUES(?, ?, ?)");
  row.bind(1, kind.name);
  row.bind(2, std::string(name_of(kind.unit)));
  row.bind(3, std::string(name_of(kind.better)));
  row.exec();
  SQLite::Statement there(database, "SELECT id FROM measures WHERE name = ?");
  there.bind(1, kind.name);
  there.executeStep();
  return there.getColumn(0).getInt64();
}

std::int64_t ResultStore::State::id_of(const MeasureLayout& layout) {
  if (layout.number < ids_.size() && ids_[layout.number]) return *ids_[layout.number];
  read_ids();  // it may have been there before
  if (layout.number >= ids_.size()) ids_.resize(layout.number + 1);
  std::optional<std::int64_t>& id = ids_[layout.number];
  if (id) return *id;
  const std::int64_t made = database.execAndGet("SELECT coalesce(max(layout), 0) + 1 FROM layouts").getInt64();
  SQLite::Statement row(database, "INSERT INTO layouts VALUES(?, ?, ?)");
  std::int64_t place = 0;
  for (const Measure& kind : layout.kinds) {
    row.reset();
    row.bind(1, made);
    row.bind(2, place++);
    row.bind(3, id_of(kind));
    row.exec();
  }
  return id.emplace(made);
}

// Looks through the layouts that came into the database since it was read, by whatever program.
void ResultStore::State::read_ids() {
  SQLite::Statement rows(database, "SELECT DISTINCT layout FROM layouts WHERE layout > ?");
  rows.bind(1, read_.empty() ? std::int64_t{0} : read_.rbegin()->first);
  while (rows.executeStep()) static_cast<void>(layout_of(rows.getColumn(0).getInt64()));
}

std::shared_ptr<const MeasureLayout> ResultStore::State::layout_of(std::int64_t id) {
  const auto read = read_.find(id);
  if (read != read_.end()) return read->second;
  std::shared_ptr<const MeasureLayout> layout = read_layout(id);
  if (layout == nullptr) return nullptr;
  read_.emplace(id, layout);
  if (layout->number >= ids_.size()) ids_.resize(layout->number + 1);
  if (!ids_[layout->number]) ids_[layout->number] = id;
  return layout;
}

std::shared_ptr<const MeasureLayout> ResultStore::State::read_layout(std::int64_t id) {
  SQLite::Statement rows(database,
                         "SELECT l.place, m.name, m.unit, m.better FROM layouts l LEFT JOIN measures m"
                         " ON m.id = l.measure WHERE l.layout = ? ORDER BY l.place");
  rows.bind(1, id);
  std::vector<Measure> kinds;
  while (rows.executeStep()) {
    const auto unit = unit_named(text_at(rows, 2));
    const auto better = better_named(text_at(rows, 3));
    const bool is_in_order = rows.getColumn(0).getInt64() == static_cast<std::int64_t>(kinds.size());
    if (!unit || !better || !is_in_order) return nullptr;
    kinds.push_back({text_at(rows, 1), 0, *better, *unit});
  }
  return layouts.of(kinds);
}

std::optional<ResultStore::State::Found> ResultStore::State::find_row(std::int64_t variation, std::int64_t seed) {
  if (!find_) {
    find_.emplace(database, fmt::format("SELECT {} FROM runs WHERE variation = ? AND seed = ?", kRunColumns));
  }
  find_->reset();
  find_->bind(1, variation);
  find_->bind(2, seed);
  if (!find_->executeStep()) return std::nullopt;
  Found found;
  read_run_row(*find_, 0, found.row);
  found.layout = find_->getColumn(kLayoutColumn).getInt64();
  return found;
}

}  // namespace memsim
