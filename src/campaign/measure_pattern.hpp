// Patterns that choose measures by name.
#pragma once

#include <string_view>

namespace memsim {

// Whether the whole name fits: * stands for any text, also none and also with '/' in it, ? for one character.
// O(pattern * name).
[[nodiscard]] bool fits(std::string_view pattern, std::string_view name);

}  // namespace memsim
