// What the writer and the reader of baselines agree on.
#pragma once

#include <string_view>

namespace memsim {

// The group of the measures whose names have one part only.
inline constexpr std::string_view kWholeRun = "run";

}  // namespace memsim
