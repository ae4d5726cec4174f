// Runs read back from a database (database/run_database.hpp), so that every view can be had of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/view/made_by.hpp>
#include <memsim/view/run_measures.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

// Whether the file is an SQLite database, of whatever kind.
[[nodiscard]] bool is_database(const std::string& path);

// The numbers of the runs in it, ascending. Errors: host_failed where it cannot be read; bad_input where it is no
// database of runs of this memsim.
[[nodiscard]] HostResult<std::vector<std::int64_t>> runs_in_database(const std::string& path);

// Publishes the records of a run to `sinks`, and gives its summary, with what only the program knew (scenario and
// title, the cap that ended it, the expectations). Errors: as before; bad_input where the run was stored without its
// records, or they are not as this memsim writes them.
[[nodiscard]] HostResult<Summary> read_database_run(const std::string& path, std::int64_t run,
                                                    std::span<RecordSink* const> sinks);

// What was measured of a run.
struct MeasuredRun {
  std::string scenario;
  std::string title;
  MadeBy made_by;  // page size and processors apart
  std::string fingerprint;
  SimTime end_time;
  std::vector<Measure> measures;
};

// All runs of a database, in its order. Errors: as runs_in_database(). Memory: as much as the file has.
[[nodiscard]] HostResult<std::vector<MeasuredRun>> read_measured_runs(const std::string& path);

}  // namespace memsim
