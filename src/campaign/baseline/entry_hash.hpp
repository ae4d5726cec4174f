// EntryHash: folds the fields of a layer's entry into 64 bits, the same on every machine.
//
// Each word is added and mixed by the finaliser of splitmix64 (Steele, Lea, Flood 2014), a bijection: no word can be
// lost, and none absorbs those behind it. Not for adversaries; the record stream's fingerprint is XXH3.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <memsim/engine/record.hpp>

namespace memsim {

class EntryHash {
 public:
  void word(std::uint64_t value) { state_ = mixed((state_ + kStep) ^ value); }

  void add(bool value) { word(value ? 1 : 0); }
  template <std::integral T>
  void add(T value) {
    word(static_cast<std::uint64_t>(value));
  }
  template <class T>
  requires std::is_enum_v<T>
  void add(T value) { add(static_cast<std::underlying_type_t<T>>(value)); }
  template <class Tag>
  void add(Quantity<Tag> value) {
    word(value.count());
  }
  template <class Tag, class Step>
  void add(Point<Tag, Step> value) {
    word(value.value());
  }
  template <class Tag, class Rep>
  void add(Id<Tag, Rep> value) {
    add(value.value());
  }
  void add(std::string_view text) {
    word(text.size());
    for (const char c : text) word(static_cast<unsigned char>(c));
  }
  void add(const Extent& extent) { add(extent.first), add(extent.count); }
  void add(const Segment& segment) { add(segment.offset), add(segment.paddr), add(segment.length); }
  void add(const ThreadRef& thread) { add(thread.pid), add(thread.tid); }
  template <class T>
  void add(std::span<const T> values) {
    word(values.size());
    for (const T& value : values) add(value);
  }

  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;

  static constexpr std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  std::uint64_t state_ = 0;
};

}  // namespace memsim
