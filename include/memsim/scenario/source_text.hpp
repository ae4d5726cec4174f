// The text of a scenario: its bytes, and how places in it are shown to people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>

namespace memsim::loader {

// Where a value stands: a byte of the file, or an override given on the command line.
struct Place {
  std::uint32_t offset = 0;
  std::uint32_t override_number = 0;  // from 1; 0: in the file

  [[nodiscard]] static Place at(std::size_t offset) { return {static_cast<std::uint32_t>(offset), 0}; }
  [[nodiscard]] static Place of_override(std::uint32_t number) { return {0, number}; }
};

class SourceText {
 public:
  // Takes text without a byte-order mark, at most 2^32 - 1 bytes.
  SourceText(std::string path, std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  // The line and column of a byte; the column counts code points. O(log lines + length of the line).
  [[nodiscard]] SourceLocation locate(std::size_t offset) const;
  // The line, from 1, that holds a byte.
  [[nodiscard]] std::uint32_t line_of(std::size_t offset) const;
  // A line without its line end. `line` counts from 1.
  [[nodiscard]] std::string_view line(std::uint32_t line) const;
  [[nodiscard]] std::uint32_t line_count() const { return static_cast<std::uint32_t>(line_starts_.size()); }
  [[nodiscard]] std::size_t line_start(std::uint32_t line) const { return line_starts_[line - 1]; }

 private:
  std::string path_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
};

// What keeps bytes from being a text that we read: another encoding, invalid UTF-8, characters that a reader cannot see
// or that change what he sees. The first fault, or nothing.
struct TextFault {
  std::size_t offset;
  std::string message;
  std::string help;
};
[[nodiscard]] std::optional<TextFault> find_text_fault(std::string_view text);

// The text without its UTF-8 byte-order mark.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view text);

}  // namespace memsim::loader
