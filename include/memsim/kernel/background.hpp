// A background: a recorded trace that plays beside the processes, as plain values. docs/traces.md says what it does.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/replay/trace.hpp>

namespace memsim {

struct BackgroundConfig {
  std::string name;
  // Opens the trace anew. A world and each of its copies reads its own; one that was copied in the middle passes over
  // what has been played. Errors: as open_trace().
  std::function<HostResult<std::unique_ptr<TraceReader>>()> open;
  std::vector<RegionId> from;         // the regions that serve it, in this order; empty: general memory
  SimTime at;                         // when its first pass begins
  std::uint64_t passes = 1;           // 0: to the end of the run, which it then does not put off
  SimDuration length;                 // of the trace, from its begin to its last event
  SimDuration pause;                  // between the end of one pass and the begin of the next
  std::uint32_t speed_percent = 100;  // of the recording's; at least 1
  std::uint32_t share_percent = 100;  // of its allocations, drawn from the seed; those left out are never given back
  bool frees_start = false;           // the pages that it gives back first are those held at the start, by frame
};

}  // namespace memsim
