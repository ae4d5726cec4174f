// Pieces of SVG pictures, all in whole pixels, so that every machine writes the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace memsim {

// Text as SVG takes it, with what cannot be seen as an escape.
[[nodiscard]] std::string svg_escaped(std::string_view text);

// anchor: "start", "middle" or "end" of the text stands at x.
[[nodiscard]] std::string svg_text(std::uint64_t x, std::uint64_t y, std::string_view anchor, std::string_view text);

// The element that all others go into; `style` is CSS. Its end is "</svg>\n".
[[nodiscard]] std::string svg_begin(std::uint64_t width, std::uint64_t height, std::string_view style);

// What programs tell of the picture that do not show it; behind svg_begin().
[[nodiscard]] std::string svg_description(std::string_view text);

// value * pixels / range, without overflow; pixels where value > range. Requires: range > 0.
[[nodiscard]] std::uint64_t svg_scaled(std::uint64_t value, std::uint64_t range, std::uint64_t pixels);

}  // namespace memsim
