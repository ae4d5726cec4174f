// Patterns that choose measures by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace memsim {

// Whether the whole name fits: * stands for any text, also none and also with '/' in it, ? for one character.
// O(pattern * name).
[[nodiscard]] bool fits(std::string_view pattern, std::string_view name);

// What may have been meant by a pattern that fits none of `names`, the measures of a run: a measure as expectations
// spell it ("free_blocks", "failed_share"), a part of a name, or a slip. A pattern that fits; empty where there is
// none.
[[nodiscard]] std::string meant_pattern(std::string_view pattern, const std::vector<std::string_view>& names);

}  // namespace memsim
