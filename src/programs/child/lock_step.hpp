// memsim's side of the link: waits until a thread of a program asks, and lets it go on.
#pragma once

#include <cstdint>

#include "programs/child/child.hpp"

namespace memsim::programs {

enum class Stop : std::uint8_t {
  asked,
  gone,      // it has ended
  silent,    // it did not ask for too long
  nonsense,  // it wrote what no program writes that is linked as it should be
};

class LockStep {
 public:
  LockStep(std::uint64_t seconds, std::size_t lane) : seconds_(seconds), lane_(lane) {}

  // Waits for the next question. `seconds` of processor time, or five times as long altogether.
  [[nodiscard]] Stop wait(Child& child);
  // Answers the last one: the reply is in the slot.
  void answer(Child& child) const;

 private:
  std::uint64_t seconds_;
  std::size_t lane_;
};

}  // namespace memsim::programs
