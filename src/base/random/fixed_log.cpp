#include "base/random/fixed_log.hpp"

#include <array>
#include <bit>
#include <limits>

#include <memsim/base/check.hpp>

namespace memsim::fixed {
namespace {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

constexpr unsigned kIndexBits = 7;
constexpr std::size_t kEntries = std::size_t{1} << kIndexBits;
constexpr std::int64_t kOneQ62 = std::int64_t{1} << 62;

constexpr std::int64_t multiply_q62(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>((SignedWide{a} * b) >> 62);
}

// log2(x / 2^63) in Q62 for x in [2^63, 2^64), one bit for each squaring. Slow and obvious; only the compiler runs it.
constexpr std::uint64_t log2_by_squaring(std::uint64_t x) {
  std::uint64_t result = 0;
  for (int bit = 61; bit >= 0; --bit) {
    const Wide square = Wide{x} * x;
    const bool doubled = (square >> 127) != 0;
    x = static_cast<std::uint64_t>(square >> (doubled ? 64 : 63));
    if (doubled) result |= std::uint64_t{1} << bit;
  }
  return result;
}

// For each 1/128 of [1, 2): a number near the reciprocal of its middle, and minus the logarithm of just that number.
struct LogEntry {
  std::uint64_t reciprocal_q64;
  std::uint64_t log_q62;
};

constexpr std::array<LogEntry, kEntries> make_log_table() {
  std::array<LogEntry, kEntries> table{};
  for (std::size_t i = 0; i < kEntries; ++i) {
    const Wide middle_by_256 = 256 + 2 * i + 1;
    const auto reciprocal = static_cast<std::uint64_t>((Wide{256} << 64) / middle_by_256);
    // The reciprocal lies in (1/2, 1); as a Q63 it would be twice that, in (1, 2).
    table[i] = {reciprocal, static_cast<std::uint64_t>(kOneQ62) - log2_by_squaring(reciprocal)};
  }
  return table;
}
constexpr std::array<LogEntry, kEntries> kLogTable = make_log_table();

// 1 / (k ln 2) with alternating signs, in Q62: the series of log2(1 + r).
constexpr std::array<std::int64_t, 5> make_log_series() {
  std::array<std::int64_t, 5> series{};
  for (std::size_t k = 0; k < series.size(); ++k) {
    const auto term = static_cast<std::int64_t>((Wide{1} << 126) / kLn2Q64 / (k + 1));
    series[k] = k % 2 == 0 ? term : -term;
  }
  return series;
}
constexpr std::array<std::int64_t, 5> kLogSeries = make_log_series();

constexpr std::uint64_t square_root(Wide x) {
  std::uint64_t root = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const std::uint64_t tried = root | (std::uint64_t{1} << bit);
    if (Wide{tried} * tried <= x) root = tried;
  }
  return root;
}

// 2^(i/128) in Q62, each the product of the square roots that its bits call for.
constexpr std::array<std::uint64_t, kEntries> make_power_table() {
  std::array<std::uint64_t, kIndexBits> roots{};
  std::uint64_t power = std::uint64_t{1} << 63;  // 2, in Q62
  for (std::size_t bit = kIndexBits; bit-- > 0;) {
    power = square_root(Wide{power} << 62);
    roots[bit] = power;
  }
  std::array<std::uint64_t, kEntries> table{};
  for (std::size_t i = 0; i < kEntries; ++i) {
    table[i] = static_cast<std::uint64_t>(kOneQ62);
    for (std::size_t bit = 0; bit < kIndexBits; ++bit) {
      if ((i >> bit & 1) != 0) table[i] = static_cast<std::uint64_t>((Wide{table[i]} * roots[bit]) >> 62);
    }
  }
  return table;
}
constexpr std::array<std::uint64_t, kEntries> kPowerTable = make_power_table();

// 1/k for k = 1..5, and 2/(k (k + 1)) for k = 1, 3, ..., 17, in Q62: divisions of the series below, made
// multiplications.
constexpr std::array<std::int64_t, 5> kPowerSteps{kOneQ62, kOneQ62 / 2, kOneQ62 / 3, kOneQ62 / 4, kOneQ62 / 5};
constexpr std::array<std::int64_t, 9> kCosineSteps{kOneQ62,      kOneQ62 / 6,   kOneQ62 / 15,
                                                   kOneQ62 / 28, kOneQ62 / 45,  kOneQ62 / 66,
                                                   kOneQ62 / 91, kOneQ62 / 120, kOneQ62 / 153};

// 2 pi, in Q60.
constexpr std::uint64_t kTurnQ60 = 0x6487ed5110b4611a;

}  // namespace

