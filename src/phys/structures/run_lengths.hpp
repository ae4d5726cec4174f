// RunLengths: the lengths of all maximal free runs, as a multiset that knows its largest and its histogram.
//
// Short runs are by far the most frequent, so their counts stand in an array with a bitmap; the few long ones in a map.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <map>

#include <memsim/base/check.hpp>
#include <memsim/phys/measures.hpp>

namespace memsim {

class RunLengths {
 public:
  // Requires: length > 0.
  void add(std::uint64_t length);
  // Requires: the length was added and not yet removed.
  void remove(std::uint64_t length);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t largest() const;  // 0 where there is none
  [[nodiscard]] const PerOrder& by_log2() const { return by_log2_; }
  bool operator==(const RunLengths&) const = default;

 private:
  static constexpr std::uint64_t kShort = 1024;

  std::uint64_t count_ = 0;
  PerOrder by_log2_{};
  std::array<std::uint32_t, kShort> short_{};           // runs of each length below kShort
  std::array<std::uint64_t, kShort / 64> short_set_{};  // bit n: short_[n] is not zero
  std::map<std::uint64_t, std::uint64_t> long_;
};

inline void RunLengths::add(std::uint64_t length) {
  ++count_;
  ++by_log2_[static_cast<unsigned>(std::bit_width(length)) - 1];
  if (length >= kShort) {
    ++long_[length];
  } else if (short_[length]++ == 0) {
    short_set_[length / 64] |= std::uint64_t{1} << (length % 64);
  }
}

inline void RunLengths::remove(std::uint64_t length) {
  --count_;
  --by_log2_[static_cast<unsigned>(std::bit_width(length)) - 1];
  if (length >= kShort) {
    const auto found = long_.find(length);
    MEMSIM_CHECK_THAT(found != long_.end(), "a run that goes was there");
    if (--found->second == 0) long_.erase(found);
    return;
  }
  MEMSIM_CHECK_THAT(short_[length] != 0, "a run that goes was there");
  if (--short_[length] == 0) short_set_[length / 64] &= ~(std::uint64_t{1} << (length % 64));
}

inline std::uint64_t RunLengths::largest() const {
  if (!long_.empty()) return long_.rbegin()->first;
  for (std::uint64_t word = short_set_.size(); word-- > 0;) {
    if (short_set_[word] != 0) return word * 64 + static_cast<unsigned>(std::bit_width(short_set_[word])) - 1;
  }
  return 0;
}

}  // namespace memsim
