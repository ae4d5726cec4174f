// TimerTimeout(): what the next call of the thread has for a timeout.
#pragma once

#include <cstdint>

namespace memsim::runtime {

// In nanoseconds, -1 for none, if it is for one of `states`. It is over after any call that can block.
[[nodiscard]] std::int64_t take_timeout(int states);

}  // namespace memsim::runtime
