#include <memsim/campaign/paired_difference.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

__extension__ using Wide = __int128;
__extension__ using WideUnsigned = unsigned __int128;

constexpr std::size_t kCountMax = std::size_t{1} << 20;

// To the nearest, halves away from zero. Requires: divisor > 0.
Wide divided(Wide value, Wide divisor) {
  return value < 0 ? -((-value + divisor / 2) / divisor) : (value + divisor / 2) / divisor;
}

unsigned bit_width(WideUnsigned value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  if (high != 0) return 64 + static_cast<unsigned>(std::bit_width(high));
  return static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(value)));
}

// Rounded down; digit by digit.
WideUnsigned square_root(WideUnsigned value) {
  WideUnsigned root = 0;
  for (unsigned bit = (bit_width(value) + 1) / 2; bit-- > 0;) {
    const WideUnsigned candidate = root | (WideUnsigned{1} << bit);
    if (candidate * candidate <= value) root = candidate;
  }
  return root;
}

Wide sum_of(std::span<const std::int64_t> values) {
  MEMSIM_CHECK(!values.empty() && values.size() <= kCountMax);
  Wide sum = 0;
  for (const std::int64_t value : values) sum += value;
  return sum;
}

// With e_i = n d_i - sum d, the standard error of the mean is sqrt(sum e_i^2 / (n (n - 1))) / n. The e_i are integers;
// they are cut to 50 bits, so that their squares can be added, and the root is taken with as many bits as there are.
Wide half_width_of(std::span<const std::int64_t> differences, Wide sum) {
  constexpr unsigned kBits = 50;
  const auto n = static_cast<Wide>(differences.size());
  std::vector<WideUnsigned> deviations;
  WideUnsigned largest = 0;
  for (const std::int64_t difference : differences) {
    const Wide deviation = n * difference - sum;
    deviations.push_back(static_cast<WideUnsigned>(deviation < 0 ? -deviation : deviation));
    largest = std::max(largest, deviations.back());
  }
  if (largest == 0) return 0;
  const unsigned cut = bit_width(largest) > kBits ? bit_width(largest) - kBits : 0;
  WideUnsigned squares = 0;
  for (const WideUnsigned deviation : deviations) squares += (deviation >> cut) * (deviation >> cut);
  const unsigned raised = (126 - bit_width(squares)) / 2;  // by so many bits of the root
  const WideUnsigned root = square_root((squares << (2 * raised)) / static_cast<WideUnsigned>(n * (n - 1)));
  const WideUnsigned t = t_quantile_in_millionths(differences.size() - 1);
  // t has 24 bits and the root at most 63: with a cut of up to 35 bits the product fits.
  const WideUnsigned scaled = (root * t << cut) >> raised;
  return divided(static_cast<Wide>(scaled), 1000 * n);
}

}  // namespace

std::uint64_t t_quantile_in_millionths(std::uint64_t degrees) {
  MEMSIM_CHECK(degrees > 0);
  struct Row {
    std::uint64_t degrees;
    std::uint64_t quantile;
  };
  static constexpr std::array kTable = {
      Row{1, 12706205}, Row{2, 4302653},  Row{3, 3182447},   Row{4, 2776446},   Row{5, 2570582},   Row{6, 2446912},
      Row{7, 2364625},  Row{8, 2306005},  Row{9, 2262158},   Row{10, 2228139},  Row{11, 2200986},  Row{12, 2178813},
      Row{13, 2160369}, Row{14, 2144787}, Row{15, 2131450},  Row{16, 2119906},  Row{17, 2109816},  Row{18, 2100923},
      Row{19, 2093025}, Row{20, 2085964}, Row{21, 2079614},  Row{22, 2073874},  Row{23, 2068658},  Row{24, 2063899},
      Row{25, 2059539}, Row{26, 2055530}, Row{27, 2051831},  Row{28, 2048408},  Row{29, 2045230},  Row{30, 2042273},
      Row{40, 2021076}, Row{60, 2000298}, Row{120, 1979931}, Row{500, 1964720}, Row{1000, 1962340}};
  const auto next = std::upper_bound(kTable.begin(), kTable.end(), degrees,
                                     [](std::uint64_t value, const Row& row) { return value < row.degrees; });
  return std::prev(next)->quantile;
}

WideThousandths mean_in_thousandths(std::span<const std::int64_t> values) {
  return divided(1000 * sum_of(values), static_cast<Wide>(values.size()));
}

PairedDifference paired_difference(std::span<const std::int64_t> differences) {
  MEMSIM_CHECK(differences.size() >= 2);
  return {mean_in_thousandths(differences), half_width_of(differences, sum_of(differences))};
}

}  // namespace memsim
