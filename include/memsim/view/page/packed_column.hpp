// PackedColumn: a column of integers in few bytes, appended to one by one: LEB128, plain or as zigzag differences to
// the value before. What the page of a report reads (src/view/page/web/src/data.js); both ends are tested against each
// other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace memsim {

class PackedColumn {
 public:
  // plain: values that follow no other, such as flags. delta: values near the one before, such as times.
  enum class Mode : std::uint8_t { plain, delta };

  explicit PackedColumn(Mode mode = Mode::delta) : mode_(mode) {}

  // Amortised O(1); one byte for small values or small differences, ten at most.
  void add(std::uint64_t value) {
    if (mode_ == Mode::plain) return append(value);
    // Wraps as two's complement does, so that any two values have a difference.
    const auto difference = static_cast<std::int64_t>(value - last_);
    last_ = value;
    append(static_cast<std::uint64_t>(difference) << 1 ^ static_cast<std::uint64_t>(difference >> 63));
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string_view mode_name() const { return mode_ == Mode::plain ? "plain" : "delta"; }

 private:
  void append(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }

  Mode mode_;
  std::uint64_t last_ = 0;
  std::string bytes_;
};

}  // namespace memsim
