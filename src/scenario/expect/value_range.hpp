// What the values of an expectation can be at all, as far as the scenario tells before it runs: so that a bound that
// no run can meet is a fault of the file and not a failure of the run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <memsim/kernel/config.hpp>
#include <memsim/scenario/expectation.hpp>

namespace memsim::loader {

struct ValueRange {
  std::int64_t least = 0;
  std::int64_t most = 0;
  MeasureUnit unit = MeasureUnit::count;  // of both; a share in thousandths

  [[nodiscard]] bool contains(std::int64_t value) const { return least <= value && value <= most; }
};

// What is measured; nullptr where it is another value, or none.
[[nodiscard]] const MeasureValues* measure_of(const Expectation& expectation);

// Nothing where it is not certain: what is measured of memory objects is not bounded by the regions.
[[nodiscard]] std::optional<ValueRange> range_of(const Expectation& expectation, const WorldConfig& world);

// The largest order of which the region has a block or a run; nothing for measures that are not of a region and an
// order.
[[nodiscard]] std::optional<Order> largest_order_of(const MeasureValues& measure, const WorldConfig& world);

// "0 to 2048 frames", "-1 to 1".
[[nodiscard]] std::string range_text(const ValueRange& range);

}  // namespace memsim::loader
