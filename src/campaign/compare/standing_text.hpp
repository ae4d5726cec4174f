// How the tables of a comparison write their numbers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <memsim/campaign/compare.hpp>

namespace memsim {

// The means of a row, one cell for each contestant: ">= 14 h 3 min" for a lower bound, "never", "-" where it is not
// known. Means that differ have different texts.
[[nodiscard]] std::vector<std::string> mean_texts(const Measure& measure, std::span<const Standing> standings);

// The difference from the first contestant as a cell: "-0.023 +- 0.004 better"; empty where there is none. One that is
// not zero does not look like zero, nor like a half width that it is not.
[[nodiscard]] std::string difference_text(const Measure& measure, const Standing& standing);

// In how many measures each contestant is the best.
[[nodiscard]] std::vector<std::uint64_t> best_counts(const Comparison& comparison);

// "seed 2023", "seeds 2023 to 2027".
[[nodiscard]] std::string seeds_text(const Comparison& comparison);

}  // namespace memsim
