// A summary as text for people and as JSON for programs. Pure functions of the summary: no clock, no locale.
#pragma once

#include <string>

#include <memsim/view/summary.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {

// Plain text in at most about 100 columns. Long lists are abbreviated further, with a count of what is left out. Names
// and notes are escaped for the terminal. Ends with a newline.
[[nodiscard]] std::string render_text(const Summary& summary);

// One JSON object, indented by two, integers only, keys in a fixed order (docs/output.md). Ends with a newline.
[[nodiscard]] std::string render_json(const Summary& summary);

}  // namespace memsim
