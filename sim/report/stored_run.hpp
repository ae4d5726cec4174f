// A run read back from the folder that --out wrote.
#pragma once

#include <span>
#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

// Whether the path is a folder, as --out makes them.
[[nodiscard]] bool is_folder(const std::string& path);

// Publishes the run's records (records.jsonl) to `sinks`, and gives its summary: what the records tell, and what only
// the program knew (the scenario's name and title, the cap that ended it, the expectations and what was found) from
// summary.json. Errors: host_failed where a file is missing or cannot be read, with the options that write it;
// bad_input where one is not as this memsim writes it, or the two are not of one run.
[[nodiscard]] HostResult<Summary> read_stored_run(const std::string& folder, std::span<RecordSink* const> sinks);

}  // namespace memsim
