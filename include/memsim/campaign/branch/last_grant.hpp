// When was it lost: the last moment of a run at which a probe's request would have been granted, and what ended that.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

struct LastGrant {
  // What took frames in the instant from which on the request is refused for ever.
  struct Taker {
    std::string process;  // of the thread that asked; empty: none
    std::string object;   // "/camera.3", or "object 17"
    FrameCount frames;
    bool is_contiguous = false;
  };

  bool at_end = false;          // it is still granted at the end of the run
  std::optional<SimTime> last;  // the last instant behind which it was granted; nothing: at none, if not at the end
  std::optional<SimTime> lost;  // the next instant: from then on it is refused for ever
  std::vector<Taker> takers;    // in that instant, in order
  SimTime end;                  // of the run
};

// Runs the scenario, with copies at some moments, and then again, instant by instant, only from the copy on behind
// which the request was granted for the last time. Errors: as RunSession; bad_input where the scenario has no probe
// `name`.
[[nodiscard]] HostResult<LastGrant> last_grant(const Scenario& scenario, const std::string& name);

// For people. Ends with a newline.
[[nodiscard]] std::string render_text(const LastGrant& grant, const std::string& probe);
[[nodiscard]] std::string render_json(const LastGrant& grant, const std::string& probe);

}  // namespace memsim
