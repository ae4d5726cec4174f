// TextLines: the lines of a file, compressed or not, one by one; and what to say of one that is wrong.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>

#include "replay/input/compressed_input.hpp"

namespace memsim {

class TextLines {
 public:
  [[nodiscard]] static HostResult<TextLines> open(const std::string& path, const TraceLimits& limits);

  // Moves to the next line and gives it without its newline, valid until the next call. False at the end and after an
  // error, which status() then has.
  [[nodiscard]] bool next(std::string_view& line) {
    ++line_;
    const auto* const end = static_cast<const char*>(std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_)));
    if (end == nullptr) return next_over_blocks(line);
    line = {at_, static_cast<std::size_t>(end - at_)};
    at_ = end + 1;
    return true;
  }
  // What follows as bytes, for formats that begin as text. False as next() is.
  [[nodiscard]] bool next_byte(std::uint8_t& byte) {
    if (at_ == end_ && !refill()) return false;
    byte = static_cast<std::uint8_t>(*at_++);
    return true;
  }
  [[nodiscard]] HostResult<void> status() const;
  [[nodiscard]] std::uint64_t line_number() const { return line_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  // A complaint about the current line. `column` counts from 1; 0: the whole of it.
  [[nodiscard]] Unexpected<HostError> wrong(std::string_view line, std::size_t column, std::string message,
                                            std::string help = {}) const;

 private:
  TextLines(std::string path, CompressedInput input, std::size_t most)
      : path_(std::move(path)), input_(std::move(input)), line_bytes_(most) {}
  [[nodiscard]] bool next_over_blocks(std::string_view& line);
  [[nodiscard]] bool refill();

  std::string path_;
  CompressedInput input_;
  std::size_t line_bytes_;
  const char* at_ = "";  // the rest of the current block
  const char* end_ = at_;
  std::string pieced_;  // a line that began in an earlier block
  std::uint64_t line_ = 0;
  std::optional<HostError> error_;
};

}  // namespace memsim
