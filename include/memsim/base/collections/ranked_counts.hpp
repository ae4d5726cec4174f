// RankedCounts: how often each of several counts occurs, for their smallest, largest and percentiles while they come
// and go.
#pragma once

#include <cstdint>
#include <map>

#include <memsim/base/check.hpp>

namespace memsim {

class RankedCounts {
 public:
  // O(log distinct counts).
  void add(std::uint64_t count) {
    ++occurrences_[count];
    ++size_;
  }
  // Requires: it was added.
  void remove(std::uint64_t count) {
    const auto found = occurrences_.find(count);
    MEMSIM_CHECK_THAT(found != occurrences_.end(), "what leaves has come");
    if (--found->second == 0) occurrences_.erase(found);
    --size_;
  }

  // With repetitions.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // The following give 0 where there are none.
  [[nodiscard]] std::uint64_t smallest() const { return size_ == 0 ? 0 : occurrences_.begin()->first; }
  [[nodiscard]] std::uint64_t largest() const { return size_ == 0 ? 0 : occurrences_.rbegin()->first; }
  // By nearest rank: the smallest count that at least half, or 99 %, do not exceed. O(distinct counts).
  [[nodiscard]] std::uint64_t median() const { return at_rank(size_ - size_ / 2); }
  [[nodiscard]] std::uint64_t p99() const { return at_rank(size_ - size_ / 100); }

  bool operator==(const RankedCounts&) const = default;

 private:
  // Ranks count from 1.
  [[nodiscard]] std::uint64_t at_rank(std::uint64_t rank) const {
    std::uint64_t passed = 0;
    for (const auto& [count, times] : occurrences_) {
      passed += times;
      if (rank <= passed) return count;
    }
    return 0;
  }

  std::map<std::uint64_t, std::uint64_t> occurrences_;
  std::uint64_t size_ = 0;
};

}  // namespace memsim
