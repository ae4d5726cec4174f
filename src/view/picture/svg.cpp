#include "view/picture/svg.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <memsim/base/host_error.hpp>

namespace memsim {

std::string svg_escaped(std::string_view text) {
  std::string out;
  for (const char c : escaped_for_terminal(text)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string svg_text(std::uint64_t x, std::uint64_t y, std::string_view anchor, std::string_view text) {
  return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor, svg_escaped(text));
}

std::string svg_begin(std::uint64_t width, std::uint64_t height, std::string_view style) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<style>{}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
      width, height, style);
}

std::string svg_description(std::string_view text) { return fmt::format("<desc>{}</desc>\n", svg_escaped(text)); }

std::uint64_t svg_scaled(std::uint64_t value, std::uint64_t range, std::uint64_t pixels) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(Wide{std::min(value, range)} * pixels / range);
}

}  // namespace memsim
