#include <array>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

constexpr std::array<std::string_view, 5> kSizeUnits{"B", "KiB", "MiB", "GiB", "TiB"};

struct TimeUnit {
  std::string_view name;
  std::uint64_t ns;
  unsigned decimals;  // digits after the point down to one nanosecond
};
constexpr std::array kSmallUnits =
    std::to_array<TimeUnit>({{"s", 1'000'000'000, 9}, {"ms", 1'000'000, 6}, {"us", 1'000, 3}, {"ns", 1, 0}});
constexpr std::array kLargeUnits = std::to_array<TimeUnit>(
    {{"d", 86'400'000'000'000, 0}, {"h", 3'600'000'000'000, 0}, {"min", 60'000'000'000, 0}, {"s", 1'000'000'000, 0}});

const TimeUnit& small_unit_of(std::uint64_t ns) {
  for (const TimeUnit& unit : kSmallUnits) {
    if (ns >= unit.ns) return unit;
  }
  return kSmallUnits.back();
}

// value / 10^decimals as text, without trailing zeros.
std::string decimal_text(std::uint64_t value, unsigned decimals) {
  const std::uint64_t divisor = power_of_ten(decimals);
  std::string text = fmt::format("{}", value / divisor);
  if (value % divisor == 0) return text;
  text += fmt::format(".{:0{}}", value % divisor, decimals);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

}  // namespace

std::string format_size_exact(Bytes size) {
  std::uint64_t count = size.count();
  std::size_t unit = 0;
  while (count != 0 && count % 1024 == 0 && unit + 1 < kSizeUnits.size()) {
    count /= 1024;
    ++unit;
  }
  return fmt::format("{} {}", count, kSizeUnits[unit]);
}

std::string format_size_human(Bytes size) {
  const std::uint64_t count = size.count();
  std::size_t unit = 0;
  const auto shift = [&] { return static_cast<unsigned>(10 * unit); };
  while (unit + 1 < kSizeUnits.size() && (count >> shift()) >= 1024) ++unit;
  const std::uint64_t below = count & ((std::uint64_t{1} << shift()) - 1);
  if (below == 0) return fmt::format("{} {}", count >> shift(), kSizeUnits[unit]);
  std::uint64_t tenths = (count >> shift()) * 10 + ((below * 20 + (std::uint64_t{1} << shift())) >> (shift() + 1));
  if (tenths >= 10'240 && unit + 1 < kSizeUnits.size()) {
    tenths = 10;
    ++unit;
  }
  return fmt::format("{}.{} {}", tenths / 10, tenths % 10, kSizeUnits[unit]);
}

std::string format_duration_exact(SimDuration duration) {
  const std::uint64_t ns = duration.count();
  for (const TimeUnit& unit : kLargeUnits) {
    if (ns != 0 && ns % unit.ns == 0) return fmt::format("{} {}", ns / unit.ns, unit.name);
  }
  const TimeUnit& unit = small_unit_of(ns);
  return fmt::format("{} {}", decimal_text(ns, unit.decimals), unit.name);
}

std::string format_duration_human(SimDuration duration) {
  const std::uint64_t ns = duration.count();
  for (std::size_t i = 0; i + 1 < kLargeUnits.size(); ++i) {
    const TimeUnit& unit = kLargeUnits[i];
    const TimeUnit& smaller = kLargeUnits[i + 1];
    if (ns < unit.ns) continue;
    const std::uint64_t rest = ns % unit.ns / smaller.ns;
    if (rest == 0) return fmt::format("{} {}", ns / unit.ns, unit.name);
    return fmt::format("{} {} {} {}", ns / unit.ns, unit.name, rest, smaller.name);
  }
  const TimeUnit& unit = small_unit_of(ns);
  if (unit.ns == 1) return fmt::format("{} ns", ns);
  // Below one minute: no sum here can wrap. Rounding up may reach the next unit (999.9996 us is 1 ms).
  const std::uint64_t thousandth = unit.ns / 1'000;
  const std::uint64_t rounded = (ns + thousandth / 2) / thousandth * thousandth;
  const TimeUnit& shown = small_unit_of(rounded);
  return fmt::format("{} {}", decimal_text(rounded, shown.decimals), shown.name);
}

std::string format_decimal(Millionths value) { return decimal_text(value.count(), 6); }

}  // namespace memsim
