// Values of one measure as they stand side by side, in a row of a table or as before and after.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <memsim/view/run_measures.hpp>

namespace memsim {

// A value of a measure, or a mean or difference of such, which may have more digits.
__extension__ using ShownValue = __int128;

// A text for each value, so that two that differ never look alike: "1.5 ms", "48.4 %", "12.3", "never". Where the usual
// digits are too few, all are written in one unit with as many more as it takes: "2.0003 MiB" beside "2.0000 MiB".
// `per_unit` is how many of the values' steps make one of the measure's unit: 1, or 1000 for values in thousandths; a
// value in whole units may be kNeverMeasured. `measure` gives the unit, not a value.
[[nodiscard]] std::vector<std::string> distinct_texts(const Measure& measure, std::span<const ShownValue> values,
                                                      std::int64_t per_unit);

}  // namespace memsim
