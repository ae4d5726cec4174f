// What a ResultStore is made of: its SQLite database, with the statements for its tables.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/campaign/store/result_store.hpp>
#include <memsim/view/database/database_file.hpp>

#include "campaign/store/measure_layouts.hpp"
#include "campaign/store/run_row.hpp"

namespace memsim {

inline constexpr DatabaseKind kSweeps = {
    .application = 0x6d656d73,
    .format = 2,
    .tables =
        "CREATE TABLE store(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE variations(id INTEGER PRIMARY KEY, levels TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
        " first_seed INTEGER NOT NULL, seeds INTEGER NOT NULL);"
        "CREATE TABLE measures(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, unit TEXT NOT NULL,"
        " better TEXT NOT NULL);"
        "CREATE TABLE layouts(layout INTEGER NOT NULL, place INTEGER NOT NULL,"
        " measure INTEGER NOT NULL REFERENCES measures(id), PRIMARY KEY(layout, place)) WITHOUT ROWID;"
        "CREATE TABLE runs(variation INTEGER NOT NULL REFERENCES variations(id), seed INTEGER NOT NULL,"
        " fingerprint TEXT NOT NULL, ended TEXT NOT NULL, end_time_ns INTEGER NOT NULL, records INTEGER NOT NULL,"
        " unseed TEXT NOT NULL, is_judged INTEGER NOT NULL, failed TEXT NOT NULL, layout INTEGER NOT NULL,"
        " measures TEXT NOT NULL, UNIQUE(variation, seed));"
        "CREATE VIEW measured AS SELECT r.variation, r.seed, m.name,"
        " json_extract(r.measures, '$[' || l.place || ']') AS value, m.unit"
        " FROM runs r JOIN layouts l ON l.layout = r.layout JOIN measures m ON m.id = l.measure;"};

// The columns of a row, behind the variation.
inline constexpr const char* kRunColumns =
    "seed, fingerprint, ended, end_time_ns, records, unseed, is_judged, failed, measures, layout";
inline constexpr int kLayoutColumn = 9;  // of these

[[nodiscard]] Unexpected<HostError> is_no_store(const std::string& path, std::string_view why, std::string help = {});
[[nodiscard]] inline std::string text_at(SQLite::Statement& row, int column) {
  return row.getColumn(column).getString();
}
void read_run_row(SQLite::Statement& statement, int first, RunRow& row);

class ResultStore::State {
 public:
  State(std::string file, int flags);
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();

  // The caught exceptions of the library as errors of ours.
  template <class Work>
  auto guarded(Work&& work) -> decltype(work()) {
    try {
      return work();
    } catch (const SQLite::Exception& exception) {
      forget_uncommitted();
      return database_failure(path, exception);
    }
  }

  // One that another program may have made at the same time stays.
  void make_tables(const StoreIdentity& made);
  [[nodiscard]] HostResult<void> read_identity();

  void begin();  // nothing where a transaction is under way
  void commit();
  // The database gave up what was not committed, by itself where its disk is full: what is put later begins anew.
  void forget_uncommitted();

  // Begun before: whatever is put. Whether the run was not there.
  [[nodiscard]] bool insert_run(std::int64_t variation, const RunRow& row, std::int64_t layout);
  [[nodiscard]] std::int64_t add_variation(const std::string& levels, const std::string& name, std::int64_t first_seed,
                                           std::int64_t seeds);
  // The id of a layout in the database, which has it from now on.
  [[nodiscard]] std::int64_t id_of(const MeasureLayout& layout);

  struct Found {
    RunRow row;
    std::int64_t layout = 0;
  };
  [[nodiscard]] std::optional<Found> find_row(std::int64_t variation, std::int64_t seed);
  // Null where the database has none, or one that no program of ours wrote.
  [[nodiscard]] std::shared_ptr<const MeasureLayout> layout_of(std::int64_t id);

  std::string path;
  SQLite::Database database;
  StoreIdentity identity;
  std::string content;  // of the identity, as it is written
  MeasureLayouts layouts;

 private:
  [[nodiscard]] std::shared_ptr<const MeasureLayout> read_layout(std::int64_t id);
  [[nodiscard]] std::int64_t id_of(const Measure& kind);
  void read_ids();

  std::map<std::int64_t, std::shared_ptr<const MeasureLayout>> read_;  // by id
  std::vector<std::optional<std::int64_t>> ids_;                       // by MeasureLayout::number
  std::optional<SQLite::Statement> insert_;
  std::optional<SQLite::Statement> find_;
  std::optional<SQLite::Transaction> transaction_;  // what is not committed yet
};

}  // namespace memsim
