// How the tables of a comparison write their numbers.
#pragma once

#include <string>

#include <memsim/campaign/compare.hpp>

namespace memsim {

// A value in thousandths of the measure's unit: "0.484", "1.5 ms", "12.3".
[[nodiscard]] std::string thousandths_text(const Measure& measure, std::int64_t thousandths);

// The mean as a cell: ">= 14 h 3 min" for a lower bound, "never", "-" where it is not known.
[[nodiscard]] std::string mean_text(const Measure& measure, const Standing& standing);

// The difference from the first contestant as a cell: "-0.023 +- 0.004 better"; empty where there is none.
[[nodiscard]] std::string difference_text(const Measure& measure, const Standing& standing);

// In how many measures each contestant is the best.
[[nodiscard]] std::vector<std::uint64_t> best_counts(const Comparison& comparison);

// "seed 2023", "seeds 2023 to 2027".
[[nodiscard]] std::string seeds_text(const Comparison& comparison);

}  // namespace memsim
