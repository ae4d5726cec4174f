// What is allowed in a scenario but can hardly be meant: told by `memsim validate`, and no reason to refuse the file.
#pragma once

#include <vector>

#include <memsim/scenario/scenario.hpp>

#include "scenario/format/map_reader.hpp"

namespace memsim::loader {

// Names of typed memory that no region bears, probes that fail in the empty machine, processes that nobody starts. In
// the order of the file. Builds the machine. Requires: the scenario has no faults.
[[nodiscard]] std::vector<Diagnostic> find_warnings(const Loading& loading, const WorldConfig& world);

}  // namespace memsim::loader
