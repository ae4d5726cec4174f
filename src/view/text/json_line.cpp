#include <memsim/view/json_line.hpp>

#include <memsim/base/utf8.hpp>

namespace memsim {
namespace {

void append_escape(std::string& out, std::uint32_t unit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[(unit >> shift) & 0xf];
}

void append_escaped(std::string& out, char32_t character) {
  if (character < 0x10000) {
    append_escape(out, character);
    return;
  }
  const std::uint32_t rest = character - 0x10000;
  append_escape(out, 0xd800 + (rest >> 10));
  append_escape(out, 0xdc00 + (rest & 0x3ff));
}

}  // namespace

std::string inert_json(std::string document) {
  // Such signs stand in texts only, and there one may be written as an escape.
  for (std::size_t at = document.find("##"); at != std::string::npos; at = document.find("##", at)) {
    document.replace(at, 1, "\\u0023");
  }
  return document;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr char32_t kReplacement = 0xfffd;
  out += '"';
  while (!text.empty()) {
    const char c = text.front();
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (' ' <= c && c <= '~') {
      out += c;
    } else {
      const Utf8Step step = next_utf8(text);
      append_escaped(out, step.valid ? step.character : kReplacement);
      text.remove_prefix(step.length);
      continue;
    }
    text.remove_prefix(1);
  }
  out += '"';
}

}  // namespace memsim
