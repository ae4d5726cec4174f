// Numbers in the unit of what they bound, as an expectation writes them.
#pragma once

#include <cstdint>
#include <string_view>

#include <memsim/base/measure.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/base/units.hpp>

namespace memsim::loader {

constexpr std::int64_t kWholeShare = 1000;  // thousandths

// In thousandths: a decimal from -1 to 1, or with a unit: "0.484", "48.4%", "484 permille". Errors: what is no such
// number, or no whole thousandth. A number that was meant in thousandths but has no unit is out of range.
[[nodiscard]] Parsed<std::int64_t> parse_share(std::string_view text);

// A count: "12"; frames: "1024" or "4MiB"; bytes: "64KiB"; a share; a time: "10ms".
// Errors: another unit or none, a size that is no whole number of pages, a value of 2^63 or more.
[[nodiscard]] Parsed<std::int64_t> parse_bound(std::string_view text, MeasureUnit unit, PageSize page_size);

// "a share such as 0.25": for messages.
[[nodiscard]] std::string_view expectation_of(MeasureUnit unit);

}  // namespace memsim::loader
