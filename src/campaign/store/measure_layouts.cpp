#include "campaign/store/measure_layouts.hpp"

#include <algorithm>
#include <utility>

namespace memsim {
namespace {

// Of what tells lists apart that runs of one scenario have: how long the names are, and how they end.
std::uint64_t cheap_hash(std::span<const Measure> measures) {
  std::uint64_t hash = measures.size();
  for (const Measure& measure : measures) {
    const auto last = measure.name.empty() ? 0U : static_cast<unsigned char>(measure.name.back());
    hash = (hash ^ (measure.name.size() << 8U) ^ last) * UINT64_C(0x100000001b3);
  }
  return hash;
}

bool are_alike(const Measure& a, const Measure& b) {
  return a.name == b.name && a.unit == b.unit && a.better == b.better;
}

}  // namespace

std::shared_ptr<const MeasureLayout> MeasureLayouts::of(std::span<const Measure> measures) {
  const std::uint64_t hash = cheap_hash(measures);
  const std::lock_guard lock(mutex_);
  const auto [begin, end] = layouts_.equal_range(hash);
  for (auto layout = begin; layout != end; ++layout) {
    const std::vector<Measure>& kinds = layout->second->kinds;
    if (std::equal(kinds.begin(), kinds.end(), measures.begin(), measures.end(), are_alike)) return layout->second;
  }
  auto layout = std::make_shared<MeasureLayout>();
  layout->number = layouts_.size();
  layout->kinds.assign(measures.begin(), measures.end());
  for (Measure& kind : layout->kinds) kind.value = 0;
  layouts_.emplace(hash, layout);
  return layout;
}

}  // namespace memsim
