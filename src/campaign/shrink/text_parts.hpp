// The parts of a YAML text that can be taken away or made smaller, found without understanding it: whoever tries sees
// whether it still loads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace memsim {

// A range of bytes.
struct TextPart {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The line that begins at or behind `from`, neither blank nor only a comment, with the deeper lines below it and the
// comments right above it; an empty part at the end of the text. `line` is where the line itself begins.
struct Block {
  TextPart part;
  std::size_t line = 0;
};
[[nodiscard]] Block next_block(std::string_view text, std::size_t from);

// Elements of lists and maps in brackets, each with one of the commas beside it; inner ones behind their outer ones.
[[nodiscard]] std::vector<TextPart> bracketed_elements(std::string_view text);

// Whole numbers, with or without a unit behind them, that are no part of a word, a text in quotes or a comment.
struct NumberPart {
  TextPart part;  // the digits
  std::uint64_t value = 0;
};
[[nodiscard]] std::vector<NumberPart> numbers_in(std::string_view text);

[[nodiscard]] std::string replaced(std::string_view text, TextPart part, std::string_view by);

}  // namespace memsim
