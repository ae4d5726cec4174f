// The parts of a run between which it is copied: some dozens where its length is known, else ever longer ones.
#pragma once

#include <algorithm>
#include <cstdint>

#include <memsim/base/units.hpp>

namespace memsim {

class Parts {
 public:
  explicit Parts(SimTime until) : until_(until) {
    constexpr std::uint64_t kParts = 48;
    if (until != never()) part_ = std::max<std::uint64_t>(1, until.value() / kParts);
  }

  // The end of the next part.
  [[nodiscard]] SimTime next() {
    constexpr std::uint64_t kEndlessMax = std::uint64_t{1} << 62;
    end_ = std::min(std::min(end_, kEndlessMax) + part_, until_.value());
    // Of a run without an end nobody knows how long it is: each part is half of all before it.
    if (until_ == never()) part_ = std::max(part_, end_ / 2);
    return SimTime(end_);
  }
  [[nodiscard]] bool is_over() const { return end_ >= until_.value(); }

 private:
  SimTime until_;
  std::uint64_t part_ = 1'000'000'000;  // a second
  std::uint64_t end_ = 0;
};

}  // namespace memsim
