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

#include "campaign/store/measure_layouts.hpp"
#include "campaign/store/run_row.hpp"

namespace memsim {

inline constexpr std::string_view kApplicationName = "mems";  // in the file's header

// The columns of a row, behind the variation.
inline constexpr const char* kRunColumns =
    "seed, fingerprint, ended, end_time_ns, records, unseed, is_judged, failed, measures, layout";
inline constexpr int kLayoutColumn = 9;  // of these

[[nodiscard]] Unexpected<HostError> is_no_store(const std::string& path, std::string_view why, std::string help = {});
[[nodiscard]] Unexpected<HostError> failure_of(const std::string& path, const SQLite::Exception& exception);
[[nodiscard]] inline std::string text_at(SQLite::Statement& row, int column) {
  return row.getColumn(column).getString();
}
[[nodiscard]] RunRow run_row_at(SQLite::Statement& row, int first);

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
      return failure_of(path, exception);
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
