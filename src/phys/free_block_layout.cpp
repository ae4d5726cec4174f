#include <memsim/phys/free_block_counts.hpp>

#include <algorithm>
#include <array>

#include <memsim/base/random.hpp>

namespace memsim {
namespace {

// Places blocks so that none merges: each lies in one half of a slot of twice its size whose other half stays in use,
// if only in part. Slots below a page block belong to one type.
class Layout {
 public:
  Layout(Extent extent, unsigned top, unsigned page_block, std::uint64_t seed)
      : page_block_(std::min(page_block, top)), top_(top), random_(RandomStream::derive(seed, {"buddyinfo"})) {
    const std::uint64_t size = std::uint64_t{1} << top;
    const std::uint64_t first = (extent.first.value() + size - 1) / size * size;
    for (std::uint64_t at = first; at + size <= extent.end().value(); at += size) {
      shared_[top].push_back(at);
    }
  }

  // False where no place is left.
  bool place(unsigned order, std::size_t type, FrameNumber& first) {
    std::uint64_t at = 0;
    if (order == top_) {
      if (!take(order, type, at)) return false;
      first = FrameNumber(at);
      return true;
    }
    if (!take(order + 1, type, at)) return false;
    const std::uint64_t half = std::uint64_t{1} << order;
    const bool is_upper = random_.below(2) == 1;
    first = FrameNumber(is_upper ? at + half : at);
    pool(order, type).push_back(is_upper ? at : at + half);
    return true;
  }

 private:
  std::vector<std::uint64_t>& pool(unsigned order, std::size_t type) {
    return order >= page_block_ ? shared_[order] : own_[type][order];
  }

  // A slot of the order that is in use, cut from the smallest that there is.
  bool take(unsigned order, std::size_t type, std::uint64_t& at) {
    unsigned from = order;
    while (from <= top_ && pool(from, type).empty()) ++from;
    if (from > top_) return false;
    std::vector<std::uint64_t>& slots = pool(from, type);
    std::swap(slots[random_.below(slots.size())], slots.back());
    at = slots.back();
    slots.pop_back();
    while (from > order) {
      --from;
      const std::uint64_t half = std::uint64_t{1} << from;
      const bool is_upper = random_.below(2) == 1;
      pool(from, type).push_back(is_upper ? at : at + half);
      if (is_upper) at += half;
    }
    return true;
  }

  unsigned page_block_;
  unsigned top_;
  RandomStream random_;
  std::array<std::vector<std::uint64_t>, FreeBlockCounts::kMaxOrder + 1> shared_;
  std::array<std::array<std::vector<std::uint64_t>, FreeBlockCounts::kMaxOrder + 1>, 3> own_;
};

}  // namespace

std::uint64_t FreeBlockCounts::total_blocks() const {
  std::uint64_t total = 0;
  for (const auto& by_order : blocks) {
    for (const std::uint64_t count : by_order) total += count;
  }
  return total;
}

std::uint64_t FreeBlockCounts::total_frames() const {
  std::uint64_t total = 0;
  for (const auto& by_order : blocks) {
    for (unsigned order = 0; order <= kMaxOrder; ++order) total += by_order[order] << order;
  }
  return total;
}

std::optional<std::vector<LinuxFreeLists::Block>> lay_out(const FreeBlockCounts& counts, Extent extent,
                                                          std::uint64_t seed) {
  std::vector<LinuxFreeLists::Block> blocks;
  Layout layout(extent, counts.top_order, counts.page_block_order, seed);
  for (unsigned order = counts.top_order + 1; order-- > 0;) {
    for (std::size_t type = 0; type < counts.blocks.size(); ++type) {
      for (std::uint64_t i = 0; i < counts.blocks[type][order]; ++i) {
        FrameNumber first;
        if (!layout.place(order, type, first)) return std::nullopt;
        blocks.push_back({first, Order(order), static_cast<Mobility>(type)});
      }
    }
  }
  return blocks;
}

std::vector<bool> note_page_block_types(LinuxFreeLists& lists, Extent extent, unsigned page_block_order) {
  const std::uint64_t size = std::uint64_t{1} << page_block_order;
  const std::uint64_t origin = extent.first.value() / size;
  const std::uint64_t count = (extent.end().value() + size - 1) / size - origin;
  std::vector<bool> known(count, false);
  lists.page_block_types.assign(count, Mobility::movable);
  for (const LinuxFreeLists::Block& block : lists.blocks) {
    const std::uint64_t first = block.first.value() / size - origin;
    const std::uint64_t end = (block.first.value() + block.order.frames().count() - 1) / size - origin;
    for (std::uint64_t i = first; i <= end; ++i) {
      lists.page_block_types[i] = block.type;
      known[i] = true;
    }
  }
  // A cached block's list is that of its page block at the time it was freed; page blocks seldom change.
  for (const LinuxFreeLists::CachedBlock& block : lists.cached) {
    const std::uint64_t at = block.first.value() / size - origin;
    if (known[at]) continue;
    lists.page_block_types[at] = block.type;
    known[at] = true;
  }
  return known;
}

}  // namespace memsim
