#include <memsim/view/measure/latency_histogram.hpp>

#include <algorithm>
#include <bit>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

constexpr unsigned kSubBits = 6;
constexpr std::uint64_t kSubBuckets = std::uint64_t{1} << kSubBits;

// Values below 2 * kSubBuckets are their own index; above, the top kSubBits + 1 bits count on without a gap.
std::size_t bucket_of(std::uint64_t value) {
  if (value < 2 * kSubBuckets) return value;
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
  return shift * kSubBuckets + (value >> shift);
}

// The largest value of the bucket.
std::uint64_t bucket_end(std::size_t index) {
  if (index < 2 * kSubBuckets) return index;
  const std::uint64_t shift = index / kSubBuckets - 1;
  const std::uint64_t top = index - shift * kSubBuckets;
  return (top << shift) + ((std::uint64_t{1} << shift) - 1);
}

// The rank, from 1, of the value that answers the quantile.
std::uint64_t rank_of(std::uint64_t count, std::uint32_t permille) {
  const std::uint64_t whole = count / 1000 * permille;
  const std::uint64_t rest = (count % 1000 * permille + 999) / 1000;
  return std::max<std::uint64_t>(1, whole + rest);
}

}  // namespace

void LatencyHistogram::add(SimDuration value) {
  ++count_;
  sum_ = saturating_add(sum_, value);
  minimum_ = std::min(minimum_, value);
  maximum_ = std::max(maximum_, value);
  if (count_ <= kExactSamples) {
    exact_.push_back(value.count());
    return;
  }
  for (const std::uint64_t sample : exact_) count_in_bucket(sample);
  exact_.clear();
  count_in_bucket(value.count());
}

void LatencyHistogram::count_in_bucket(std::uint64_t value) {
  const std::size_t index = bucket_of(value);
  if (index >= buckets_.size()) buckets_.resize(index + 1);
  ++buckets_[index];
}

SimDuration LatencyHistogram::minimum() const {
  MEMSIM_CHECK(count_ > 0);
  return minimum_;
}

SimDuration LatencyHistogram::maximum() const {
  MEMSIM_CHECK(count_ > 0);
  return maximum_;
}

SimDuration LatencyHistogram::quantile(std::uint32_t permille) const {
  MEMSIM_CHECK(count_ > 0 && permille <= 1000);
  const std::uint64_t rank = rank_of(count_, permille);
  if (!exact_.empty()) {
    std::vector<std::uint64_t> sorted = exact_;
    const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(sorted.begin(), place, sorted.end());
    return SimDuration(*place);
  }
  std::uint64_t seen = 0;
  std::size_t index = 0;
  while (index < buckets_.size() && (seen += buckets_[index]) < rank) ++index;
  return std::min(maximum_, SimDuration(bucket_end(index)));
}

}  // namespace memsim
