// What a buddy system with buddies of unequal sizes (src/phys/split/split_buddy.hpp) promises to serve, decided by
// trying every place in every free block. Its blocks come from the definition, by recursion over the page array.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "model/page_array.hpp"

namespace memsim::model {

class SplitPromise {
 public:
  enum class Rule : std::uint8_t { fibonacci, weighted };

  SplitPromise(const PageArray& pages, Rule rule) : pages_(pages), rule_(rule) {
    for (std::uint64_t at = pages.first(); at < pages.end();) {
      const std::uint64_t root = size_within(pages.end() - at, rule);
      collect(at, root);
      at += root;
    }
  }

  // The size of the smallest block that holds `count` frames.
  [[nodiscard]] static std::uint64_t size_holding(std::uint64_t count, Rule rule) {
    std::uint64_t size = count;
    while (size_within(size, rule) < count) ++size;
    return size;
  }

  // The free blocks, ascending.
  [[nodiscard]] const std::vector<Extent>& blocks() const { return blocks_; }

  // Requires: a request that makes sense.
  [[nodiscard]] bool serves(const FrameRequest& request) const {
    const std::uint64_t count = request.count.count();
    std::uint64_t obtainable = 0;
    std::uint64_t longest = 0;
    for (const Extent& block : blocks_) {
      const std::uint64_t end = std::min(block.end().value(), request.window_end.value());
      for (std::uint64_t frame = block.first.value(); frame < end; ++frame) {
        if (frame < request.window_first.value() || frame % request.alignment.count() != 0) continue;
        std::uint64_t length = end - frame;
        if (!request.boundary.is_zero()) {
          length = std::min(length, request.boundary.count() - frame % request.boundary.count());
        }
        longest = std::max(longest, length);
        obtainable += std::min(length, request.alignment.count());
      }
    }
    return (request.contiguity == Contiguity::contiguous ? longest : obtainable) >= count;
  }

 private:
  // The largest block size of at most `frames` frames.
  [[nodiscard]] static std::uint64_t size_within(std::uint64_t frames, Rule rule) {
    if (rule == Rule::fibonacci) {
      std::uint64_t a = 1;
      std::uint64_t b = 2;
      while (b <= frames) {
        const std::uint64_t sum = a + b;
        a = b;
        b = sum;
      }
      return a;
    }
    const std::uint64_t power = std::bit_floor(frames);
    return power >= 2 && power + power / 2 <= frames ? power + power / 2 : power;
  }
  // The size of the lower part of a block.
  [[nodiscard]] std::uint64_t lower_part(std::uint64_t size) const {
    if (rule_ == Rule::fibonacci) return size_within(size - 1, rule_);
    if (size == 2) return 1;
    return std::has_single_bit(size) ? size / 4 * 3 : size / 3 * 2;
  }
  void collect(std::uint64_t first, std::uint64_t size) {
    if (pages_.is_free(first, size)) return blocks_.push_back({FrameNumber(first), FrameCount(size)});
    if (size == 1) return;
    const std::uint64_t lower = lower_part(size);
    collect(first, lower);
    collect(first + lower, size - lower);
  }

  const PageArray& pages_;
  Rule rule_;
  std::vector<Extent> blocks_;
};

}  // namespace memsim::model
