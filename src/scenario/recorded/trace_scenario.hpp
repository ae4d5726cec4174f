// A recorded trace where a scenario is expected: the scenario that has it for a background and nothing else.
#pragma once

#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim::loader {

// The text of the scenario: a machine with the pages that the trace's head tells of, or with 1 GiB, and a sample each
// second. Where one of the overrides gives it the lists of a start, it is the machine that they were recorded on.
// Errors: as open_trace().
[[nodiscard]] HostResult<std::string> scenario_of_trace(const std::string& path, const LoadOptions& options);

}  // namespace memsim::loader
