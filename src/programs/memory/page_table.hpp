// What a program of the host has mapped, and what has to change for it to see what its simulated process has.
#pragma once

#include <optional>
#include <vector>

#include <memsim/kernel/shown_memory.hpp>
#include <memsim/runtime/link.hpp>

namespace memsim::programs {

class PageTable {
 public:
  // Takes over what the simulated process has now. Gives the changes in the order in which to make them: what goes,
  // then what comes. O(runs).
  [[nodiscard]] std::vector<link::Change> follow(const ShownMemory& shown);
  // The physical address of the page that `address` lies in, as last followed.
  [[nodiscard]] std::optional<PhysAddr> page_at(VirtAddr address, Bytes page) const;

 private:
  std::vector<link::Change> pieces_;  // ascending, disjoint
};

}  // namespace memsim::programs
