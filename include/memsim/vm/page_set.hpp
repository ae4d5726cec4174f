// PageSet: which pages of a range are meant, one bit a page.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <memsim/vm/page_map.hpp>

namespace memsim {

class PageSet {
 public:
  PageSet() = default;
  // None of the range's pages is in it, and no other page ever.
  explicit PageSet(PageRange range)
      : first_(range.first.value()), end_(range.end().value()), words_((end_ - first_ + 63) / 64) {}

  // What lies outside of the range is passed over. O(pages / 64).
  void add(PageRange pages) {
    for_each_word(pages, [this](std::uint64_t word, std::uint64_t bits) {
      words_[word] |= bits;
      return false;
    });
  }
  void remove(PageRange pages) {
    for_each_word(pages, [this](std::uint64_t word, std::uint64_t bits) {
      words_[word] &= ~bits;
      return false;
    });
  }
  [[nodiscard]] bool has_any_of(PageRange pages) const {
    return for_each_word(pages, [this](std::uint64_t word, std::uint64_t bits) { return (words_[word] & bits) != 0; });
  }

 private:
  // visit(word, bits) for what of the pages lies in the range, until it returns true.
  template <class Visit>
  bool for_each_word(PageRange pages, Visit&& visit) const {
    const std::uint64_t stop = std::min(pages.end().value(), end_);
    for (std::uint64_t page = std::max(pages.first.value(), first_); page < stop;) {
      const std::uint64_t at = page - first_;
      const std::uint64_t count = std::min(64 - at % 64, stop - page);
      const std::uint64_t ones = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
      if (visit(at / 64, ones << at % 64)) return true;
      page += count;
    }
    return false;
  }

  std::uint64_t first_ = 0;
  std::uint64_t end_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace memsim
