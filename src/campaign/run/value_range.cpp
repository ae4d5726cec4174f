#include "campaign/run/value_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

// A kind of value: how it is read, and written so that it reads back unchanged.
struct Kind {
  std::optional<std::uint64_t> (*read)(std::string_view text);
  std::string (*write)(std::uint64_t value);
};

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

// From the narrowest on: what is a plain number is no decimal.
constexpr std::array kKinds = {
    Kind{[](std::string_view text) -> std::optional<std::uint64_t> {
           const auto number = parse_unsigned(text);
           return number ? std::optional(*number) : std::nullopt;
         },
         [](std::uint64_t value) { return fmt::format("{}", value); }},
    Kind{[](std::string_view text) -> std::optional<std::uint64_t> {
           // Pages have a size that only the scenario knows.
           const auto size = text.ends_with("page") || text.ends_with("pages")
                                 ? Parsed<Bytes>(Unexpected(std::string()))
                                 : parse_size(text, PageSize());
           return size ? std::optional(size->count()) : std::nullopt;
         },
         [](std::uint64_t value) { return without_blanks(format_size_exact(Bytes(value))); }},
    Kind{[](std::string_view text) -> std::optional<std::uint64_t> {
           const auto duration = parse_duration(text);
           return duration ? std::optional(duration->count()) : std::nullopt;
         },
         [](std::uint64_t value) { return without_blanks(format_duration_exact(SimDuration(value))); }},
    Kind{[](std::string_view text) -> std::optional<std::uint64_t> {
           const auto decimal = parse_decimal_millionths(text);
           return decimal ? std::optional(decimal->count()) : std::nullopt;
         },
         [](std::uint64_t value) { return format_decimal(Millionths(value)); }},
};

struct Range {
  std::string_view first;
  std::string_view last;
  char step_kind = '+';
  std::string_view step;
};

std::optional<Range> split(std::string_view text) {
  const std::size_t dots = text.find("..");
  const std::size_t operation = text.find_last_of("*+");
  if (operation == std::string_view::npos || operation < dots + 2) return std::nullopt;
  return Range{text.substr(0, dots), text.substr(dots + 2, operation - dots - 2), text[operation],
               text.substr(operation + 1)};
}

// The step of a multiplication is a plain number, whatever is multiplied.
std::optional<std::uint64_t> step_of(const Range& range, const Kind& kind) {
  return range.step_kind == '*' ? kKinds.front().read(range.step) : kind.read(range.step);
}

Expected<std::vector<std::string>, std::string> steps(const Range& range, const Kind& kind, std::uint64_t most) {
  std::uint64_t value = *kind.read(range.first);
  const std::uint64_t last = *kind.read(range.last);
  const std::uint64_t step = *step_of(range, kind);
  const bool multiplies = range.step_kind == '*';
  if (value > last) return Unexpected(std::string("the range ends before it begins"));
  if (step < (multiplies ? 2U : 1U) || (multiplies && value == 0)) {
    return Unexpected(std::string("the range does not get on: its step is too small"));
  }
  std::vector<std::string> values;
  while (true) {
    if (values.size() >= most) return Unexpected(fmt::format("that is more than {} values", most));
    values.push_back(kind.write(value));
    const bool is_last = multiplies ? value > last / step : step > last - value;
    if (is_last) return values;
    value = multiplies ? value * step : value + step;
  }
}

bool begins_like_a_range(std::string_view text) {
  return !text.empty() && '0' <= text.front() && text.front() <= '9' && text.find("..") != std::string_view::npos;
}

}  // namespace

Expected<std::vector<std::string>, std::string> values_of(const std::string& text, std::uint64_t most) {
  if (!begins_like_a_range(text)) {
    if (most == 0) return Unexpected(std::string("that is too many values"));
    return std::vector<std::string>{text};
  }
  const std::optional<Range> range = split(text);
  if (!range) return Unexpected(std::string("a range is FIRST..LAST*FACTOR or FIRST..LAST+STEP"));
  for (const Kind& kind : kKinds) {
    if (kind.read(range->first) && kind.read(range->last) && step_of(*range, kind)) return steps(*range, kind, most);
  }
  return Unexpected(std::string("a range goes between two numbers, two sizes or two durations, and so does its step"));
}

}  // namespace memsim
