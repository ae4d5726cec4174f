#include "campaign/measures/distinct_texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

__extension__ using Wide = unsigned __int128;

// A unit that people read, by how many of the measure's own it is; it serves from values of `from` on. With so many
// decimals its texts tell no less apart than those of measure_text().
struct ShownUnit {
  std::string_view name;
  std::uint64_t from;
  std::uint64_t size;
  unsigned decimals;
};

constexpr std::array kSizes = std::to_array<ShownUnit>({{" TiB", std::uint64_t{1} << 40, std::uint64_t{1} << 40, 1},
                                                        {" GiB", std::uint64_t{1} << 30, std::uint64_t{1} << 30, 1},
                                                        {" MiB", std::uint64_t{1} << 20, std::uint64_t{1} << 20, 1},
                                                        {" KiB", std::uint64_t{1} << 10, std::uint64_t{1} << 10, 1},
                                                        {" B", 0, 1, 0}});
constexpr std::array kSpans = std::to_array<ShownUnit>({{" s", 60'000'000'000, 1'000'000'000, 0},
                                                        {" s", 1'000'000'000, 1'000'000'000, 3},
                                                        {" ms", 1'000'000, 1'000'000, 3},
                                                        {" us", 1'000, 1'000, 3},
                                                        {" ns", 0, 1, 0}});
constexpr std::array kShares = std::to_array<ShownUnit>({{" %", 0, 10, 1}});
constexpr std::array kCounts = std::to_array<ShownUnit>({{"", 0, 1, 1}});

std::span<const ShownUnit> units_of(MeasureUnit unit) {
  switch (unit) {
    case MeasureUnit::bytes:
      return kSizes;
    case MeasureUnit::nanoseconds:
      return kSpans;
    case MeasureUnit::share:
      return kShares;
    case MeasureUnit::count:
    case MeasureUnit::frames:
      break;
  }
  return kCounts;
}

constexpr Wide magnitude(ShownValue value) { return static_cast<Wide>(value < 0 ? -value : value); }

// As measure_text() writes it; a count that is not whole has one decimal.
std::string usual_text(const Measure& measure, ShownValue value, std::int64_t per_unit) {
  if (value == kNeverMeasured && per_unit == 1) return "never";
  if (value < 0) {
    std::string text = usual_text(measure, -value, per_unit);
    return text == usual_text(measure, 0, per_unit) ? text : "-" + text;
  }
  const bool is_counted = measure.unit == MeasureUnit::count || measure.unit == MeasureUnit::frames;
  if (is_counted && value % per_unit != 0) {
    const Wide tenths = (magnitude(value) * 20 + magnitude(per_unit)) / (2 * magnitude(per_unit));
    return fmt::format("{}.{}", static_cast<std::uint64_t>(tenths / 10), static_cast<unsigned>(tenths % 10));
  }
  Measure whole = measure;
  whole.value = static_cast<std::int64_t>(value / per_unit + (value % per_unit >= per_unit - value % per_unit ? 1 : 0));
  return measure_text(whole);
}

// Rounded half up to that many decimals of the unit. Requires: 10^decimals <= 10^17.
std::string text_in(const ShownUnit& unit, unsigned decimals, ShownValue value, std::int64_t per_unit) {
  if (value == kNeverMeasured && per_unit == 1) return "never";
  const Wide power = Wide{power_of_ten(decimals)};
  const Wide step = unit.size * magnitude(per_unit);
  const Wide scaled = (magnitude(value) * power + step / 2) / step;
  std::string text =
      fmt::format("{}{}", value < 0 && scaled > 0 ? "-" : "", static_cast<std::uint64_t>(scaled / power));
  if (decimals > 0) text += fmt::format(".{:0{}}", static_cast<std::uint64_t>(scaled % power), decimals);
  return text.append(unit.name);
}

// "2.0 MiB" and "2 MiB" say the same.
std::string without_zero_fraction(std::string text) {
  const std::size_t point = text.find('.');
  if (point == std::string::npos) return text;
  const std::size_t end = text.find_first_not_of('0', point + 1);
  if (end == std::string::npos || text[end] == ' ') text.erase(point, std::min(end, text.size()) - point);
  return text;
}

bool has_twins(std::span<const ShownValue> values, const std::vector<std::string>& texts) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (values[i] == values[j]) continue;
      if (without_zero_fraction(texts[i]) == without_zero_fraction(texts[j])) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> distinct_texts(const Measure& measure, std::span<const ShownValue> values,
                                        std::int64_t per_unit) {
  std::vector<std::string> texts;
  Wide largest = 0;
  for (const ShownValue value : values) {
    texts.push_back(usual_text(measure, value, per_unit));
    if (value != kNeverMeasured) largest = std::max(largest, magnitude(value) / magnitude(per_unit));
  }
  const std::span<const ShownUnit> units = units_of(measure.unit);
  const auto unit = std::find_if(units.begin(), units.end(), [&](const ShownUnit& u) { return largest >= u.from; });
  // Ends where the last decimal is worth less than one step of the values, after 16 at most.
  for (unsigned decimals = unit->decimals; has_twins(values, texts); ++decimals) {
    std::transform(values.begin(), values.end(), texts.begin(),
                   [&](ShownValue value) { return text_in(*unit, decimals, value, per_unit); });
  }
  return texts;
}

}  // namespace memsim
