#include <memsim/scenario/source_text.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/utf8.hpp>

namespace memsim::loader {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// UTF-16 and UTF-32 give themselves away by their mark, or by the zero bytes around their first ASCII character.
bool looks_like_wide_text(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return true;
  return text.size() >= 4 && text.substr(0, 4).find('\0') != std::string_view::npos &&
         text.substr(0, 4).find_first_not_of('\0') != std::string_view::npos;
}

std::size_t columns_in(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    text.remove_prefix(next_utf8(text).length);
    ++columns;
  }
  return columns;
}

}  // namespace

SourceText::SourceText(std::string path, std::string_view text) : path_(std::move(path)), text_(text) {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const bool ends_line = text_[i] == '\n' || (text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n'));
    if (ends_line) line_starts_.push_back(i + 1);
  }
}

std::uint32_t SourceText::line_of(std::size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::uint32_t>(after - line_starts_.begin());
}

std::string_view SourceText::line(std::uint32_t line) const {
  const std::size_t first = line_starts_[line - 1];
  const std::size_t end = line < line_starts_.size() ? line_starts_[line] : text_.size();
  std::string_view found = std::string_view(text_).substr(first, end - first);
  while (!found.empty() && (found.back() == '\n' || found.back() == '\r')) found.remove_suffix(1);
  return found;
}

SourceLocation SourceText::locate(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const std::uint32_t line = line_of(offset);
  const std::size_t first = line_starts_[line - 1];
  const std::size_t column = 1 + columns_in(std::string_view(text_).substr(first, offset - first));
  return {path_, line, static_cast<std::uint32_t>(column)};
}

std::optional<TextFault> find_text_fault(std::string_view text) {
  if (looks_like_wide_text(text)) return TextFault{0, "the file is not UTF-8", "save it as UTF-8"};
  std::size_t offset = 0;
  while (offset < text.size()) {
    const char byte = text[offset];
    const bool is_plain = (' ' <= byte && byte <= '~') || byte == '\n' || byte == '\r' || byte == '\t';
    if (is_plain) {
      ++offset;
      continue;
    }
    const Utf8Step step = next_utf8(text.substr(offset));
    if (!step.valid) {
      const auto value = static_cast<unsigned>(step.character);
      return TextFault{offset, fmt::format("byte 0x{:02x} is no valid UTF-8", value), "save the file as UTF-8"};
    }
    if (is_unprintable(step.character)) {
      const auto value = static_cast<std::uint32_t>(step.character);
      return TextFault{offset, fmt::format("invisible or control character U+{:04X}", value),
                       "remove it, or put a plain space there"};
    }
    offset += step.length;
  }
  return std::nullopt;
}

std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

}  // namespace memsim::loader
