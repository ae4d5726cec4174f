// Expectations and what was found, in words.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <memsim/base/units.hpp>
#include <memsim/campaign/expectations.hpp>
#include <memsim/scenario/expectation.hpp>

namespace memsim::campaign {

// "free_frames of ram at the end: at least 2048 frames".
[[nodiscard]] std::string describe(const Expectation& expectation);

// A value in its unit, exactly: "0.484", "1.234567 ms", "64 KiB", "2048 frames", "12", "never".
[[nodiscard]] std::string value_text(std::int64_t value, MeasureUnit unit);
// "success", "ENOMEM", "value 8".
[[nodiscard]] std::string outcome_text(Errno error, std::int64_t result);
// "1 min 5 s".
[[nodiscard]] std::string time_text(SimTime time);
// " between 1 h and 2 h", or nothing where the window is the whole run.
[[nodiscard]] std::string window_text(const TimeWindow& window);
// "offset=0 paddr=100000 len=2000", as the documented example prints it.
[[nodiscard]] std::string segment_text(const Segment& segment);

}  // namespace memsim::campaign
