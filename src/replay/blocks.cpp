#include "replay/blocks.hpp"

#include <algorithm>
#include <bit>

namespace memsim {

std::vector<PlacedBlock> merged(std::vector<Extent> free, unsigned top_order) {
  std::sort(free.begin(), free.end(), [](const Extent& a, const Extent& b) { return a.first < b.first; });
  std::vector<PlacedBlock> blocks;
  for (std::size_t i = 0; i < free.size();) {
    std::uint64_t at = free[i].first.value();
    std::uint64_t end = free[i].end().value();
    for (++i; i < free.size() && free[i].first.value() == end; ++i) end = free[i].end().value();
    while (at < end) {
      const auto fits = static_cast<unsigned>(std::bit_width(end - at)) - 1;
      const unsigned aligned = at == 0 ? top_order : static_cast<unsigned>(std::countr_zero(at));
      const unsigned order = std::min({fits, aligned, top_order});
      blocks.push_back({FrameNumber(at), order});
      at += std::uint64_t{1} << order;
    }
  }
  return blocks;
}

}  // namespace memsim