std::uint64_t log2_q56(std::uint64_t x) {
  MEMSIM_CHECK(x > 0);
  const auto exponent = static_cast<unsigned>(std::bit_width(x) - 1);
  const std::uint64_t mantissa = x << (63 - exponent);
  const LogEntry& entry = kLogTable[(mantissa >> (63 - kIndexBits)) & (kEntries - 1)];
  // mantissa * reciprocal = 1 + r with |r| < 2^-8, so the first term left out is below 2^-50.
  const auto product = static_cast<std::uint64_t>((Wide{mantissa} * entry.reciprocal_q64) >> 65);
  const std::int64_t r = static_cast<std::int64_t>(product) - kOneQ62;
  std::int64_t sum = kLogSeries.back();
  for (std::size_t k = kLogSeries.size() - 1; k-- > 0;) sum = kLogSeries[k] + multiply_q62(r, sum);
  const std::int64_t fraction_q62 = static_cast<std::int64_t>(entry.log_q62) + multiply_q62(r, sum);
  // The series can err below zero at x = 2^exponent, by less than it can err anywhere.
  const std::int64_t fraction_q56 = fraction_q62 < 0 ? 0 : fraction_q62 >> 6;
  return (std::uint64_t{exponent} << 56) + static_cast<std::uint64_t>(fraction_q56);
}

Scaled exp2_of_q56(std::int64_t y) {
  constexpr unsigned kRestBits = 56 - kIndexBits;
  const std::int64_t whole = y >> 56;
  const auto fraction = static_cast<std::uint64_t>(y) & ((std::uint64_t{1} << 56) - 1);
  const std::uint64_t rest = fraction & ((std::uint64_t{1} << kRestBits) - 1);
  const auto t = static_cast<std::int64_t>((Wide{rest} * kLn2Q64) >> 58);  // in Q62, below 2^-7
  // e^t by its series to t^5 / 5!.
  std::int64_t sum = kOneQ62;
  for (std::size_t k = kPowerSteps.size(); k-- > 0;) sum = kOneQ62 + multiply_q62(multiply_q62(t, sum), kPowerSteps[k]);
  const auto mantissa =
      static_cast<std::uint64_t>((Wide{kPowerTable[fraction >> kRestBits]} * static_cast<std::uint64_t>(sum)) >> 62);
  // Rounding may reach 2 but not pass it.
  constexpr std::uint64_t kBelowTwo = (std::uint64_t{1} << 63) - 1;
  return {mantissa < kBelowTwo ? mantissa : kBelowTwo, static_cast<std::int32_t>(whole)};
}

std::int64_t multiply_saturating(std::int64_t value, Scaled scaled) {
  MEMSIM_CHECK(value >= 0);
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  if (value == 0) return 0;
  if (scaled.exponent >= 63) return kLargest;
  if (scaled.exponent < -64) return 0;
  // Below 2^126, so there is room to add the half.
  const Wide product = Wide{static_cast<std::uint64_t>(value)} * scaled.mantissa_q62;
  const int shift = 62 - scaled.exponent;
  if (shift <= 0) return product > static_cast<std::uint64_t>(kLargest) ? kLargest : static_cast<std::int64_t>(product);
  const Wide rounded = ((product >> (shift - 1)) + 1) >> 1;
  return rounded > static_cast<std::uint64_t>(kLargest) ? kLargest : static_cast<std::int64_t>(rounded);
}

std::int64_t cosine_q62(std::uint64_t turn) {
  constexpr std::uint64_t kQuarter = std::uint64_t{1} << 62;
  if (turn > 2 * kQuarter) turn = 0 - turn;  // cos(-a) = cos(a)
  const bool second_quarter = turn > kQuarter;
  if (second_quarter) turn = 2 * kQuarter - turn;  // cos(pi - a) = -cos(a)
  const auto angle_q61 = static_cast<std::uint64_t>((Wide{turn} * kTurnQ60) >> 63);
  const auto square_q61 = static_cast<std::int64_t>((Wide{angle_q61} * angle_q61) >> 61);
  // 1 - a^2/(1*2) (1 - a^2/(3*4) (1 - ...)), to a^18. Half the square and half the divisor: a^2 itself would not fit.
  std::int64_t sum = kOneQ62;
  for (std::size_t k = kCosineSteps.size(); k-- > 0;) {
    sum = kOneQ62 - multiply_q62(multiply_q62(square_q61, sum), kCosineSteps[k]);
  }
  return second_quarter ? -sum : sum;
}

}  // namespace memsim::fixed
