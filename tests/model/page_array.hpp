// PageArray: physical memory as one flag per frame. Slow and obvious; the measure of what cleverer code must agree
// with.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <memsim/phys/measures.hpp>
#include <memsim/phys/request.hpp>

namespace memsim::model {

class PageArray {
 public:
  explicit PageArray(Extent frames) : first_(frames.first.value()), taken_(frames.count.count(), false) {}

  [[nodiscard]] bool is_free(std::uint64_t frame) const {
    return frame >= first_ && frame - first_ < taken_.size() && !taken_[frame - first_];
  }
  [[nodiscard]] bool is_free(std::uint64_t first, std::uint64_t count) const {
    for (std::uint64_t frame = first; frame < first + count; ++frame) {
      if (!is_free(frame)) return false;
    }
    return true;
  }
  // For each frame, from first() on, how many consecutive frames from there are free.
  [[nodiscard]] std::vector<std::uint64_t> free_lengths() const {
    std::vector<std::uint64_t> lengths(taken_.size() + 1, 0);
    for (std::size_t i = taken_.size(); i-- > 0;) lengths[i] = taken_[i] ? 0 : lengths[i + 1] + 1;
    return lengths;
  }
  void take(Extent extent) { set(extent, true); }
  void give(Extent extent) { set(extent, false); }
  [[nodiscard]] std::uint64_t first() const { return first_; }
  [[nodiscard]] std::uint64_t end() const { return first_ + taken_.size(); }
  [[nodiscard]] std::uint64_t free_count() const {
    return static_cast<std::uint64_t>(std::count(taken_.begin(), taken_.end(), false));
  }

  // What is wrong with `extents` as the answer to `request`, or nothing. They hold `count` frames, or as many as asked.
  [[nodiscard]] std::string fault(const FrameRequest& request, std::span<const Extent> extents) const {
    return fault(request, extents, request.count.count());
  }
  [[nodiscard]] std::string fault(const FrameRequest& request, std::span<const Extent> extents,
                                  std::uint64_t count) const {
    PageArray after = *this;
    std::uint64_t total = 0;
    for (const Extent& extent : extents) {
      const std::uint64_t first = extent.first.value();
      const std::uint64_t length = extent.count.count();
      if (length == 0) return "an empty extent";
      if (!after.is_free(first, length)) return "a frame that is not free, or is given twice";
      if (!conforms(request, first, length)) return "an extent against alignment, boundary or window";
      after.take(extent);
      total += length;
    }
    if (total != count) return "not the count of frames that is owed";
    if (request.contiguity == Contiguity::contiguous && extents.size() != 1) return "not one extent";
    return {};
  }

  static bool conforms(const FrameRequest& request, std::uint64_t first, std::uint64_t count) {
    const std::uint64_t boundary = request.boundary.count();
    return first % request.alignment.count() == 0 &&
           (boundary == 0 || first / boundary == (first + count - 1) / boundary) &&
           first >= request.window_first.value() && first + count <= request.window_end.value();
  }

  // All measures, by scanning. Large pages are 2^large_order frames.
  [[nodiscard]] FreeSpace measure(unsigned large_order) const {
    FreeSpace space;
    space.total = FrameCount(taken_.size());
    space.free = FrameCount(free_count());
    for (std::uint64_t frame = first_; frame < end();) {
      if (!is_free(frame)) {
        ++frame;
        continue;
      }
      std::uint64_t run = 0;
      while (is_free(frame + run)) ++run;
      ++space.free_run_count;
      ++space.free_runs_by_log2[order_within(FrameCount(run)).value()];
      space.largest_free_run = std::max(space.largest_free_run, FrameCount(run));
      frame += run;
    }
    for (const Extent& block : free_blocks(32)) ++space.free_blocks[order_within(block.count).value()];
    const std::uint64_t large = std::uint64_t{1} << large_order;
    for (std::uint64_t frame = 0; frame + large <= end(); frame += large) {
      if (frame < first_) continue;
      ++space.large_page_ranges;
      if (is_free(frame, large)) ++space.large_pages_free;
    }
    return space;
  }

  // The free frames as aligned power-of-two blocks of at most 2^top_order frames, each as large as can be, ascending.
  [[nodiscard]] std::vector<Extent> free_blocks(unsigned top_order) const {
    std::vector<Extent> blocks;
    for (std::uint64_t frame = first_; frame < end();) {
      if (!is_free(frame)) {
        ++frame;
        continue;
      }
      std::uint64_t size = 1;
      while (size < std::uint64_t{1} << top_order && frame % (2 * size) == 0 && is_free(frame, 2 * size)) size *= 2;
      blocks.push_back({FrameNumber(frame), FrameCount(size)});
      frame += size;
    }
    return blocks;
  }

 private:
  void set(Extent extent, bool taken) {
    for (std::uint64_t i = 0; i < extent.count.count(); ++i) taken_[extent.first.value() - first_ + i] = taken;
  }

  std::uint64_t first_;
  std::vector<bool> taken_;
};

}  // namespace memsim::model
