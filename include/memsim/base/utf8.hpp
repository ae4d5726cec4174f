// UTF-8, decoded strictly, and what a terminal does with each character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace memsim {

// One step through a text: a character, or one byte that is part of none.
struct Utf8Step {
  char32_t character = 0;  // the code point, or the byte's value where `valid` is false
  std::size_t length = 0;  // bytes taken, 1 to 4
  bool valid = false;      // false: overlong, surrogate, past U+10FFFF, cut short, or a stray continuation byte
};

// The first step of `text`. Requires: text not empty.
[[nodiscard]] Utf8Step next_utf8(std::string_view text);

// Whether printing the character could move the cursor, reorder the line, hide, or pass for a plain space: controls,
// bidirectional marks, zero-width characters, line separators, fillers, tags, and every blank but U+0020.
[[nodiscard]] bool is_unprintable(char32_t character);

// Terminal columns of a printable character: 0 for combining marks, 2 for wide (East Asian, emoji), else 1.
[[nodiscard]] unsigned display_width(char32_t character);

// Appends the step's character as it is, or as \xNN, \uNNNN or \UNNNNNNNN where it is invalid or unprintable.
// Returns the columns added.
unsigned append_printable(std::string& out, std::string_view bytes, Utf8Step step);

}  // namespace memsim
