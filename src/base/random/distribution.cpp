#include <memsim/base/distribution.hpp>

#include <algorithm>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "base/random/distribution_alias.hpp"
#include "base/random/fixed_log.hpp"

namespace memsim {
namespace {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::size_t kMaxEntries = 1'000'000;
constexpr std::uint64_t kMaxTrials = 1'000'000'000;
constexpr std::uint64_t kMaxSigma = 8 * kMillion;
constexpr std::uint64_t kMaxExponent = 10 * kMillion;

// The weight of rank 1: with a million ranks the sum stays below 2^63.
constexpr std::int64_t kFirstRankWeight = std::int64_t{1} << 43;

// -log2(u) in Q56 for u uniform over the multiples of 2^-64 in (0, 1].
std::uint64_t minus_log2_of_uniform(std::uint64_t draw) {
  constexpr std::uint64_t kMostQ56 = std::uint64_t{64} << 56;
  if (draw == std::numeric_limits<std::uint64_t>::max()) return 0;
  const std::uint64_t log = fixed::log2_q56(draw + 1);
  return log < kMostQ56 ? kMostQ56 - log : 0;
}

// -ln(u) in Q56.
std::uint64_t minus_ln_of_uniform(std::uint64_t draw) {
  return static_cast<std::uint64_t>((Wide{minus_log2_of_uniform(draw)} * fixed::kLn2Q64) >> 64);
}

std::int64_t scaled_by_q56(std::int64_t mean, std::uint64_t factor_q56) {
  const Wide product = Wide{static_cast<std::uint64_t>(mean)} * factor_q56 + (std::uint64_t{1} << 55);
  const Wide value = product >> 56;
  return value > static_cast<std::uint64_t>(kLargest) ? kLargest : static_cast<std::int64_t>(value);
}

// A standard normal value in Q56, from two uniform ones: sqrt(-2 ln u) cos(2 pi v). Never beyond 9.5 either way.
std::int64_t normal_q56(std::uint64_t u, std::uint64_t v) {
  const std::uint64_t square = 2 * minus_ln_of_uniform(u);
  if (square == 0) return 0;
  const auto log_of_square = static_cast<std::int64_t>(fixed::log2_q56(square)) - (std::int64_t{56} << 56);
  const fixed::Scaled radius = fixed::exp2_of_q56(log_of_square >> 1);
  const SignedWide product = SignedWide{fixed::cosine_q62(v)} * static_cast<std::int64_t>(radius.mantissa_q62);
  return static_cast<std::int64_t>(product >> (68 - radius.exponent));
}

std::uint64_t zipf_weight(std::uint64_t rank, Millionths exponent) {
  const Wide log = Wide{fixed::log2_q56(rank)} * exponent.count() / kMillion;
  if (log >= (Wide{64} << 56)) return 0;
  const fixed::Scaled power = fixed::exp2_of_q56(-static_cast<std::int64_t>(log));
  return static_cast<std::uint64_t>(fixed::multiply_saturating(kFirstRankWeight, power));
}

std::int64_t lognormal_value(std::int64_t median, std::int64_t sigma_q50, std::int64_t normal_value_q56) {
  const SignedWide power_q56 = (SignedWide{normal_value_q56} * sigma_q50) >> 50;
  return fixed::multiply_saturating(median, fixed::exp2_of_q56(static_cast<std::int64_t>(power_q56)));
}

std::int64_t trials(std::uint64_t draw, std::int64_t log_q56) {
  if (log_q56 == 0) return 1;
  return static_cast<std::int64_t>(1 + minus_log2_of_uniform(draw) / static_cast<std::uint64_t>(log_q56));
}

Unexpected<std::string> refuse(std::string message) { return Unexpected(std::move(message)); }

}  // namespace

Distribution::Distribution(Kind kind, std::shared_ptr<const AliasTable> chances, Values values)
    : kind_(kind), chances_(std::move(chances)), values_(std::move(values)) {}

Distribution Distribution::constant(std::int64_t value) { return {Kind::constant, value}; }

Parsed<Distribution> Distribution::uniform(std::int64_t low, std::int64_t high) {
  if (low > high) return refuse(fmt::format("uniform: the lower end {} is above the upper end {}", low, high));
  return Distribution(Kind::uniform, low, high);
}

Parsed<Distribution> Distribution::exponential(std::int64_t mean) {
  if (mean < 1) return refuse(fmt::format("exponential: the mean must be at least 1, not {}", mean));
  return Distribution(Kind::exponential, mean);
}

Parsed<Distribution> Distribution::geometric(std::uint64_t numerator, std::uint64_t denominator) {
  if (numerator == 0 || numerator > denominator) {
    return refuse(
        fmt::format("geometric: the probability {}/{} must be above 0 and at most 1", numerator, denominator));
  }
  if (denominator / numerator > kMaxTrials || (denominator / numerator == kMaxTrials && denominator % numerator != 0)) {
    return refuse(fmt::format("geometric: the probability {}/{} must be at least 1 in 10^9", numerator, denominator));
  }
  if (numerator == denominator) return Distribution(Kind::geometric, 0);
  // The logarithms of neighbours may come out equal; the chance must stay above zero.
  const std::uint64_t all = fixed::log2_q56(denominator);
  const std::uint64_t failures = fixed::log2_q56(denominator - numerator);
  return Distribution(Kind::geometric, all > failures ? static_cast<std::int64_t>(all - failures) : 1);
}

Parsed<Distribution> Distribution::geometric_with_mean(std::int64_t mean) {
  if (mean < 1 || static_cast<std::uint64_t>(mean) > kMaxTrials) {
    return refuse(fmt::format("geometric: the mean must be from 1 to 10^9, not {}", mean));
  }
  return geometric(1, static_cast<std::uint64_t>(mean));
}

Parsed<Distribution> Distribution::lognormal(std::int64_t median, Millionths sigma) {
  if (median < 1) return refuse(fmt::format("lognormal: the median must be at least 1, not {}", median));
  if (sigma.count() > kMaxSigma) {
    return refuse(fmt::format("lognormal: sigma must be at most 8, not {}", format_decimal(sigma)));
  }
  const Wide sigma_millionths_q32 = (Wide{sigma.count()} << 96) / fixed::kLn2Q64;
  return Distribution(Kind::lognormal, median, static_cast<std::int64_t>((sigma_millionths_q32 << 18) / kMillion));
}

Parsed<Distribution> Distribution::zipf(std::int64_t count, Millionths exponent) {
  if (count < 1 || static_cast<std::uint64_t>(count) > kMaxEntries) {
    return refuse(fmt::format("zipf: the count of ranks must be from 1 to 1000000, not {}", count));
  }
  if (exponent.count() > kMaxExponent) {
    return refuse(fmt::format("zipf: the exponent must be at most 10, not {}", format_decimal(exponent)));
  }
  std::vector<std::uint64_t> weights(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = zipf_weight(i + 1, exponent);
  Distribution result(Kind::zipf, std::make_shared<const AliasTable>(weights), nullptr);
  result.first_ = count;
  return result;
}

Parsed<Distribution> Distribution::table(const std::vector<WeightedValue>& entries) {
  if (entries.size() > kMaxEntries) return refuse("table: at most 1000000 entries");
  std::uint64_t sum = 0;
  std::vector<std::uint64_t> weights;
  std::vector<std::int64_t> values;
  for (const WeightedValue& entry : entries) {
    if (entry.weight >= (std::uint64_t{1} << 63) - sum)
      return refuse("table: the sum of the weights must be below 2^63");
    sum += entry.weight;
    weights.push_back(entry.weight);
    values.push_back(entry.value);
  }
  if (sum == 0) return refuse("table: at least one entry needs a weight above 0");
  return Distribution(Kind::table, std::make_shared<const AliasTable>(weights),
                      std::make_shared<const std::vector<std::int64_t>>(std::move(values)));
}

Parsed<Distribution> Distribution::list(std::vector<std::int64_t> values) {
  if (values.empty()) return refuse("list: expected at least one value");
  return Distribution(Kind::list, nullptr, std::make_shared<const std::vector<std::int64_t>>(std::move(values)));
}

Parsed<Distribution> Distribution::replay(std::vector<std::int64_t> values) {
  if (values.empty()) return refuse("replay: expected at least one value");
  return Distribution(Kind::replay, nullptr, std::make_shared<const std::vector<std::int64_t>>(std::move(values)));
}

Parsed<Distribution> Distribution::clamped(std::int64_t least, std::int64_t most) const {
  if (least > most) return refuse(fmt::format("the least value {} is above the greatest {}", least, most));
  Distribution result = *this;
  result.least_ = least;
  result.most_ = most;
  return result;
}

std::int64_t Distribution::draw_unclamped(RandomStream& stream, DrawState& state) const {
  switch (kind_) {
    case Kind::constant:
      return first_;
    case Kind::uniform:
      return stream.between_signed(first_, second_);
    case Kind::exponential:
      return scaled_by_q56(first_, minus_ln_of_uniform(stream.next_u64()));
    case Kind::geometric:
      return trials(stream.next_u64(), first_);
    case Kind::lognormal: {
      const std::uint64_t u = stream.next_u64();
      const std::uint64_t v = stream.next_u64();
      return lognormal_value(first_, second_, normal_q56(u, v));
    }
    case Kind::zipf:
      return static_cast<std::int64_t>(chances_->draw(stream)) + 1;
    case Kind::table:
      return (*values_)[chances_->draw(stream)];
    case Kind::list:
      return (*values_)[stream.below(values_->size())];
    case Kind::replay:
      return (*values_)[state.cursor++ % values_->size()];
  }
  MEMSIM_CHECK_THAT(false, "a known kind of distribution");
  return 0;
}

std::pair<std::int64_t, std::int64_t> Distribution::unclamped_bounds() const {
  switch (kind_) {
    case Kind::constant:
      return {first_, first_};
    case Kind::uniform:
      return {first_, second_};
    case Kind::exponential:
      return {0, scaled_by_q56(first_, minus_ln_of_uniform(0))};
    case Kind::geometric:
      return {1, trials(0, first_)};
    case Kind::lognormal: {
      const std::int64_t extreme = normal_q56(0, 0);
      return {lognormal_value(first_, second_, -extreme), lognormal_value(first_, second_, extreme)};
    }
    case Kind::zipf:
      return {1, first_};
    case Kind::table:
    case Kind::list:
    case Kind::replay: {
      const auto [least, most] = std::minmax_element(values_->begin(), values_->end());
      return {*least, *most};
    }
  }
  MEMSIM_CHECK_THAT(false, "a known kind of distribution");
  return {0, 0};
}

std::int64_t Distribution::draw(RandomStream& stream, DrawState& state) const {
  return std::clamp(draw_unclamped(stream, state), least_, most_);
}

std::int64_t Distribution::lower_bound() const { return std::clamp(unclamped_bounds().first, least_, most_); }

std::int64_t Distribution::upper_bound() const { return std::clamp(unclamped_bounds().second, least_, most_); }

}  // namespace memsim
