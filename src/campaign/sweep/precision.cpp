#include "campaign/sweep/precision.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/paired_difference.hpp>
#include <memsim/campaign/statistics.hpp>

namespace memsim {
namespace {

constexpr std::uint64_t kMillionthsOfPermille = 1000;

// "5%", "2.5%" as thousandths, or "5" thousandths of nothing.
std::optional<std::uint64_t> permille_of(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  const auto percent = parse_decimal_millionths(text.substr(0, text.size() - 1));
  if (!percent || percent->count() > 100 * 1'000'000) return std::nullopt;
  const std::uint64_t permille = percent->count() / (kMillionthsOfPermille * 100);
  return permille > 0 && permille * kMillionthsOfPermille * 100 == percent->count() ? std::optional(permille)
                                                                                    : std::nullopt;
}

bool is_mean_precise(std::uint64_t permille, std::span<const std::int64_t> values) {
  if (values.size() < 2) return false;
  const PairedDifference mean = paired_difference(values);
  const WideThousandths size = mean.mean < 0 ? -mean.mean : mean.mean;
  return mean.half_width * 1000 <= size * static_cast<WideThousandths>(permille);
}

bool is_median_precise(std::uint64_t permille, std::span<const std::int64_t> values) {
  // Signed values keep their order when the sign's bit is turned.
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  std::vector<std::uint64_t> ranked;
  for (const std::int64_t value : values) ranked.push_back(static_cast<std::uint64_t>(value) ^ kSign);
  const MedianEstimate median = median_estimate(ranked);
  if (!median.interval) return false;
  const auto value_of = [&](std::uint64_t rank) {
    return static_cast<WideThousandths>(static_cast<std::int64_t>(rank ^ kSign));
  };
  const WideThousandths width = value_of(median.interval->second) - value_of(median.interval->first);
  const WideThousandths size = value_of(median.median) < 0 ? -value_of(median.median) : value_of(median.median);
  return width * 1000 <= 2 * size * static_cast<WideThousandths>(permille);
}

bool is_share_precise(std::uint64_t permille, std::span<const std::int64_t> values) {
  const auto came = static_cast<std::uint64_t>(
      std::count_if(values.begin(), values.end(), [](std::int64_t v) { return v != 0 && v != kNeverMeasured; }));
  const Interval interval = wilson_interval(came, values.size());
  return (interval.high - interval.low) * 1000 <= 2 * static_cast<double>(permille);
}

}  // namespace

HostResult<Shard> parse_shard(const std::string& text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto number = parse_unsigned(std::string_view(text).substr(0, slash));
  const auto count = parse_unsigned(std::string_view(text).substr(std::min(slash + 1, text.size())));
  constexpr std::uint64_t kShardsMax = 1'000'000;
  if (number && count && 1 <= *number && *number <= *count && *count <= kShardsMax) return Shard{*number - 1, *count};
  return host_failure(ExitCode::bad_input,
                      fmt::format("--shard '{}': expected NUMBER/COUNT, counted from 1", escaped_for_terminal(text)),
                      "for example --shard 3/16: the third of sixteen");
}

HostResult<Precision> parse_precision(const std::string& text) {
  const auto fault = [&] {
    return host_failure(ExitCode::bad_input,
                        fmt::format("--until-precise '{}': expected MEASURE=PERCENT%, with at most one decimal",
                                    escaped_for_terminal(text)),
                        "for example allocator/steps=5%, median(allocator/steps)=5%, "
                        "share(probe/four_mib/first_failure_ns)=2.5%");
  };
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos) return fault();
  const std::optional<std::uint64_t> permille = permille_of(std::string_view(text).substr(equals + 1));
  if (!permille) return fault();
  Precision precision{Precision::Of::mean, text.substr(0, equals), *permille};
  for (const auto& [word, of] : {std::pair("mean(", Precision::Of::mean), std::pair("median(", Precision::Of::median),
                                 std::pair("share(", Precision::Of::share)}) {
    if (!precision.measure.starts_with(word)) continue;
    if (!precision.measure.ends_with(')')) return fault();
    precision.of = of;
    precision.measure = precision.measure.substr(std::string_view(word).size());
    precision.measure.pop_back();
  }
  return precision.measure.empty() ? HostResult<Precision>(fault()) : HostResult<Precision>(std::move(precision));
}

bool is_precise_enough(const Precision& precision, std::span<const std::optional<std::int64_t>> values,
                       std::span<const SimTime> end_times) {
  std::vector<std::int64_t> known;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    const bool counts_as_end = precision.of == Precision::Of::mean && *values[i] == kNeverMeasured;
    known.push_back(counts_as_end ? static_cast<std::int64_t>(end_times[i].value()) : *values[i]);
  }
  if (known.empty()) return false;
  switch (precision.of) {
    case Precision::Of::mean:
      return is_mean_precise(precision.permille, known);
    case Precision::Of::median:
      return is_median_precise(precision.permille, known);
    case Precision::Of::share:
      return is_share_precise(precision.permille, known);
  }
  return false;
}

}  // namespace memsim
