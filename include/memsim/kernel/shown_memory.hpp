// What a process has mapped, as a page table would show it: for callers that keep a real one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <memsim/base/units.hpp>
#include <memsim/kernel/caller.hpp>

namespace memsim {

// Pages that follow each other and lie on frames that do.
struct ShownRun {
  VirtAddr start;
  Bytes length;  // whole pages
  PhysAddr paddr;
  std::uint16_t protection = 0;  // PROT_* of the mapping
  bool operator==(const ShownRun&) const = default;
};

// A stretch of the address space that has been given out, with or without memory behind it.
struct ShownRange {
  VirtAddr start;
  Bytes length;
  bool operator==(const ShownRange&) const = default;
};

struct ShownMemory {
  std::vector<ShownRange> mapped;  // ascending, disjoint; neighbours may touch
  std::vector<ShownRun> present;   // likewise: the pages that have frames
};

// Everything that the process of the asking thread has mapped. O(mappings + runs).
[[nodiscard]] ShownMemory shown_memory(const Turn& turn);

// Counts up whenever frames were taken, given back or moved anywhere, or an object was taken away from others, so that
// one that knows it need not ask again.
[[nodiscard]] std::uint64_t memory_change_count(const Turn& turn);

// Where the page of a private copy that `address` lies in is read from while it has not been copied; nothing for all
// other pages.
[[nodiscard]] std::optional<PhysAddr> page_to_copy(const Turn& turn, VirtAddr address);

}  // namespace memsim
