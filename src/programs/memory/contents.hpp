// The contents of the simulated machine's memory: a sparse file by physical address. Free frames are zero.
#pragma once

#include <vector>

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
  // Whether all of the range is memory of the machine.
  [[nodiscard]] bool holds(PhysAddr start, Bytes length) const;
  // Copies a page to where nothing is yet.
  void copy_page(PhysAddr from, PhysAddr to);
  // Copies any bytes, in ascending order where the ranges overlap. Requires: holds() both.
  void copy(PhysAddr from, PhysAddr to, Bytes length);

  void on(const FramesAdded& record);
  void on(const FramesReleased& record);
  void on(const FramesMoved& record);

 private:
  // Whether zeros are at the place that zeros would go to, so that a hole of the file stays one.
  enum class Zeros : bool { are_written, are_there };
  void copy_bytes(PhysAddr from, PhysAddr to, Bytes length, Zeros zeros);
  void clear(Extent extent);

  PageSize page_size_;
  std::vector<RegionConfig> regions_;
  Descriptor file_;
};

}  // namespace memsim::programs
