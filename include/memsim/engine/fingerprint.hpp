// Fingerprint: a 64-bit hash (XXH3) of the record stream in a fixed byte order, the same on every machine.
//
// A record enters as: time (8 bytes), kind (1 byte), then its fields in order, integers little-endian in their own
// width, texts and arrays with their length (4 bytes) in front. Nothing that depends on the host (padding, pointers)
// enters.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include <memsim/engine/record.hpp>

namespace memsim {

// Hashes bytes handed to it in pieces; the value does not depend on how they were cut. A plain copyable value.
class ByteHasher {
 public:
  ByteHasher();
  void add(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t value() const;  // of all bytes so far; may be asked at any time

 private:
  // Opaque storage for the hash library's state, so that its header stays out of ours. Checked in the source.
  struct alignas(64) State {
    std::array<std::byte, 576> bytes;
  };
  State state_;
};

class Fingerprint {
 public:
  template <class Record>
  void add(SimTime time, const Record& record) {
    integer(time.value());
    integer(static_cast<std::uint8_t>(Record::kKind));
    record.fields([this](std::string_view, const auto& value) { this->field(value); });
  }

  [[nodiscard]] std::uint64_t value() const;

 private:
  static constexpr std::size_t kBufferSize = 4096;

  template <std::integral T>
  void integer(T value) {
    if (used_ + sizeof(T) > kBufferSize) flush();
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(buffer_.data() + used_, &value, sizeof(T));
    } else {
      for (std::size_t i = 0; i < sizeof(T); ++i) {
        buffer_[used_ + i] = static_cast<std::byte>(static_cast<std::make_unsigned_t<T>>(value) >> (8 * i));
      }
    }
    used_ += sizeof(T);
  }

  void field(bool value) { integer(static_cast<std::uint8_t>(value ? 1 : 0)); }
  template <std::integral T>
  void field(T value) {
    integer(value);
  }
  template <class T>
  requires std::is_enum_v<T>
  void field(T value) { integer(static_cast<std::underlying_type_t<T>>(value)); }
  template <class Tag>
  void field(Quantity<Tag> value) {
    integer(value.count());
  }
  template <class Tag, class Step>
  void field(Point<Tag, Step> value) {
    integer(value.value());
  }
  template <class Tag, class Rep>
  void field(Id<Tag, Rep> value) {
    integer(value.value());
  }
  void field(std::string_view text) {
    integer(static_cast<std::uint32_t>(text.size()));
    for (const char c : text) integer(c);
  }
  void field(const Extent& extent) { field(extent.first), field(extent.count); }
  void field(const Segment& segment) { field(segment.offset), field(segment.paddr), field(segment.length); }
  void field(const ThreadRef& thread) { field(thread.pid), field(thread.tid); }
  template <class T>
  void field(std::span<const T> values) {
    integer(static_cast<std::uint32_t>(values.size()));
    for (const T& value : values) field(value);
  }

  void flush();

  ByteHasher hasher_;
  std::array<std::byte, kBufferSize> buffer_{};
  std::size_t used_ = 0;
};

}  // namespace memsim
