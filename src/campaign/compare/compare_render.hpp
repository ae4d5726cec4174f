// One comparison in each format.
#pragma once

#include <string>

#include <memsim/campaign/compare.hpp>

namespace memsim {

[[nodiscard]] std::string compare_text(const Comparison& comparison, std::size_t columns);
[[nodiscard]] std::string compare_markdown(const Comparison& comparison);

}  // namespace memsim
