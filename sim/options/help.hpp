// Help on a command, as text.
#pragma once

#include <string>
#include <string_view>

#include "sim/options/command.hpp"

namespace memsim {

// Help that begins with examples: most readers need nothing else. `name` is what is typed to reach the command. No line
// is longer than `columns`, except for a word or an example that is.
[[nodiscard]] std::string help_of(const Command& command, std::string_view name, std::size_t columns);

// `text` behind `head`, in lines of at most `columns` that begin at column `indent`; below a head that reaches further.
[[nodiscard]] std::string wrapped(std::string head, std::string_view text, std::size_t indent, std::size_t columns);

// The columns that help has: those of the terminal, or 80.
[[nodiscard]] std::size_t help_columns();

}  // namespace memsim
