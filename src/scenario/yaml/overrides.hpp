// Overrides: scalars of the tree replaced from the command line, before anything is checked.
#pragma once

#include <vector>

#include <memsim/scenario/scenario.hpp>

#include "scenario/yaml/faults.hpp"
#include "scenario/yaml/tree.hpp"

namespace memsim::loader {

// The overrides that the options amount to, in the order in which they apply.
[[nodiscard]] std::vector<Override> overrides_of(const LoadOptions& options);

// Applies them in order. A key that the file left out is added; whether it may exist at all is checked later, as if it
// had stood in the file. Faults: a path that is malformed, leads through a list's item that does not exist, or ends in
// a list or map.
void apply_overrides(Tree& tree, const std::vector<Override>& overrides, Faults& faults);

}  // namespace memsim::loader
