// A recorded trace where a scenario is expected: the scenario that has it for a background and nothing else.
#pragma once

#include <string>

#include <memsim/base/host_error.hpp>

namespace memsim::loader {

// Whether a file's name is that of a trace: it ends in .trace, or in that and .xz, .zst or .gz.
[[nodiscard]] bool names_trace(const std::string& path);

// The text of the scenario: a machine with the pages that the trace's head tells of, or with 1 GiB, and a sample each
// second. Errors: as open_trace().
[[nodiscard]] HostResult<std::string> scenario_of_trace(const std::string& path);

}  // namespace memsim::loader
