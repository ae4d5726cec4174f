// One allocator beside its page array: each step is done on both and compared.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/page_array.hpp"
#include "phys/conformance.hpp"

namespace memsim::conformance {

class Trial {
 public:
  Trial(const Subject& subject, Extent extent);

  // Each returns what is wrong, or an empty text.
  [[nodiscard]] std::string allocate(const FrameRequest& request);
  // Requires: every frame of the extent is allocated.
  [[nodiscard]] std::string release(Extent extent);
  // Compares the free set; O(frames).
  [[nodiscard]] std::string check_state() const;
  // Releases everything and compares the allocator with a fresh one.
  [[nodiscard]] std::string finish();

  // What is out, in no particular order. The frames of one element are all allocated; a release may take any part.
  [[nodiscard]] const std::vector<Extent>& live() const { return live_; }
  [[nodiscard]] const model::PageArray& pages() const { return pages_; }
  [[nodiscard]] Extent extent() const { return extent_; }

 private:
  [[nodiscard]] std::string check_run(const FrameRequest& request, const FrameAllocator& before,
                                      const SimResult<AllocatorWork>& expected, std::span<const Extent> given);
  [[nodiscard]] std::string check_refusal(const FrameRequest& request, const FrameAllocator& before, Errno error);
  [[nodiscard]] std::string check_option(const FrameRequest& request) const;
  [[nodiscard]] std::string check_fewer(const FrameRequest& request, const FrameAllocator& before) const;
  void forget(Extent extent);

  const Subject& subject_;
  Extent extent_;
  std::unique_ptr<FrameAllocator> allocator_;
  model::PageArray pages_;
  std::vector<Extent> live_;
  bool continues_from_run_ = false;  // whether the last run was asked for through allocate_run()
};

// "contiguous 3, alignment 2, window [5, 9)"
[[nodiscard]] std::string text_of(const FrameRequest& request);
[[nodiscard]] std::string text_of(Extent extent);

}  // namespace memsim::conformance
