// YAML text to a tree, strictly. The one place that knows yaml-cpp.
//
// We take one document of maps, lists and scalars, with anchors and aliases. Refused, each with a hint: tags,
// directives, merge keys, keys that are no scalars, a key given twice, an alias to its own value, quotes that are never
// closed, invisible characters. yaml-cpp's own tree is not used: it loops on some texts and forgets where things stood.
#pragma once

#include <optional>

#include <memsim/scenario/source_text.hpp>
#include "scenario/yaml/faults.hpp"
#include "scenario/yaml/tree.hpp"

namespace memsim::loader {

// The tree, or nothing when the text has faults after which there is no tree to go on with. Either way `faults` may
// have grown. The root is a map.
[[nodiscard]] std::optional<Tree> read_yaml(const SourceText& source, const LoadCaps& caps, Faults& faults);

}  // namespace memsim::loader
