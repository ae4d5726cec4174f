// Whether it is worth looking for a moment whether the other side has answered, before going to sleep. It is where both
// sides have a processor of their own; where they share one, looking only keeps the other from it. So a look in vain is
// followed by waits without one, twice as many each time, and a look that was worth it by looking every time.
#pragma once

#include <cstdint>

namespace memsim::link {

class Patience {
 public:
  [[nodiscard]] bool is_worth_a_look() {
    if (skip_ == 0) return true;
    --skip_;
    return false;
  }
  void looked(bool in_time) {
    skip_ = in_time ? 0 : next_skip_;
    next_skip_ = in_time ? 1 : next_skip_ < kMost ? 2 * next_skip_ : kMost;
  }

 private:
  static constexpr std::uint32_t kMost = 256;
  std::uint32_t skip_ = 0;
  std::uint32_t next_skip_ = 1;
};

}  // namespace memsim::link
