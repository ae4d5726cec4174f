// RunDatabase: runs in an SQLite database, for whoever asks with SQL: docs/output.md has the tables and ready queries.
//
// A run enters in one transaction: it is there whole, once commit() came back, or not at all, whatever becomes of the
// program or the machine. A file holds any number of runs, also of different scenarios and versions; programs that
// write to one file at the same time wait for each other.
//
// No view, which would be a value: it holds a file of the host.
#pragma once

#include <memory>
#include <span>
#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/view/run_measures.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

class RunDatabase final : public RecordSink {
 public:
  // Opens the database at `path`, which is made where there is none. With `all_records` the run's records go in too, of
  // which `memsim report` makes its page again. Errors: host_failed where the host refuses or another program writes
  // for longer than a minute; bad_input where the file is no such database.
  [[nodiscard]] static HostResult<RunDatabase> open(const std::string& path, bool all_records);
  RunDatabase(RunDatabase&&) noexcept;
  RunDatabase& operator=(RunDatabase&&) = delete;
  ~RunDatabase() override;  // without commit() nothing of the run stays

  [[nodiscard]] std::span<const RecordKind> wanted() const override;
  void on_record(const RecordView& record) override;

  // Adds what the summary knows and what was measured, and makes the run permanent. Errors: the first that the database
  // reported since open(), such as a full disk; nothing of the run stays then. Requires: not called before.
  [[nodiscard]] HostResult<void> commit(const Summary& summary, std::span<const Measure> measures);

 private:
  struct State;
  explicit RunDatabase(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace memsim
