// The trace of a background, looked at once for all runs of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/base/units.hpp>
#include <memsim/host/file_store.hpp>
#include <memsim/replay/recorded_state.hpp>
#include <memsim/replay/trace.hpp>

namespace memsim::loader {

struct BackgroundTrace {
  PageSize page_size{};
  std::uint64_t events = 0;  // that a background plays
  SimDuration length;
  std::uint64_t content = 0;  // a hash of these events
  std::uint32_t cpus = 1;     // that they tell of
  StartInference inference;   // from all of its events
  // Reads it anew: from memory where it has no more than a million such events, else from the file.
  std::function<HostResult<std::unique_ptr<TraceReader>>()> open;
};

// How a background takes it: which layer, and the zone of the machine that it was recorded on, where that is known.
struct RecordedAs {
  TraceLayer layer = TraceLayer::page;
  Extent zone{};
  unsigned page_block_order = 9;
  TraceLimits limits{};
};

// Reads the whole trace, through the store once for as long as that lives, so that any mistake in it is told before the
// run. Errors: as open_trace() and TraceReader::next().
[[nodiscard]] HostResult<std::shared_ptr<const BackgroundTrace>> background_trace(host::FileStore* store,
                                                                                  const std::string& path,
                                                                                  const RecordedAs& as);

}  // namespace memsim::loader
