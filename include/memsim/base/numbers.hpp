// The one reader and the one writer of numbers with units, for scenarios and the command line alike.
//
// Strict, so that no two readers can differ: the whole text must be the number. No surrounding blanks, no '+', no digit
// separators, no exponents, no leading zeros (010 is ten to one reader and eight to another), no value that does not
// fit. The locale has no say. Every error is one line that says what is wrong and what to write instead.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <memsim/base/expected.hpp>
#include <memsim/base/units.hpp>

namespace memsim {

template <class T>
using Parsed = Expected<T, std::string>;

// A dimensionless parameter, in millionths: 1.25 is 1,250,000.
using Millionths = Quantity<struct MillionthsTag>;

// Decimal, hexadecimal `0x1f`, or octal `0o600`.
[[nodiscard]] Parsed<std::uint64_t> parse_unsigned(std::string_view text);
// The same with an optional '-'. "-0" is an error.
[[nodiscard]] Parsed<std::int64_t> parse_signed(std::string_view text);

// Permissions, in octal with its prefix, 0o660, or in hexadecimal; 0 to 7 need none. A decimal number is an error,
// because 660 is meant as octal by nearly everyone who writes it.
[[nodiscard]] Parsed<std::uint64_t> parse_permissions(std::string_view text);

// A decimal number and one of B, KiB, MiB, GiB, TiB, page, pages, with at most one space between: "64 KiB", "1.5MiB",
// "3 pages". A fraction must come to whole bytes. Only 0 needs no unit. `SIZE_MAX` is 2^64 - 1 bytes. Hexadecimal is
// an error that says what to write instead, for the B of 0x1000B is a digit to one reader and a unit to another.
[[nodiscard]] Parsed<Bytes> parse_size(std::string_view text, PageSize page_size);

// A decimal number and one of ns, us, ms, s, min, h, d, with at most one space between. A fraction must come to whole
// nanoseconds. Only 0 needs no unit.
[[nodiscard]] Parsed<SimDuration> parse_duration(std::string_view text);

// A decimal number with at most six digits after the point, not negative: "0.75", "2".
[[nodiscard]] Parsed<Millionths> parse_decimal_millionths(std::string_view text);

// In the largest unit that divides the size evenly: "8 MiB", "12 KiB", "13 B". parse_size() reads it back unchanged.
[[nodiscard]] std::string format_size_exact(Bytes size);
// In the largest unit that the size reaches, with one decimal where it is not whole, rounded half up: "1.5 GiB".
[[nodiscard]] std::string format_size_human(Bytes size);

// In the largest of ns, us, ms and s that the span reaches, with all its decimals: "1.234567 ms"; whole minutes, hours
// and days as such: "5 min". parse_duration() reads it back unchanged.
[[nodiscard]] std::string format_duration_exact(SimDuration duration);
// For reading: at most three decimals, rounded half up ("1.235 ms"); from one minute up in two parts, the smaller
// rounded down: "2 min 5 s", "1 d 6 h".
[[nodiscard]] std::string format_duration_human(SimDuration duration);
// Six decimals at most, without trailing zeros: "1.25". parse_decimal_millionths() reads it back unchanged.
[[nodiscard]] std::string format_decimal(Millionths value);

// 10^exponent. Requires: exponent <= 18.
[[nodiscard]] constexpr std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t power = 1;
  for (unsigned i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace memsim
