// Overrides: scalars of the tree replaced from the command line, before anything is checked.
#pragma once

#include <span>

#include <memsim/scenario/scenario.hpp>

#include "scenario/yaml/faults.hpp"
#include "scenario/yaml/tree.hpp"

namespace memsim::loader {

// Applies them in order; their numbers in places count from `first`. A key that the file left out is added; whether it
// may exist at all is checked later, as if it had stood in the file. Faults: a path that is malformed, leads through a
// list's item that does not exist, or ends in a list or map.
void apply_overrides(Tree& tree, std::span<const Override> overrides, Faults& faults, std::uint32_t first = 1);

}  // namespace memsim::loader
