// PagePlaces: where each page of a recording lies in the simulated memory.
#pragma once

#include <cstdint>
#include <vector>

#include <memsim/base/units.hpp>

namespace memsim {

// Indices count from the first frame of the region, on both sides. Four bytes a page.
class PagePlaces {
 public:
  static constexpr std::uint32_t kFree = 0xffffffff;
  static constexpr std::uint32_t kRefused = 0xfffffffe;  // held in the recording, refused by the policy

  // Every page lies at its own place. Requires: fewer than 2^32 - 2 frames.
  explicit PagePlaces(FrameCount frames) : places_(frames.count()) {
    for (std::uint64_t i = 0; i < places_.size(); ++i) places_[i] = static_cast<std::uint32_t>(i);
  }

  // Makes room for the pages below `end`: nobody holds the new ones.
  void reach(std::uint64_t end) {
    if (end <= places_.size()) return;
    if (end > places_.capacity()) places_.reserve(end + end / 2);
    places_.resize(end, kFree);
  }

  [[nodiscard]] static bool is_held(std::uint32_t place) { return place < kRefused; }
  [[nodiscard]] std::uint32_t operator[](std::uint64_t page) const { return places_[page]; }
  void set(std::uint64_t page, std::uint32_t place) { places_[page] = place; }
  void set_run(std::uint64_t page, std::uint64_t count, std::uint64_t place) {
    for (std::uint64_t i = 0; i < count; ++i) places_[page + i] = static_cast<std::uint32_t>(place + i);
  }
  void fill(std::uint64_t page, std::uint64_t count, std::uint32_t value) {
    for (std::uint64_t i = 0; i < count; ++i) places_[page + i] = value;
  }
  // Whether the pages lie one behind the other.
  [[nodiscard]] bool is_run(std::uint64_t page, std::uint64_t count) const {
    const std::uint32_t first = places_[page];
    if (!is_held(first)) return false;
    for (std::uint64_t i = 1; i < count; ++i) {
      if (places_[page + i] != first + i) return false;
    }
    return true;
  }

 private:
  std::vector<std::uint32_t> places_;
};

}  // namespace memsim
