// PinCounts: how many of the aligned ranges of a region, a large page each, hold at least one frame that cannot move.
#pragma once

#include <algorithm>
#include <cstdint>

#include <memsim/base/check.hpp>
#include <memsim/base/units.hpp>

#include "phys/structures/zero_array.hpp"

namespace memsim {

class PinCounts {
 public:
  // Ranges of 2^range_order frames, aligned; the region may cut the first and the last.
  PinCounts(Extent region, unsigned range_order)
      : region_(region),
        shift_(range_order),
        pins_((last(region) >> range_order) - (region.first.value() >> range_order) + 1) {}
  PinCounts(const PinCounts& other)
      : region_(other.region_), shift_(other.shift_), pinned_(other.pinned_), pins_(other.pins_.size()) {
    for (std::size_t i = 0; i < pins_.size(); ++i) {
      if (other.pins_[i] != 0) pins_[i] = other.pins_[i];
    }
  }
  PinCounts(PinCounts&&) noexcept = default;
  PinCounts& operator=(PinCounts&&) noexcept = default;
  PinCounts& operator=(const PinCounts&) = delete;
  ~PinCounts() = default;

  // Requires: the extent lies in the region; unpin only what was pinned.
  void pin(Extent extent) { change(extent, true); }
  void unpin(Extent extent) { change(extent, false); }

  [[nodiscard]] std::uint64_t whole_ranges() const {
    const std::uint64_t first = ((region_.first.value() + range() - 1) >> shift_);
    return std::max(region_.end().value() >> shift_, first) - first;
  }
  [[nodiscard]] std::uint64_t pinned_ranges() const { return pinned_; }  // of the whole ones

 private:
  static std::uint64_t last(Extent extent) { return extent.end().value() - 1; }
  [[nodiscard]] std::uint64_t range() const { return std::uint64_t{1} << shift_; }

  void change(Extent extent, bool up) {
    MEMSIM_CHECK_THAT(!extent.count.is_zero() && region_.contains(extent), "pinned frames belong to the region");
    for (std::uint64_t number = extent.first.value() >> shift_; number <= last(extent) >> shift_; ++number) {
      const std::uint64_t first = number << shift_;
      const std::uint64_t low = std::max(first, extent.first.value());
      const std::uint64_t frames = std::min(first + range(), extent.end().value()) - low;
      std::uint64_t& pins = pins_[number - (region_.first.value() >> shift_)];
      const bool was_pinned = pins != 0;
      MEMSIM_CHECK_THAT(up || pins >= frames, "a frame is unpinned as often as it was pinned");
      pins = up ? pins + frames : pins - frames;
      const bool is_whole = region_.first.value() <= first && first + range() <= region_.end().value();
      if (is_whole && was_pinned != (pins != 0)) pinned_ = up ? pinned_ + 1 : pinned_ - 1;
    }
  }

  Extent region_;
  unsigned shift_;
  std::uint64_t pinned_ = 0;
  ZeroArray<std::uint64_t> pins_;  // per range: pins on its frames, summed
};

}  // namespace memsim
