#include "view/records/record_parser.hpp"

#include <fmt/format.h>

#include <utility>

namespace memsim {
namespace {

// `character` is a code point, or a lone surrogate, which JsonLine never writes.
void append_utf8(std::string& out, std::uint32_t character) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((character >> shift) & 0x3f)); };
  if (character < 0x80) {
    out += static_cast<char>(character);
  } else if (character < 0x800) {
    out += static_cast<char>(0xc0 | (character >> 6));
    tail(0);
  } else if (character < 0x10000) {
    out += static_cast<char>(0xe0 | (character >> 12));
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | (character >> 18));
    tail(12), tail(6), tail(0);
  }
}

constexpr bool is_high_surrogate(std::uint32_t unit) { return 0xd800 <= unit && unit < 0xdc00; }
constexpr bool is_low_surrogate(std::uint32_t unit) { return 0xdc00 <= unit && unit < 0xe000; }

}  // namespace

void RecordParser::begin(std::string_view line) {
  line_ = line;
  at_ = 0;
  fault_.clear();
  std::apply([](auto&... shelves) { ((shelves.used = 0), ...); }, arrays_);
  texts_.used = 0;
  take("{");
}

void RecordParser::finish() {
  take("}");
  if (at_ != line_.size()) fail("expected nothing behind the record");
}

void RecordParser::read_field(std::string_view name, Errno& target) {
  unsigned number = 0;
  std::string_view known;
  read("errno", number);
  read("errno_name", known);
  if (has_fault()) return;
  const std::optional<Errno> value = errno_from_name(known);
  if (!value || static_cast<unsigned>(*value) != number) return fail(fmt::format("{}: this is no errno", name));
  target = *value;
}

void RecordParser::fail(std::string fault) {
  if (fault_.empty()) fault_ = std::move(fault);
}

bool RecordParser::take_if(std::string_view text) {
  if (has_fault() || !line_.substr(at_).starts_with(text)) return false;
  at_ += text.size();
  return true;
}

void RecordParser::take(std::string_view text) {
  if (!has_fault() && !take_if(text)) fail(fmt::format("expected '{}'", text));
}

void RecordParser::read_key(std::string_view name, std::string_view unit) {
  if (has_fault()) return;
  const std::size_t begin = at_;
  const bool is_first = line_[at_ - 1] == '{';
  const bool is_there = (is_first || take_if(",")) && take_if("\"") && take_if(name) &&
                        (unit.empty() || (take_if("_") && take_if(unit))) && take_if("\":");
  if (is_there) return;
  at_ = begin;
  fail(fmt::format("expected the member \"{}{}{}\"", name, unit.empty() ? "" : "_", unit));
}

void RecordParser::read_value(bool& target) {
  if (take_if("true")) {
    target = true;
  } else {
    take("false");
    target = false;
  }
}

void RecordParser::read_value(std::string_view& target) {
  std::string& text = texts_.next();
  take("\"");
  while (!has_fault() && !take_if("\"")) {
    const std::string_view plain = line_.substr(at_, line_.find_first_of("\"\\", at_) - at_);
    text += plain;
    at_ += plain.size();
    if (at_ == line_.size()) return fail("expected the end of the text");
    if (take_if("\\")) take_escape(text);
  }
  target = text;
}

void RecordParser::take_escape(std::string& text) {
  if (take_if("\"")) return text.push_back('"');
  if (take_if("\\")) return text.push_back('\\');
  take("u");
  const std::uint32_t high = take_code_unit();
  if (!is_high_surrogate(high)) return append_utf8(text, high);
  take("\\u");
  const std::uint32_t low = take_code_unit();
  if (!is_low_surrogate(low)) return fail("expected the second half of a character");
  append_utf8(text, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
}

std::uint32_t RecordParser::take_code_unit() {
  const std::string_view digits = line_.substr(at_, 4);
  std::uint32_t unit = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
  const bool is_whole = digits.size() == 4 && result.ptr == digits.data() + digits.size();
  if (has_fault() || result.ec != std::errc() || !is_whole) {
    fail("expected four hexadecimal digits");
    return 0;
  }
  at_ += 4;
  return unit;
}

}  // namespace memsim
