// TLSF as its paper has it (Masmano, Ripoll, Crespo and Real, ECRTS 2004), on frames in place of bytes: every list is a
// vector, every neighbour is found by walking, and sizes are mapped to lists by the paper's formulas word for word.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <memsim/base/units.hpp>

namespace memsim::model {

class NaiveTlsf {
 public:
  // `second_level`: log2 of the lists for each power of two (the paper's SLI).
  NaiveTlsf(Extent region, unsigned second_level) : second_level_(second_level) { insert(region); }

  // The least length that a request for `count` frames is served from for certain: the paper's round-up before mapping.
  [[nodiscard]] static std::uint64_t rounded_up(std::uint64_t count, unsigned second_level) {
    const unsigned first = log2(count);
    if (first <= second_level) return count;  // each length has a list of its own
    const std::uint64_t step = std::uint64_t{1} << (first - second_level);
    return (count + step - 1) / step * step;
  }

  // Takes the frames it answers with; nothing where the paper refuses.
  std::optional<Extent> allocate(FrameCount count) {
    const List from = mapped(rounded_up(count.count(), second_level_));
    for (auto& [list, extents] : lists_) {
      if (list < from || extents.empty()) continue;
      const Extent found = extents.back();
      extents.pop_back();
      if (found.count > count) insert({found.first + count, found.count - count});
      return Extent{found.first, count};
    }
    return std::nullopt;
  }

  void release(Extent extent) {
    for (auto& [list, extents] : lists_) {
      for (std::size_t i = 0; i < extents.size();) {
        const Extent other = extents[i];
        if (other.end() != extent.first && extent.end() != other.first) {
          ++i;
          continue;
        }
        extents.erase(extents.begin() + static_cast<std::ptrdiff_t>(i));
        extent = {std::min(extent.first, other.first), extent.count + other.count};
      }
    }
    insert(extent);
  }

 private:
  using List = std::pair<unsigned, std::uint64_t>;  // the paper's (f, s)

  static unsigned log2(std::uint64_t value) {
    unsigned log = 0;
    while (value >> log > 1) ++log;
    return log;
  }
  // f = floor(log2 r), s = (r - 2^f) 2^(SLI - f); short lengths have a list each.
  [[nodiscard]] List mapped(std::uint64_t length) const {
    const unsigned first = log2(length);
    if (first <= second_level_) return {0, length};
    return {first, (length - (std::uint64_t{1} << first)) >> (first - second_level_)};
  }
  void insert(Extent extent) { lists_[mapped(extent.count.count())].push_back(extent); }

  unsigned second_level_;
  std::map<List, std::vector<Extent>> lists_;  // the last of a list is its head
};

}  // namespace memsim::model
