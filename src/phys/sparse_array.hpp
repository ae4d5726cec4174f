// SparseArray: a fixed array of trivial values, all zero at first, that knows which of its pages were ever touched.
//
// A page is 4096 elements. Untouched pages cost no memory (zero_array.hpp), a copy copies only the touched ones, and
// byte_size() counts only them. So metadata may be laid out with one element per frame for any region.
#pragma once

#include <algorithm>
#include <cstdint>

#include "phys/zero_array.hpp"

namespace memsim {

template <class T>
class SparseArray {
 public:
  explicit SparseArray(std::uint64_t size) : values_(size), touched_((size >> kPageShift) / 64 + 1) {}
  SparseArray(const SparseArray& other)
      : values_(other.values_.size()), touched_(other.touched_.size()), touched_pages_(other.touched_pages_) {
    for (std::uint64_t i = 0; i < touched_.size(); ++i) {
      if (other.touched_[i] == 0) continue;
      touched_[i] = other.touched_[i];
      for (std::uint64_t page = i * 64; page < (i + 1) * 64; ++page) {
        if ((touched_[i] >> (page & 63) & 1) != 0) copy_page(other, page);
      }
    }
  }
  SparseArray(SparseArray&&) noexcept = default;
  SparseArray& operator=(SparseArray&&) noexcept = default;
  SparseArray& operator=(const SparseArray&) = delete;
  ~SparseArray() = default;

  // The element, for writing: its page counts as touched from now on.
  [[nodiscard]] T& touch(std::uint64_t i) {
    std::uint64_t& pages = touched_[i >> kPageShift >> 6];
    const std::uint64_t page = std::uint64_t{1} << (i >> kPageShift & 63);
    if ((pages & page) == 0) [[unlikely]] {
      pages |= page;
      ++touched_pages_;
    }
    return values_[i];
  }
  // Requires of the second: the element's page was touched, else what is written there is not copied.
  [[nodiscard]] const T& operator[](std::uint64_t i) const { return values_[i]; }
  [[nodiscard]] T& operator[](std::uint64_t i) { return values_[i]; }

  [[nodiscard]] std::size_t byte_size() const {
    return std::min(touched_pages_ << kPageShift, std::uint64_t{values_.size()}) * sizeof(T);
  }

 private:
  static constexpr unsigned kPageShift = 12;

  void copy_page(const SparseArray& other, std::uint64_t page) {
    const std::uint64_t end = std::min((page + 1) << kPageShift, std::uint64_t{values_.size()});
    for (std::uint64_t i = page << kPageShift; i < end; ++i) values_[i] = other.values_[i];
  }

  ZeroArray<T> values_;
  ZeroArray<std::uint64_t> touched_;  // bit n: page n
  std::uint64_t touched_pages_ = 0;
};

}  // namespace memsim
