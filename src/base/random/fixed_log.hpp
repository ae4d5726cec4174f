// Logarithm, power and cosine in fixed point: the same bits on every machine, where libm's differ by processor.
//
// "Qn" means an integer that counts steps of 2^-n. Each function is a table lookup and a short polynomial; the tables
// are worked out by the compiler, in integers. Accuracy is absolute: better than 2^-46 for each (see the tests).
#pragma once

#include <cstdint>

namespace memsim::fixed {

// ln 2, in Q64.
inline constexpr std::uint64_t kLn2Q64 = 0xb17217f7d1cf79ab;

// log2(x), in Q56. Requires: x > 0.
[[nodiscard]] std::uint64_t log2_q56(std::uint64_t x);

// A positive number mantissa * 2^exponent, the mantissa in Q62 and in [1, 2).
struct Scaled {
  std::uint64_t mantissa_q62;
  std::int32_t exponent;
};
// 2^y for y in Q56.
[[nodiscard]] Scaled exp2_of_q56(std::int64_t y);

// value * scaled, rounded to the nearest integer (half up), or the largest int64 where that does not fit.
// Requires: value >= 0.
[[nodiscard]] std::int64_t multiply_saturating(std::int64_t value, Scaled scaled);

// The cosine of `turn` / 2^64 of a full turn, in Q62.
[[nodiscard]] std::int64_t cosine_q62(std::uint64_t turn);

}  // namespace memsim::fixed
