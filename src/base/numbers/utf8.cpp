#include <memsim/base/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include <fmt/format.h>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Sorted. Categories Cc, Cf (those that act on neighbours), Zl, Zp and the invisible letters of Unicode 15.
constexpr std::array kUnprintable = std::to_array<Range>({
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},
    {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f}, {0x3164, 0x3164}, {0xd800, 0xdfff},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
    {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
});

constexpr std::array kCombining = std::to_array<Range>({
    {0x300, 0x36f},
    {0x483, 0x489},
    {0x591, 0x5bd},
    {0x610, 0x61a},
    {0x64b, 0x65f},
    {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},
    {0x20d0, 0x20ff},
    {0x302a, 0x302d},
    {0x3099, 0x309a},
    {0xfe20, 0xfe2f},
});

constexpr std::array kWide = std::to_array<Range>({
    {0x1100, 0x115e},
    {0x2e80, 0x303e},
    {0x3041, 0x33ff},
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff01, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff},
    {0x1f900, 0x1f9ff},
    {0x20000, 0x3fffd},
});

bool in_ranges(std::span<const Range> ranges, char32_t character) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), character,
                                      [](char32_t c, const Range& range) { return c < range.first; });
  return after != ranges.begin() && character <= std::prev(after)->last;
}

}  // namespace

Utf8Step next_utf8(std::string_view text) {
  MEMSIM_CHECK(!text.empty());
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte_at(0);
  if (lead < 0x80) return {lead, 1, true};
  const Utf8Step bad{lead, 1, false};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return bad;
  char32_t character = lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(i) & 0xc0) != 0x80) return bad;
    character = (character << 6) | (byte_at(i) & 0x3fu);
  }
  constexpr std::array<char32_t, 5> kLeastOfLength{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = 0xd800 <= character && character <= 0xdfff;
  if (character < kLeastOfLength[length] || character > 0x10ffff || surrogate) return bad;
  return {character, length, true};
}

bool is_unprintable(char32_t character) { return in_ranges(kUnprintable, character); }

unsigned display_width(char32_t character) {
  if (character < 0x300) return 1;
  if (in_ranges(kCombining, character)) return 0;
  return in_ranges(kWide, character) ? 2 : 1;
}

unsigned append_printable(std::string& out, std::string_view bytes, Utf8Step step) {
  if (step.valid && !is_unprintable(step.character)) {
    out.append(bytes.substr(0, step.length));
    return display_width(step.character);
  }
  const auto value = static_cast<std::uint32_t>(step.character);
  const std::size_t before = out.size();
  if (!step.valid || value < 0x80) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", value);
  } else if (value <= 0xffff) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", value);
  } else {
    fmt::format_to(std::back_inserter(out), "\\U{:08x}", value);
  }
  return static_cast<unsigned>(out.size() - before);
}

}  // namespace memsim
