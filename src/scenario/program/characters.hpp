// What names and numbers of a program are made of.
#pragma once

namespace memsim::loader {

[[nodiscard]] constexpr bool is_letter(char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '_'; }
[[nodiscard]] constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }

}  // namespace memsim::loader
