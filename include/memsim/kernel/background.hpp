// A background: a recorded trace that plays beside the processes, as plain values. docs/traces.md says what it does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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
  TraceLayer layer = TraceLayer::page;
  bool frees_start = false;    // the pages that it gives back first are those held at the start, by frame
  std::optional<Extent> zone;  // where given: pages of the recording outside of it are passed over
  // What the recorded kernel did besides to the lists per processor (policy `linux`): their limits fall once a second,
  // at the moments that were seen where any were, and frees that went past them do so here.
  bool keeps_house = false;
  std::vector<std::vector<SimTime>> decays;  // by processor, ascending: what the recording shows of it
};

// Whether an allocation is of the share that is made.
enum class Share : bool { left_out, played };

// What became of what a background asked for.
struct BackgroundCounts {
  std::uint64_t events = 0;
  std::uint64_t allocations = 0;
  std::uint64_t releases = 0;
  std::uint64_t same_place = 0;  // allocations that got the very frames of the recording
  std::uint64_t refused = 0;
  std::uint64_t refused_frames = 0;
  std::uint64_t replaced_frames = 0;     // given back because they were allocated while they were held
  std::uint64_t passed_over_frames = 0;  // of releases: what the background does not hold
  std::uint64_t left_out = 0;            // allocations that are not of its share
  std::uint64_t outside = 0;             // events of other zones
};

}  // namespace memsim
