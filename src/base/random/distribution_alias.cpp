#include "base/random/distribution_alias.hpp"

#include <limits>

namespace memsim {
namespace {

__extension__ using Wide = unsigned __int128;

}  // namespace

AliasTable::AliasTable(const std::vector<std::uint64_t>& weights) {
  const std::size_t count = weights.size();
  MEMSIM_CHECK(count <= std::numeric_limits<std::uint32_t>::max());
  for (const std::uint64_t weight : weights) {
    MEMSIM_CHECK_THAT(weight < (std::uint64_t{1} << 63) - sum_, "weights whose sum is below 2^63");
    sum_ += weight;
  }
  MEMSIM_CHECK(sum_ > 0);

  // Each weight times the count, so that the average fills one column to `sum_` exactly.
  std::vector<Wide> left(count);
  std::vector<std::size_t> short_of;
  std::vector<std::size_t> full;
  for (std::size_t i = 0; i < count; ++i) {
    left[i] = Wide{weights[i]} * count;
    (left[i] < sum_ ? short_of : full).push_back(i);
  }
  columns_.resize(count);
  // A short column takes what it lacks from a full one, which may run short itself by that.
  while (!short_of.empty()) {
    const std::size_t needy = short_of.back();
    short_of.pop_back();
    MEMSIM_CHECK(!full.empty());
    const std::size_t giver = full.back();
    columns_[needy] = {static_cast<std::uint64_t>(left[needy]), giver};
    left[giver] -= sum_ - left[needy];
    if (left[giver] < sum_) {
      full.pop_back();
      short_of.push_back(giver);
    }
  }
  for (const std::size_t i : full) {
    MEMSIM_CHECK(left[i] == sum_);
    columns_[i] = {sum_, i};
  }
}

}  // namespace memsim
