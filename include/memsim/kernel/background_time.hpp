// The time of a recording in the time of a run that plays it.
#pragma once

#include <algorithm>
#include <cstdint>

#include <memsim/base/units.hpp>

namespace memsim {

// How long it takes to play what took `recorded`, at BackgroundConfig::speed_percent of its speed; the longest time
// there is where that is more. Requires: speed_percent >= 1. O(1).
[[nodiscard]] constexpr SimDuration played_time(SimDuration recorded, std::uint32_t speed_percent) {
  if (speed_percent == 100) return recorded;
  __extension__ using Wide = unsigned __int128;
  const Wide scaled = Wide{recorded.count()} * 100 / speed_percent;
  return SimDuration(static_cast<std::uint64_t>(std::min<Wide>(scaled, UINT64_MAX)));
}

}  // namespace memsim
