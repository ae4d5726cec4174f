// PageMap: the frames behind the pages of an object that has holes: lazy objects and private memory.
//
// Pages are numbered from the object's start. Runs of pages on consecutive frames are kept as one entry.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <memsim/base/units.hpp>

namespace memsim {

// A page of an object or of a mapping, numbered from its start. Distances are counted in frames.
using PageNumber = Point<struct PageNumberTag, FrameCount>;

// `count` pages from `first`, half-open.
struct PageRange {
  PageNumber first;
  FrameCount count;
  [[nodiscard]] constexpr PageNumber end() const { return first + count; }
  constexpr bool operator==(const PageRange&) const = default;
};

class PageMap {
 public:
  // The frame of a page, and how many pages from there lie on consecutive frames (at least 1).
  struct Place {
    FrameNumber frame;
    FrameCount run;
  };

  // Puts `frames` behind the pages from `first` on. Requires: those pages have none. O(log runs).
  void insert(PageNumber first, Extent frames);
  // Takes the frames away from behind the pages of `range` and appends them to `removed`, by ascending page. O(log +
  // taken).
  void remove(PageRange range, std::vector<Extent>& removed);

  // Nothing for a page without a frame. O(log runs).
  [[nodiscard]] std::optional<Place> find(PageNumber page) const;
  // The first page of `range` that has no frame, or range.end(). O(log runs + runs passed).
  [[nodiscard]] PageNumber first_hole(PageRange range) const;
  // Appends the frames behind `range`, by ascending page, clipped to it. O(log runs + found).
  void collect(PageRange range, std::vector<Extent>& out) const;
  [[nodiscard]] FrameCount resident(PageRange range) const;

  template <class Visitor>  // visit(PageNumber, Extent): each run, by ascending page
  void for_each_run(Visitor&& visit) const {
    for (const auto& [page, frames] : runs_) visit(page, frames);
  }

  [[nodiscard]] FrameCount frames() const { return frames_; }
  [[nodiscard]] std::uint64_t run_count() const { return runs_.size(); }

 private:
  using Runs = std::map<PageNumber, Extent>;
  // The first run that ends behind `page`.
  [[nodiscard]] Runs::const_iterator run_at_or_after(PageNumber page) const;
  // Makes `page` the start of a run where it lies inside one.
  void split_at(PageNumber page);

  Runs runs_;  // by first page; disjoint, not empty; neighbours that continue in page and frame are one run
  FrameCount frames_;
};

}  // namespace memsim
