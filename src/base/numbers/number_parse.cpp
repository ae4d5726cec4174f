#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <system_error>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include "base/numbers/number_text.hpp"

namespace memsim {
namespace {

using number_text::complaint_about;
using number_text::Decimal;
using number_text::is_digit;
using number_text::parse_decimal;
using number_text::Wide;
using number_text::wrong;

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

std::string_view complaint_about_rest(std::string_view rest) {
  if (rest.front() == '_' || rest.front() == '\'' || rest.front() == ',') return "digit separators are not allowed";
  if (rest.front() == '.') return "expected a whole number";
  if (rest.front() == 'e' || rest.front() == 'E') return "exponents are not allowed; write all digits";
  return "expected nothing after the number";
}

// `whole` is quoted in errors; `digits` is what is left of it without sign and base prefix.
Parsed<std::uint64_t> parse_digits(std::string_view whole, std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error == std::errc::invalid_argument) return wrong(whole, "expected digits after the base prefix");
  if (error == std::errc::result_out_of_range) return wrong(whole, "too large; it must be below 2^64");
  const std::string_view rest = digits.substr(static_cast<std::size_t>(end - digits.data()));
  if (!rest.empty()) return wrong(whole, complaint_about_rest(rest));
  return value;
}

Parsed<std::uint64_t> parse_magnitude(std::string_view whole, std::string_view text) {
  if (text.empty() || !is_digit(text.front())) return wrong(whole, complaint_about(text));
  if (text.starts_with("0x")) return parse_digits(whole, text.substr(2), 16);
  if (text.starts_with("0o")) return parse_digits(whole, text.substr(2), 8);
  if (text.starts_with("0X") || text.starts_with("0O")) return wrong(whole, "write the base prefix in lower case");
  if (text.size() > 1 && text.front() == '0' && is_digit(text[1])) {
    const std::string_view digits = text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
    return wrong(whole, fmt::format("leading zero; write 0o{0} for octal or {0} for decimal", digits.substr(0, 24)));
  }
  return parse_digits(whole, text, 10);
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// A spelling that people try, and what to write instead.
struct Hint {
  std::string_view wrong;
  std::string_view right;
  // For units that are powers of 1000 to those who write them: how many bytes, and by how much the right one is more.
  std::uint64_t decimal_factor = 0;
  std::string_view surplus{};
};

constexpr std::array kDurationUnits = std::to_array<Unit>({{"ns", 1},
                                                           {"us", 1'000},
                                                           {"ms", 1'000'000},
                                                           {"s", 1'000'000'000},
                                                           {"min", 60'000'000'000},
                                                           {"h", 3'600'000'000'000},
                                                           {"d", 86'400'000'000'000}});

constexpr std::array kSizeHints = std::to_array<Hint>({{"b", "B"},
                                                       {"byte", "B"},
                                                       {"bytes", "B"},
                                                       {"k", "KiB"},
                                                       {"kb", "KiB", 1'000, "2.4 %"},
                                                       {"kib", "KiB"},
                                                       {"m", "MiB"},
                                                       {"mb", "MiB", 1'000'000, "4.9 %"},
                                                       {"mib", "MiB"},
                                                       {"g", "GiB"},
                                                       {"gb", "GiB", 1'000'000'000, "7.4 %"},
                                                       {"gib", "GiB"},
                                                       {"t", "TiB"},
                                                       {"tb", "TiB", 1'000'000'000'000, "10 %"},
                                                       {"tib", "TiB"}});

constexpr std::array kDurationHints = std::to_array<Hint>({{"\u00b5s", "us"},
                                                           {"\u03bcs", "us"},
                                                           {"usec", "us"},
                                                           {"msec", "ms"},
                                                           {"nsec", "ns"},
                                                           {"sec", "s"},
                                                           {"secs", "s"},
                                                           {"second", "s"},
                                                           {"seconds", "s"},
                                                           {"m", "min (minutes) or ms (milliseconds)"},
                                                           {"mins", "min"},
                                                           {"minute", "min"},
                                                           {"minutes", "min"},
                                                           {"hour", "h"},
                                                           {"hours", "h"},
                                                           {"day", "d"},
                                                           {"days", "d"}});

// What one kind of number with a unit looks like.
struct Dimension {
  std::string_view what;
  std::span<const Unit> units;
  std::span<const Hint> hints;
  std::string_view unit_list;
  std::string_view smallest;  // what a fraction must come out whole in
  std::string_view example;
  std::string (*written)(std::uint64_t);  // a value, as it is to be written
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// GB is a power of 1000 to some and of 1024 to others: whoever writes it is told what each would be.
std::string complaint_about_decimal_unit(std::string_view text, const Decimal& decimal, const Hint& hint) {
  const std::string_view number = text.substr(0, text.size() - decimal.rest.size());
  std::string complaint =
      fmt::format("unknown unit; write \"{} {}\", which is {} more", number, hint.right, hint.surplus);
  const Wide bytes = Wide{decimal.whole} * hint.decimal_factor;
  if (decimal.fraction == 0 && bytes <= kMax) {
    complaint += fmt::format(", or \"{} B\"", static_cast<std::uint64_t>(bytes));
  }
  return complaint;
}

std::string complaint_about_unit(std::string_view text, std::string_view unit, const Decimal& decimal,
                                 const Dimension& dimension) {
  const std::string folded = lower(unit);
  const auto hint = std::find_if(dimension.hints.begin(), dimension.hints.end(),
                                 [&](const Hint& candidate) { return candidate.wrong == folded; });
  if (hint != dimension.hints.end() && hint->decimal_factor > 0) {
    return complaint_about_decimal_unit(text, decimal, *hint);
  }
  if (hint != dimension.hints.end()) return fmt::format("unknown unit; write {}", hint->right);
  // A unit spelled right but for its capitals.
  const auto near = std::find_if(dimension.units.begin(), dimension.units.end(),
                                 [&](const Unit& candidate) { return lower(candidate.name) == folded; });
  if (near != dimension.units.end()) return fmt::format("unknown unit; write {}", near->name);
  return fmt::format("unknown unit; the units are {}", dimension.unit_list);
}

Parsed<std::uint64_t> scaled(std::string_view text, const Decimal& decimal, const Unit& unit,
                             const Dimension& dimension) {
  // Neither product wraps: the factors are below 2^64, and below 2^60 times 2^47.
  const Wide fraction = Wide{decimal.fraction} * unit.factor;
  const std::uint64_t divisor = power_of_ten(decimal.fraction_digits);
  if (fraction % divisor != 0) return wrong(text, fmt::format("does not come to whole {}", dimension.smallest));
  const Wide value = Wide{decimal.whole} * unit.factor + fraction / divisor;
  if (value > kMax) return wrong(text, fmt::format("too large; it must be below 2^64 {}", dimension.smallest));
  return static_cast<std::uint64_t>(value);
}

// 0x1000B is 4096 bytes to one reader and 65547 to another, for B is a digit: hexadecimal takes no unit anywhere.
std::string complaint_about_hexadecimal(std::string_view text, const Dimension& dimension) {
  std::string complaint = fmt::format("{} is a decimal number and a unit", dimension.what);
  std::string_view digits = text.substr(2);
  const Unit* unit = nullptr;
  for (const Unit& candidate : dimension.units) {
    if (digits.ends_with(candidate.name) && (unit == nullptr || candidate.name.size() > unit->name.size())) {
      unit = &candidate;
    }
  }
  if (unit != nullptr) digits.remove_suffix(unit->name.size());
  if (digits.ends_with(' ')) digits.remove_suffix(1);
  const Parsed<std::uint64_t> number = parse_digits(text, digits, 16);
  if (!number) return fmt::format("{}, such as \"{}\"", complaint, dimension.example);
  if (unit != nullptr) return fmt::format("{}; write \"{} {}\"", complaint, *number, unit->name);
  return fmt::format("{}; write \"{}\"", complaint, dimension.written(*number));
}

Parsed<std::uint64_t> parse_with_unit(std::string_view text, const Dimension& dimension) {
  if (text.starts_with("0x") || text.starts_with("0X"))
    return wrong(text, complaint_about_hexadecimal(text, dimension));
  Parsed<Decimal> decimal = parse_decimal(text);
  if (!decimal) return Unexpected(std::move(decimal).error());
  if (decimal->rest.empty()) {
    if (decimal->whole == 0 && decimal->fraction == 0) return std::uint64_t{0};
    return wrong(text,
                 fmt::format("needs a unit, such as \"{}\"; the units are {}", dimension.example, dimension.unit_list));
  }
  std::string_view unit_name = decimal->rest;
  if (unit_name.starts_with(' ')) unit_name.remove_prefix(1);
  const auto unit = std::find_if(dimension.units.begin(), dimension.units.end(),
                                 [&](const Unit& candidate) { return candidate.name == unit_name; });
  if (unit == dimension.units.end()) return wrong(text, complaint_about_unit(text, unit_name, *decimal, dimension));
  return scaled(text, *decimal, *unit, dimension);
}

}  // namespace

Parsed<std::uint64_t> parse_unsigned(std::string_view text) { return parse_magnitude(text, text); }

Parsed<std::int64_t> parse_signed(std::string_view text) {
  const bool negative = text.starts_with('-');
  Parsed<std::uint64_t> magnitude = parse_magnitude(text, negative ? text.substr(1) : text);
  if (!magnitude) return Unexpected(std::move(magnitude).error());
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!negative) {
    if (*magnitude > kMost) return wrong(text, "too large; it must be below 2^63");
    return static_cast<std::int64_t>(*magnitude);
  }
  if (*magnitude == 0) return wrong(text, "write zero without a sign");
  if (*magnitude > kMost + 1) return wrong(text, "too small; it must be at least -2^63");
  return -static_cast<std::int64_t>(*magnitude - 1) - 1;
}

Parsed<std::uint64_t> parse_permissions(std::string_view text) {
  if (text.size() > 1 && text.front() == '0' && is_digit(text[1])) {
    const std::string_view digits = text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
    return wrong(text, fmt::format("permissions are octal; write 0o{}", digits.substr(0, 24)));
  }
  const Parsed<std::uint64_t> value = parse_unsigned(text);
  const bool has_prefix = text.size() > 1 && !is_digit(text[1]);
  if (!value || *value <= 7 || has_prefix) return value;
  std::string complaint = fmt::format("permissions are octal; write 0o{:o}", *value);
  if (text.find_first_of("89") == std::string_view::npos) {
    complaint = fmt::format("permissions are octal; write 0o{}, or 0o{:o} for the decimal number", text, *value);
  }
  return wrong(text, complaint);
}

Parsed<Bytes> parse_size(std::string_view text, PageSize page_size) {
  if (text == "SIZE_MAX") return Bytes::max();
  const std::uint64_t page = page_size.bytes().count();
  const std::array units = std::to_array<Unit>({{"B", 1},
                                                {"KiB", std::uint64_t{1} << 10},
                                                {"MiB", std::uint64_t{1} << 20},
                                                {"GiB", std::uint64_t{1} << 30},
                                                {"TiB", std::uint64_t{1} << 40},
                                                {"page", page},
                                                {"pages", page}});
  Parsed<std::uint64_t> value =
      parse_with_unit(text, {"a size", units, kSizeHints, "B, KiB, MiB, GiB, TiB and pages", "bytes", "64 KiB",
                             [](std::uint64_t bytes) { return format_size_exact(Bytes(bytes)); }});
  if (!value) return Unexpected(std::move(value).error());
  return Bytes(*value);
}

Parsed<SimDuration> parse_duration(std::string_view text) {
  Parsed<std::uint64_t> value =
      parse_with_unit(text, {"a time", kDurationUnits, kDurationHints, "ns, us, ms, s, min, h and d", "nanoseconds",
                             "10 ms", [](std::uint64_t ns) { return format_duration_exact(SimDuration(ns)); }});
  if (!value) return Unexpected(std::move(value).error());
  return SimDuration(*value);
}

Parsed<Millionths> parse_decimal_millionths(std::string_view text) {
  Parsed<Decimal> decimal = parse_decimal(text);
  if (!decimal) return Unexpected(std::move(decimal).error());
  if (!decimal->rest.empty()) return wrong(text, complaint_about_rest(decimal->rest));
  if (decimal->fraction_digits > 6) return wrong(text, "at most six digits after the point");
  const Wide value = Wide{decimal->whole} * 1'000'000 + decimal->fraction * power_of_ten(6 - decimal->fraction_digits);
  if (value > kMax) return wrong(text, "too large; it must be below 2^64 millionths");
  return Millionths(static_cast<std::uint64_t>(value));
}

}  // namespace memsim
