// Whether an estimate is good enough.
#pragma once

#include <memsim/campaign/sweep/sweep.hpp>

namespace memsim {

// Of the runs of one variation. A moment that never came counts, for a mean, as the end of its run.
[[nodiscard]] bool is_precise_enough(const Precision& precision, std::span<const std::optional<std::int64_t>> values,
                                     std::span<const SimTime> end_times);

}  // namespace memsim
