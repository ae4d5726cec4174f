// ZeroArray: a fixed array of trivial values, all zero at first, whose untouched parts cost no memory.
//
// Large arrays are mapped, not allocated: the host hands out a page when it is first written. So an allocator may lay
// out its metadata for the whole of a region at once, and a region of 2^32 frames is ready in microseconds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#include <memsim/host/zero_pages.hpp>

namespace memsim {

template <class T>
class ZeroArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  ZeroArray() = default;
  explicit ZeroArray(std::size_t size) : size_(size) {
    data_ = static_cast<T*>(is_mapped() ? host::map_zero_pages(size * sizeof(T))
                                        : std::calloc(std::max<std::size_t>(size, 1), sizeof(T)));
    if (data_ == nullptr) throw std::bad_alloc();
  }
  ZeroArray(ZeroArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  ZeroArray& operator=(ZeroArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ZeroArray(const ZeroArray&) = delete;  // how to find the touched part is the owner's knowledge
  ZeroArray& operator=(const ZeroArray&) = delete;
  ~ZeroArray() {
    if (data_ == nullptr) return;
    if (is_mapped()) {
      host::unmap_zero_pages(data_, size_ * sizeof(T));
    } else {
      std::free(data_);
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& operator[](std::size_t index) { return data_[index]; }
  [[nodiscard]] const T& operator[](std::size_t index) const { return data_[index]; }

 private:
  static constexpr std::size_t kMappedFromBytes = std::size_t{1} << 17;

  [[nodiscard]] bool is_mapped() const { return size_ >= kMappedFromBytes / sizeof(T); }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace memsim
