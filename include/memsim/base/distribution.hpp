// Distribution: how a scenario says "about so much, in this manner". Draws are integers, made of integers.
//
// No floating point takes part: logarithms, powers and cosines are computed in fixed point, so that a draw has the same
// value on every machine. A Distribution is an immutable plain value; the large tables behind it are shared by copies.
// What changes from draw to draw lives with the consumer: its RandomStream and its DrawState.
//
// Parameters are checked once, by the factories; a draw cannot fail. Values too large for int64 become the largest
// int64.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <memsim/base/numbers.hpp>
#include <memsim/base/random.hpp>

namespace memsim {

// Where a consumer stands in a replayed list.
struct DrawState {
  std::uint64_t cursor = 0;
  constexpr bool operator==(const DrawState&) const = default;
};

// A value of a table and how often it comes up, relative to the others.
struct WeightedValue {
  std::int64_t value = 0;
  std::uint64_t weight = 0;
};

class AliasTable;  // private, src/base/random/distribution_alias.hpp

class Distribution {
 public:
  // Always 0.
  Distribution() = default;

  // Always `value`. Takes nothing from the stream.
  [[nodiscard]] static Distribution constant(std::int64_t value);

  // Each of low..high, both included, equally often. Error: low > high.
  [[nodiscard]] static Parsed<Distribution> uniform(std::int64_t low, std::int64_t high);

  // Waiting times without memory: -mean * ln(u), rounded to the nearest integer, at most 44.4 means. From a mean of 10
  // up, rounding moves the mean by less than 0.05 %; for smaller ones take geometric(). Error: mean < 1.
  [[nodiscard]] static Parsed<Distribution> exponential(std::int64_t mean);

  // The number of trials up to and with the first success, 1, 2, 3, ..., each succeeding with numerator / denominator;
  // the mean is denominator / numerator. Error: a probability of zero, above one, or below 1 in 10^9.
  [[nodiscard]] static Parsed<Distribution> geometric(std::uint64_t numerator, std::uint64_t denominator);
  // The same by its mean. Error: mean not in 1..10^9.
  [[nodiscard]] static Parsed<Distribution> geometric_with_mean(std::int64_t mean);

  // median * e^(sigma * z), z standard normal (by the method of Box and Muller), rounded to the nearest integer. The
  // mean is median * e^(sigma^2 / 2). Error: median < 1, or sigma above 8.
  [[nodiscard]] static Parsed<Distribution> lognormal(std::int64_t median, Millionths sigma);

  // Ranks 1..count, rank k in proportion to k^-exponent. A rank less likely than about 2^-43 relative to rank 1 never
  // comes up. Takes 16 bytes for each rank. Error: count not in 1..1,000,000, exponent above 10.
  [[nodiscard]] static Parsed<Distribution> zipf(std::int64_t count, Millionths exponent);

  // Each value in proportion to its weight, exactly. Values may repeat. Error: no entry with a weight, more than
  // 1,000,000 entries, or weights whose sum is not below 2^63.
  [[nodiscard]] static Parsed<Distribution> table(const std::vector<WeightedValue>& entries);

  // Each of the values equally often. Error: no value.
  [[nodiscard]] static Parsed<Distribution> list(std::vector<std::int64_t> values);

  // The values in their order, from the start again after the last. Takes nothing from the stream. Error: no value.
  [[nodiscard]] static Parsed<Distribution> replay(std::vector<std::int64_t> values);

  // This distribution with draws below `least` raised to it and draws above `most` lowered to it. Error: least > most.
  [[nodiscard]] Parsed<Distribution> clamped(std::int64_t least, std::int64_t most) const;

  // The next value. O(1). Each call takes the same number of draws from the stream (but for the rare rejections of
  // RandomStream::below()): none, one or two, by kind.
  [[nodiscard]] std::int64_t draw(RandomStream& stream, DrawState& state) const;

  // No draw is below or above these. Exact for all but the table and zipf with weights of zero.
  [[nodiscard]] std::int64_t lower_bound() const;
  [[nodiscard]] std::int64_t upper_bound() const;

 private:
  enum class Kind : std::uint8_t {
    constant,     // first_: the value
    uniform,      // first_: the lower end, second_: the upper end
    exponential,  // first_: the mean
    geometric,    // first_: -log2(1 - p) in Q56, or 0 for p = 1
    lognormal,    // first_: the median, second_: sigma / ln 2 in Q50
    zipf,         // first_: the count; chances_
    table,        // chances_ and values_
    list,         // values_
    replay,       // values_
  };
  using Values = std::shared_ptr<const std::vector<std::int64_t>>;

  Distribution(Kind kind, std::int64_t first, std::int64_t second = 0) : kind_(kind), first_(first), second_(second) {}
  Distribution(Kind kind, std::shared_ptr<const AliasTable> chances, Values values);

  [[nodiscard]] std::int64_t draw_unclamped(RandomStream& stream, DrawState& state) const;
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> unclamped_bounds() const;

  Kind kind_ = Kind::constant;
  std::int64_t first_ = 0;
  std::int64_t second_ = 0;
  std::shared_ptr<const AliasTable> chances_;
  Values values_;
  std::int64_t least_ = INT64_MIN;
  std::int64_t most_ = INT64_MAX;
};

}  // namespace memsim
