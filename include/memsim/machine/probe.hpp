// Probes: would this request succeed now?
#pragma once

#include <string>

#include <memsim/base/memory_words.hpp>
#include <memsim/base/units.hpp>
#include <memsim/phys/request.hpp>

namespace memsim {

struct ProbeConfig {
  std::string name;
  Bytes size;
  Bytes alignment;  // 0: a page
  Bytes boundary;   // 0: none
  PhysAddr window_first;
  PhysAddr window_last = PhysAddr::max();  // inclusive
  Contiguity contiguity = Contiguity::contiguous;
};

// The same in frames: those of a size that is no multiple of the page are rounded up, and the window down to whole
// frames.
[[nodiscard]] FrameRequest request_of(const ProbeConfig& probe, PageSize page_size);

}  // namespace memsim
