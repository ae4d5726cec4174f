// Pieces that the number readers share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <memsim/base/numbers.hpp>

namespace memsim::number_text {

__extension__ using Wide = unsigned __int128;

// An error whose message begins with the offending text in quotes, cut short where it is long.
[[nodiscard]] Unexpected<std::string> wrong(std::string_view text, std::string_view complaint);

[[nodiscard]] constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }

// What is wrong with `text` where a digit was expected: a sign, an exponent, a separator, or no number at all.
[[nodiscard]] std::string_view complaint_about(std::string_view text);

// A decimal number as written: whole + fraction / 10^fraction_digits.
struct Decimal {
  std::uint64_t whole = 0;
  std::uint64_t fraction = 0;
  unsigned fraction_digits = 0;  // at most 18, no trailing zeros
  std::string_view rest;         // what follows the number
};
[[nodiscard]] Parsed<Decimal> parse_decimal(std::string_view text);

}  // namespace memsim::number_text
