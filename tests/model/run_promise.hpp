// What could be served at all: whether any placement of a request exists, decided by trying every place on a page
// array. No policy serves more; one that searches every free run serves exactly this.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/page_array.hpp"

namespace memsim::model {

class RunPromise {
 public:
  explicit RunPromise(const PageArray& pages) : first_(pages.first()), free_lengths_(pages.free_lengths()) {}

  // Requires: a request that makes sense.
  [[nodiscard]] bool serves(const FrameRequest& request) const {
    if (request.contiguity == Contiguity::contiguous) return longest_run(request) >= request.count.count();
    return obtainable(request) >= request.count.count();
  }
  // The free frames of the request's window.
  [[nodiscard]] std::uint64_t free_in_window(const FrameRequest& request) const {
    std::uint64_t free = 0;
    for_each_free_in_window(request, [&](std::uint64_t, std::uint64_t) { ++free; });
    return free;
  }

 private:
  // The longest conforming extent.
  [[nodiscard]] std::uint64_t longest_run(const FrameRequest& request) const {
    std::uint64_t longest = 0;
    for_each_free_in_window(request, [&](std::uint64_t frame, std::uint64_t length) {
      if (frame % request.alignment.count() != 0) return;
      longest = std::max(longest, up_to_boundary(request, frame, length));
    });
    return longest;
  }
  // The frames that conforming extents can cover together: from each multiple of the alignment the frames up to the
  // next one, as far as they are free and no boundary lies between.
  [[nodiscard]] std::uint64_t obtainable(const FrameRequest& request) const {
    std::uint64_t frames = 0;
    for_each_free_in_window(request, [&](std::uint64_t frame, std::uint64_t length) {
      if (frame % request.alignment.count() != 0) return;
      frames += up_to_boundary(request, frame, std::min(length, request.alignment.count()));
    });
    return frames;
  }

  static std::uint64_t up_to_boundary(const FrameRequest& request, std::uint64_t frame, std::uint64_t length) {
    if (request.boundary.is_zero()) return length;
    return std::min(length, request.boundary.count() - frame % request.boundary.count());
  }
  // Calls visit(frame, length) with the free frames from there, cut off at the window's end.
  template <class Visit>
  void for_each_free_in_window(const FrameRequest& request, Visit&& visit) const {
    for (std::size_t i = 0; i < free_lengths_.size(); ++i) {
      const std::uint64_t frame = first_ + i;
      if (free_lengths_[i] == 0 || frame < request.window_first.value()) continue;
      if (frame >= request.window_end.value()) break;
      visit(frame, std::min(free_lengths_[i], request.window_end.value() - frame));
    }
  }

  std::uint64_t first_;
  std::vector<std::uint64_t> free_lengths_;
};

}  // namespace memsim::model
