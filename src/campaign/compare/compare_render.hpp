// One comparison in each format.
#pragma once

#include <string>
#include <vector>

#include <memsim/campaign/compare.hpp>

namespace memsim {

[[nodiscard]] std::string compare_text(const Comparison& comparison, std::size_t columns);
[[nodiscard]] std::string compare_markdown(const Comparison& comparison);

// "| a | b |" with what Markdown would take for its own escaped, and a newline.
[[nodiscard]] std::string markdown_row(const std::vector<std::string>& cells);

}  // namespace memsim
