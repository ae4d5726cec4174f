// IdentityMap: the frames behind pages that come and go one by one and in small blocks, as those of a recorded trace:
// each page by the number that the recording gave it.
//
// Open addressing over groups of eight neighbouring pages: a page is found in one look wherever it lies, and the memory
// follows the pages that have frames, not their numbers. What is one large run is cheaper in a PageMap.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <memsim/base/units.hpp>
#include <memsim/vm/page_map.hpp>

namespace memsim {

class IdentityMap {
 public:
  // Puts `frames` behind the pages from `first` on. Requires: those pages have none. O(pages).
  void insert(PageNumber first, Extent frames);
  // Takes the frames away from behind the pages of `range` and appends them to `removed`, by ascending page, pages on
  // consecutive frames as one. O(pages of the range, or all that there are, whichever is less).
  void remove(PageRange range, std::vector<Extent>& removed);

  [[nodiscard]] FrameCount frames() const { return FrameCount(pages_); }

  template <class Visitor>  // visit(PageNumber, Extent): each run, by ascending page. O(pages log pages)
  void for_each_run(Visitor&& visit) const {
    Run run{};
    for (const std::uint64_t group : sorted_groups()) {
      const Places& places = places_[find(group)];
      for (std::uint64_t i = 0; i < kGroup; ++i) {
        if (places[i] == 0) continue;
        const PageNumber page(group * kGroup + i);
        const FrameNumber frame(places[i] - 1);
        if (!run.frames.count.is_zero() && run.page + run.frames.count == page && run.frames.end() == frame) {
          run.frames.count += FrameCount(1);
          continue;
        }
        if (!run.frames.count.is_zero()) visit(run.page, run.frames);
        run = {page, {frame, FrameCount(1)}};
      }
    }
    if (!run.frames.count.is_zero()) visit(run.page, run.frames);
  }

 private:
  static constexpr std::uint64_t kGroup = 8;
  struct Run {
    PageNumber page;
    Extent frames;
  };
  using Places = std::array<std::uint64_t, kGroup>;  // a frame's number plus one; 0: none

  // The slot of a group, or the free one where it would go. Requires: there is room.
  [[nodiscard]] std::size_t find(std::uint64_t group) const {
    std::size_t slot = home(group);
    while (groups_[slot] != 0 && groups_[slot] != group + 1) slot = (slot + 1) & (groups_.size() - 1);
    return slot;
  }
  [[nodiscard]] std::size_t home(std::uint64_t group) const {
    return static_cast<std::size_t>(group * 0x9e3779b97f4a7c15U >> 32U) & (groups_.size() - 1);
  }
  [[nodiscard]] std::vector<std::uint64_t> sorted_groups() const;
  // Takes what of the range lies in the group.
  void remove_from(std::uint64_t group, PageRange range, std::vector<Extent>& removed, std::size_t first);
  void give_up(std::size_t slot);
  void grow();

  std::vector<std::uint64_t> groups_;  // the number plus one; 0: the slot is free. A power of two of them
  std::vector<Places> places_;
  std::uint64_t used_ = 0;  // slots
  std::uint64_t pages_ = 0;
};

}  // namespace memsim
