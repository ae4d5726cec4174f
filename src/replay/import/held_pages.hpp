// HeldPages: which pages a trace holds so far, to tell what cannot have happened.
#pragma once

#include <cstdint>
#include <vector>

namespace memsim {

class HeldPages {
 public:
  // Both return how many of the pages were not as they ought to be. A page that was not seen yet may be either.
  std::uint64_t take(std::uint64_t first, std::uint64_t count) { return set(first, count, kHeld); }
  std::uint64_t give(std::uint64_t first, std::uint64_t count) { return set(first, count, kFree); }

 private:
  static constexpr unsigned kHeld = 1;
  static constexpr unsigned kFree = 2;

  std::uint64_t set(std::uint64_t first, std::uint64_t count, unsigned state) {
    const std::uint64_t end = first + count;
    if (end > states_.size() * 4) states_.resize(end / 4 + end / 16 + 1);
    std::uint64_t wrong = 0;
    for (std::uint64_t page = first; page < end; ++page) {
      const unsigned shift = static_cast<unsigned>(page & 3U) * 2;
      const unsigned byte = states_[page / 4];
      wrong += (byte >> shift & 3U) == state ? 1U : 0U;
      states_[page / 4] = static_cast<std::uint8_t>((byte & ~(3U << shift)) | state << shift);
    }
    return wrong;
  }

  std::vector<std::uint8_t> states_;  // two bits a page
};

}  // namespace memsim
