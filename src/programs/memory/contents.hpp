// The contents of the simulated machine's memory: a sparse file by physical address. Free frames are zero.
#pragma once

#include <memsim/base/units.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/phys/physical_memory.hpp>

#include "programs/memory/descriptor.hpp"

namespace memsim::programs {

class Contents final : public View<Contents> {
 public:
  explicit Contents(const PhysicalMemoryConfig& memory);

  // Not open where the host refused.
  [[nodiscard]] const Descriptor& file() const { return file_; }
  // Copies a page to where nothing is yet.
  void copy_page(PhysAddr from, PhysAddr to);

  void on(const FramesReleased& record);
  void on(const FramesMoved& record);

 private:
  void copy(PhysAddr from, PhysAddr to, Bytes length);
  void clear(Extent extent);

  PageSize page_size_;
  Descriptor file_;
};

}  // namespace memsim::programs
