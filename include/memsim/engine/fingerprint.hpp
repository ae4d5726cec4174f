// Fingerprint: a 64-bit hash (XXH3) of the record stream in a fixed byte order, the same on every machine.
//
// A record enters as: time (8 bytes), kind (1 byte), then its fields in order, integers little-endian in their own
// width, texts and arrays with their length (4 bytes) in front. Nothing that depends on the host (padding, pointers)
// enters, and nothing of how the run came about (Setting, Provenance).
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
    // A field of fixed size takes no more bytes in the hash than in the struct, a view's length less than the view.
    static_assert(kHeadBytes + sizeof(Record) <= kRoom);
    Writer writer(*this);
    writer.field(time);
    writer.field(Record::kKind);
    record.fields([&writer](std::string_view, const auto& value) { writer.field(value); });
  }

  [[nodiscard]] std::uint64_t value() const;

 private:
  static constexpr std::size_t kBufferSize = 4096;
  static constexpr std::size_t kRoom = 256;  // at the end of the buffer, for what is written without looking
  static constexpr std::size_t kHeadBytes = sizeof(std::uint64_t) + sizeof(RecordKind);

  // Writes one record into the buffer. Room is made at its beginning and after each part of variable size, so that a
  // field of fixed size is a plain store at a place that the compiler keeps in a register.
  class Writer {
   public:
    explicit Writer(Fingerprint& owner) : owner_(owner), at_(owner.buffer_.data() + owner.used_) { make_room(); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer() { owner_.used_ = used(); }

    template <std::integral T>
    void field(T value) {
      if constexpr (std::endian::native == std::endian::little || sizeof(T) == 1) {
        std::memcpy(at_, &value, sizeof(T));
      } else {
        const auto bits = static_cast<std::make_unsigned_t<T>>(value);
        for (std::size_t i = 0; i < sizeof(T); ++i) at_[i] = static_cast<std::byte>(bits >> (8 * i));
      }
      at_ += sizeof(T);
    }
    void field(bool value) { field(static_cast<std::uint8_t>(value ? 1 : 0)); }
    template <class T>
    requires std::is_enum_v<T>
    void field(T value) { field(static_cast<std::underlying_type_t<T>>(value)); }
    template <class Tag>
    void field(Quantity<Tag> value) {
      field(value.count());
    }
    template <class Tag, class Step>
    void field(Point<Tag, Step> value) {
      field(value.value());
    }
    template <class Tag, class Rep>
    void field(Id<Tag, Rep> value) {
      field(value.value());
    }
    void field(const Extent& extent) { field(extent.first), field(extent.count); }
    void field(const Segment& segment) { field(segment.offset), field(segment.paddr), field(segment.length); }
    // How the run came about is told, and not part of what it did.
    void field(std::span<const Setting>) {}
    void field(const Provenance&) {}
    void field(const ThreadRef& thread) { field(thread.pid), field(thread.tid); }

    void field(std::string_view text) {
      field(static_cast<std::uint32_t>(text.size()));
      for (const char c : text) {
        make_room();
        field(c);
      }
      make_room();
    }
    template <class T>
    void field(std::span<const T> values) {
      static_assert(sizeof(T) <= kRoom);
      field(static_cast<std::uint32_t>(values.size()));
      for (const T& value : values) {
        make_room();
        field(value);
      }
      make_room();
    }

   private:
    [[nodiscard]] std::size_t used() const { return static_cast<std::size_t>(at_ - owner_.buffer_.data()); }
    void make_room() {
      if (used() <= kBufferSize - kRoom) return;
      owner_.used_ = used();
      owner_.flush();
      at_ = owner_.buffer_.data();
    }

    Fingerprint& owner_;
    std::byte* at_;
  };

  void flush();

  ByteHasher hasher_;
  std::array<std::byte, kBufferSize> buffer_{};
  std::size_t used_ = 0;
};

}  // namespace memsim
