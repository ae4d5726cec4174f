#include "scenario/expect/bound_value.hpp"

#include <array>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "scenario/yaml/faults.hpp"

namespace memsim::loader {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();

// Millionths of the unit that come to one thousandth.
struct ShareUnit {
  std::string_view name;
  std::uint64_t millionths;
};
constexpr std::array kShareUnits = std::to_array<ShareUnit>({{"%", 100'000}, {"permille", 1'000'000}, {"", 1000}});

Parsed<std::int64_t> fitting(std::uint64_t value, std::string_view text) {
  if (value <= kLargest) return static_cast<std::int64_t>(value);
  return Unexpected(fmt::format("{} is too large", in_quotes(text)));
}

Parsed<std::int64_t> parse_frames(std::string_view text, PageSize page_size) {
  const auto number = parse_unsigned(text);
  if (number) return fitting(*number, text);
  const auto size = parse_size(text, page_size);
  if (!size) return Unexpected(size.error());
  if (!page_size.is_aligned(*size)) return Unexpected(fmt::format("{} is no whole number of pages", in_quotes(text)));
  return fitting(page_size.frames_covering(*size).count(), text);
}

}  // namespace

Parsed<std::int64_t> parse_share(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  std::string_view number = text.substr(is_negative ? 1 : 0);
  const ShareUnit* unit = &kShareUnits.back();
  for (const ShareUnit& known : kShareUnits) {
    if (!number.ends_with(known.name)) continue;
    unit = &known;
    number.remove_suffix(known.name.size());
    if (!known.name.empty() && number.ends_with(' ')) number.remove_suffix(1);
    break;
  }
  const auto value = parse_decimal_millionths(number);
  if (!value) return Unexpected(value.error());
  if (value->count() % unit->millionths != 0) {
    return Unexpected(fmt::format("{} is no whole number of thousandths", in_quotes(text)));
  }
  const std::uint64_t permille = value->count() / unit->millionths;
  if (permille > kWholeShare) {
    return Unexpected(
        fmt::format("{} is out of range; expected -1 to 1, as in 0.4, 40% or 400permille", in_quotes(text)));
  }
  const auto size = static_cast<std::int64_t>(permille);
  return is_negative ? -size : size;
}

Parsed<std::int64_t> parse_bound(std::string_view text, MeasureUnit unit, PageSize page_size) {
  switch (unit) {
    case MeasureUnit::count: {
      const auto value = parse_unsigned(text);
      return value ? fitting(*value, text) : Parsed<std::int64_t>(Unexpected(value.error()));
    }
    case MeasureUnit::frames:
      return parse_frames(text, page_size);
    case MeasureUnit::bytes: {
      const auto value = parse_size(text, page_size);
      return value ? fitting(value->count(), text) : Parsed<std::int64_t>(Unexpected(value.error()));
    }
    case MeasureUnit::share:
      return parse_share(text);
    case MeasureUnit::nanoseconds: {
      const auto value = parse_duration(text);
      return value ? fitting(value->count(), text) : Parsed<std::int64_t>(Unexpected(value.error()));
    }
  }
  return Unexpected(std::string("no unit"));
}

std::string_view expectation_of(MeasureUnit unit) {
  switch (unit) {
    case MeasureUnit::count:
      return "a number";
    case MeasureUnit::frames:
      return "a number of frames, or a size such as 4MiB";
    case MeasureUnit::bytes:
      return "a size such as 64KiB";
    case MeasureUnit::share:
      return "a share such as 0.25";
    case MeasureUnit::nanoseconds:
      return "a time such as 10ms";
  }
  return "";
}

}  // namespace memsim::loader
