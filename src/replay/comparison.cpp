#include <memsim/replay/comparison.hpp>

#include <algorithm>
#include <map>

#include <memsim/phys/linux_free_lists.hpp>

#include "replay/blocks.hpp"

namespace memsim {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr unsigned kTopOrder = 10;

std::uint32_t millionths(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? static_cast<std::uint32_t>(kMillion)
                    : static_cast<std::uint32_t>((part * kMillion + whole / 2) / whole);
}

std::uint64_t frames_of(const PerOrder& blocks, unsigned from) {
  std::uint64_t frames = 0;
  for (unsigned order = from; order < kOrderCount; ++order) frames += blocks[order] << order;
  return frames;
}

std::vector<PlacedBlock> blocks_of(const LinuxFreeLists& lists, bool is_merged, unsigned top) {
  if (!is_merged) {
    std::vector<PlacedBlock> blocks;
    for (const auto& block : lists.blocks) blocks.push_back({block.first, block.order.value()});
    std::sort(blocks.begin(), blocks.end(),
              [](const PlacedBlock& a, const PlacedBlock& b) { return a.first < b.first; });
    return blocks;
  }
  std::vector<Extent> free;
  for (const auto& block : lists.blocks) free.push_back({block.first, block.order.frames()});
  for (const auto& block : lists.cached) free.push_back({block.first, block.order.frames()});
  return merged(std::move(free), top);
}

PerOrder count(const std::vector<PlacedBlock>& blocks) {
  PerOrder counts{};
  for (const PlacedBlock& block : blocks) ++counts[block.order];
  return counts;
}

void compare_counts(ListComparison& result) {
  result.recorded_free = frames_of(result.recorded, 0);
  result.replayed_free = frames_of(result.replayed, 0);
  std::uint64_t difference = 0;
  for (unsigned order = 0; order <= result.top_order; ++order) {
    const auto unusable = [order](const PerOrder& blocks, std::uint64_t free) {
      return millionths(free - frames_of(blocks, order), free);
    };
    const std::uint32_t recorded = unusable(result.recorded, result.recorded_free);
    const std::uint32_t replayed = unusable(result.replayed, result.replayed_free);
    result.recorded_unusable_millionths[order] = recorded;
    result.replayed_unusable_millionths[order] = replayed;
    const std::uint32_t error = recorded > replayed ? recorded - replayed : replayed - recorded;
    if (error > result.unusable_error_millionths) {
      result.unusable_error_millionths = error;
      result.unusable_error_order = order;
    }
    const auto [few, many] = std::minmax(result.recorded[order], result.replayed[order]);
    difference += (many - few) << order;
  }
  result.other_order_millionths = result.recorded_free == 0 ? 0 : millionths(difference / 2, result.recorded_free);
}

// Frames that are free on both sides, in blocks of different orders. Both ascending.
std::uint64_t frames_elsewhere(const std::vector<PlacedBlock>& a, const std::vector<PlacedBlock>& b) {
  std::uint64_t frames = 0;
  const auto end_of = [](const PlacedBlock& block) { return block.first.value() + (std::uint64_t{1} << block.order); };
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const std::uint64_t first = std::max(a[i].first.value(), b[j].first.value());
    const std::uint64_t end = std::min(end_of(a[i]), end_of(b[j]));
    if (first < end && a[i].order != b[j].order) frames += end - first;
    end_of(a[i]) <= end_of(b[j]) ? ++i : ++j;
  }
  return frames;
}

using ListKey = std::pair<unsigned, Mobility>;
std::map<ListKey, std::vector<FrameNumber>> by_list(const std::vector<LinuxFreeLists::Block>& blocks) {
  std::map<ListKey, std::vector<FrameNumber>> lists;
  for (const auto& block : blocks) lists[{block.order.value(), block.type}].push_back(block.first);
  return lists;
}

void compare_positions(ListComparison& result, const LinuxFreeLists& recorded, const LinuxFreeLists& replayed) {
  const auto ours = by_list(replayed.blocks);
  auto theirs = by_list(recorded.blocks);
  for (const auto& [key, list] : ours) theirs.try_emplace(key);
  for (const auto& [key, list] : theirs) {
    ListComparison::PerList compared{.order = key.first, .type = key.second, .recorded = list.size()};
    const auto found = ours.find(key);
    const std::vector<FrameNumber> none;
    const std::vector<FrameNumber>& other = found == ours.end() ? none : found->second;
    compared.replayed = other.size();
    const std::size_t shorter = std::min(list.size(), other.size());
    compared.parts_at = shorter;
    for (std::size_t i = 0; i < shorter; ++i) {
      if (list[i] == other[i]) {
        ++compared.equal;
      } else if (compared.parts_at == shorter) {
        compared.parts_at = i;
      }
    }
    result.positions += compared.recorded;
    result.equal_positions += compared.equal;
    result.lists.push_back(compared);
  }
}

}  // namespace

ListComparison compare_lists(const RecordedState& recorded, const FrameAllocator& replayed, bool merged_too) {
  const std::optional<LinuxFreeLists> lists = linux_free_lists(replayed);
  ListComparison result;
  result.is_merged = merged_too || !lists;
  result.top_order = kTopOrder;
  const std::vector<PlacedBlock> theirs = blocks_of(recorded.lists, result.is_merged, kTopOrder);
  std::vector<PlacedBlock> ours;
  if (lists) {
    ours = blocks_of(*lists, result.is_merged, kTopOrder);
  } else {
    std::vector<Extent> free;
    replayed.for_each_free([&](Extent extent) { free.push_back(extent); });
    ours = merged(std::move(free), kTopOrder);
  }
  result.recorded = count(theirs);
  result.replayed = count(ours);
  compare_counts(result);
  result.elsewhere_frames = frames_elsewhere(theirs, ours);
  if (lists && !result.is_merged) compare_positions(result, recorded.lists, *lists);
  return result;
}

}  // namespace memsim
