// SparseArray: a fixed array of trivial values, all zero at first, that knows which of its pages were ever touched.
//
// A page is 4096 elements. Untouched pages cost no memory (zero_array.hpp), a copy copies only the touched ones, and
// byte_size() counts only them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "phys/structures/zero_array.hpp"

namespace memsim {

template <class T>
class SparseArray {
 public:
  explicit SparseArray(std::uint64_t size) : values_(size), pages_((size >> kPageShift) + 1) {}
  SparseArray(const SparseArray& other) : values_(other.values_.size()), pages_(other.pages_.size()) {
    for (std::uint64_t page = 0; page < pages_.size(); ++page) {
      if (other.pages_[page] == Page::untouched) continue;
      pages_[page] = Page::touched;
      const std::uint64_t end = std::min((page + 1) << kPageShift, std::uint64_t{values_.size()});
      for (std::uint64_t i = page << kPageShift; i < end; ++i) values_[i] = other.values_[i];
    }
  }
  SparseArray(SparseArray&&) noexcept = default;
  SparseArray& operator=(SparseArray&&) noexcept = default;
  SparseArray& operator=(const SparseArray&) = delete;
  ~SparseArray() = default;

  // The element, for writing: its page counts as touched from now on.
  [[nodiscard]] T& touch(std::uint64_t i) {
    pages_[i >> kPageShift] = Page::touched;
    return values_[i];
  }
  // For writing, only where the page was touched: else a copy lacks what is written.
  [[nodiscard]] T& operator[](std::uint64_t i) { return values_[i]; }
  [[nodiscard]] const T& operator[](std::uint64_t i) const { return values_[i]; }

  [[nodiscard]] std::size_t byte_size() const {
    std::uint64_t touched = 0;
    for (std::uint64_t page = 0; page < pages_.size(); ++page) touched += pages_[page] == Page::touched ? 1U : 0U;
    return std::min(touched << kPageShift, std::uint64_t{values_.size()}) * sizeof(T);
  }

 private:
  static constexpr unsigned kPageShift = 12;
  enum class Page : std::uint8_t { untouched = 0, touched = 1 };  // no plain byte: a store to one may alias everything

  ZeroArray<T> values_;
  ZeroArray<Page> pages_;
};

}  // namespace memsim
