// Reading records.jsonl (docs/output.md) back, so that every view can be had of a run that is over, whichever memsim
// program it was a run of.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/record_stream.hpp>

namespace memsim {

// A longer line is refused: memory is bounded by a few times this, whatever the file holds.
inline constexpr std::size_t kRecordLineMax = std::size_t{64} << 20;

// Publishes every record of the file at `path` to `stream`, whose fingerprint and count are then those of the run.
// Nothing in the file is trusted: each line must be as this version of memsim writes it, and what a record says must be
// possible after those before it (frames given back were taken, no time runs backwards), so that subscribers may rely
// on it as in a run. About 2 us a record. Errors: host_failed where the file cannot be read or is no regular file;
// bad_input with line and column where it is not as it should be, or ends before the run did; then an unknown part of
// the records has been published. Requires: a new stream.
[[nodiscard]] HostResult<void> replay_records(const std::string& path, RecordStream& stream);

// The same of lines from elsewhere, each without its newline, that `next` gives one after the other until it gives
// none. `name` stands for a path in diagnostics.
using NextRecordLine = std::function<std::optional<std::string_view>()>;
[[nodiscard]] HostResult<void> replay_record_lines(const std::string& name, const NextRecordLine& next,
                                                   RecordStream& stream);

}  // namespace memsim
