// How long something takes on this host. For limits and for people who wait; nothing that is computed may depend on it.
#pragma once

#include <chrono>

namespace memsim::host {

class Stopwatch {
 public:
  [[nodiscard]] std::chrono::milliseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point started_ = Clock::now();
};

}  // namespace memsim::host
