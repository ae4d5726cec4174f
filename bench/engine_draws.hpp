// Integer draws for the engine's benchmarks: the same on every machine, and cheap, for they are part of what is timed.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace memsim::bench {

// -log2(m / 2048) for m = 1024.5 .. 2047.5, 16 fraction bits, by repeated squaring.
constexpr std::array<std::uint32_t, 1024> minus_log2_table() {
  std::array<std::uint32_t, 1024> table{};
  for (std::uint64_t i = 0; i != table.size(); ++i) {
    std::uint64_t x = (2 * (1024 + i) + 1) << 20;  // 1 <= x / 2^31 < 2
    std::uint32_t log2 = 0;
    for (int bit = 0; bit != 16; ++bit) {
      x = (x * x) >> 31;
      log2 = 2 * log2 + static_cast<std::uint32_t>(x >> 32);
      if (x >> 32 != 0) x >>= 1;
    }
    table[i] = 65536 - log2;
  }
  return table;
}
inline constexpr std::array<std::uint32_t, 1024> kMinusLog2 = minus_log2_table();

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  // Exponential with this mean, below 2^40: -ln u, from the place of u's highest bit and a table for the bits after it.
  std::uint64_t exponential(std::uint64_t mean) {
    const std::uint64_t u = next() | 1;
    const auto zeros = static_cast<unsigned>(std::countl_zero(u));
    const std::uint64_t mantissa = (u << zeros) >> 53 & 1023;
    const std::uint64_t minus_log2 = (std::uint64_t{zeros} << 16) + kMinusLog2[mantissa];  // 16 fraction bits
    constexpr std::uint64_t kLn2 = 45426;                                                  // the same
    return (mean * ((minus_log2 * kLn2) >> 16)) >> 16;
  }

 private:
  std::uint64_t state_;
};

}  // namespace memsim::bench
