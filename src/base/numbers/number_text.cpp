#include "base/numbers/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <fmt/format.h>

namespace memsim::number_text {
namespace {

constexpr std::size_t kQuoted = 40;
constexpr unsigned kFractionDigits = 18;

std::size_t digit_count(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

}  // namespace

Unexpected<std::string> wrong(std::string_view text, std::string_view complaint) {
  const bool cut = text.size() > kQuoted;
  return Unexpected(fmt::format("\"{}{}\": {}", text.substr(0, kQuoted), cut ? "..." : "", complaint));
}

std::string_view complaint_about(std::string_view text) {
  if (text.empty()) return "expected a number, got nothing";
  if (text.front() == '-') return "must not be negative";
  if (text.front() == '+') return "write the number without a plus sign";
  if (text.front() == ' ' || text.front() == '\t') return "expected a number without blanks around it";
  return "expected a number";
}

Parsed<Decimal> parse_decimal(std::string_view text) {
  const std::size_t whole_digits = digit_count(text);
  if (whole_digits == 0) return wrong(text, complaint_about(text));
  if (whole_digits > 1 && text.front() == '0') return wrong(text, "leading zero; write the number without it");
  if (text.starts_with("0x") || text.starts_with("0o")) return wrong(text, "expected a decimal number");
  Decimal decimal;
  const auto whole = std::from_chars(text.data(), text.data() + whole_digits, decimal.whole);
  if (whole.ec != std::errc()) return wrong(text, "too large; it must be below 2^64");
  decimal.rest = text.substr(whole_digits);
  if (!decimal.rest.starts_with('.')) return decimal;

  const std::size_t written = digit_count(decimal.rest.substr(1));
  if (written == 0) return wrong(text, "expected digits after the point");
  std::string_view fraction = decimal.rest.substr(1, written);
  decimal.rest.remove_prefix(1 + written);
  fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
  if (fraction.size() > kFractionDigits) return wrong(text, "too many digits after the point; at most 18");
  decimal.fraction_digits = static_cast<unsigned>(fraction.size());
  std::from_chars(fraction.data(), fraction.data() + fraction.size(), decimal.fraction);
  return decimal;
}

}  // namespace memsim::number_text
