// The measures of a run by family: what RunMeasures can give, before any run. A part of a name in capitals stands for a
// name or a number; MEASURE for a measure of memory, which sampled_measures() lists.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <memsim/base/measure.hpp>

namespace memsim {

struct MeasureFamily {
  std::string_view name;  // "failed_calls/CALL/ERRNO"
  MeasureUnit unit;
  Better better;
  std::string_view doc;  // one line
};

// In the order of a run's list. Measures of memory over time are not among them: each is objects/MEASURE/OF or
// region/NAME/MEASURE/OF, by order with /orderK or /K before OF, where OF is start, min, mean, max or end.
[[nodiscard]] std::span<const MeasureFamily> measure_families();

// Whether a run's measure of that name is of the family.
[[nodiscard]] bool is_of_family(std::string_view name, const MeasureFamily& family);

// "count", "frames", "bytes", "share", "nanoseconds".
[[nodiscard]] std::string_view name_of(MeasureUnit unit);
// Those of that name; nothing where there is none.
[[nodiscard]] std::optional<MeasureUnit> unit_named(std::string_view name);
[[nodiscard]] std::optional<Better> better_named(std::string_view name);

}  // namespace memsim
