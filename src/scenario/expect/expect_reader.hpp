// Reads the section `expect:`.
#pragma once

#include <memsim/scenario/scenario.hpp>

#include "scenario/format/map_reader.hpp"

namespace memsim::loader {

// Needs the machine, the probes and the processes, whose names the expectations use.
void read_expectations(Loading& loading, const Node& root_node, MapReader& root, Scenario& scenario);

}  // namespace memsim::loader
