// Measures of free memory and fragmentation. Integers only; a ratio is formed at the edge, when it is printed.
//
// Definitions, with k_i the free blocks of order i, F the free frames, B the sum of the k_i, R = 2^j the frames asked
// for:
//   unusable free space index  U(j) = (F - 2^j S) / F, S = sum over i >= j of k_i 2^(i-j); 1.000 where F = 0
//                              (Linux mm/vmstat.c unusable_free_index)
//   fragmentation index        FI(j) = -1.000 where a block of order >= j is free; 0 where B = 0; else
//                              (1000 - floor((1000 + floor(1000 F / R)) / B)) / 1000 (Linux mm/vmstat.c
//                              __fragmentation_index)
//   external fragmentation     1 - largest free run / F; 0 where F = 0
// All are in thousandths; the first and the last to the nearest, where Linux prints the first rounded down. "FMFI" is
// avoided: two different formulas carry that name.
#pragma once

#include <array>
#include <cstdint>

#include <memsim/base/units.hpp>

namespace memsim {

inline constexpr unsigned kOrderCount = 33;  // orders 0..32: a region holds at most 2^32 frames

// One value per order; index with the order's value.
using PerOrder = std::array<std::uint64_t, kOrderCount>;

// A snapshot of the free frames of one region.
struct FreeSpace {
  FrameCount total;        // frames the region manages
  FrameCount free;         // F
  PerOrder free_blocks{};  // k_i: the maximal aligned power-of-two blocks of the free set, to the policy's top order
  PerOrder free_runs_by_log2{};  // maximal free runs counted by floor(log2 length)
  FrameCount largest_free_run;   // longest run of consecutive free frames, alignment aside
  std::uint64_t free_run_count = 0;
  std::uint64_t large_pages_free = 0;          // free aligned runs of a large page (base/fragmentation.hpp)
  std::uint64_t large_page_ranges = 0;         // aligned ranges of that size wholly inside the region
  std::uint64_t large_page_ranges_pinned = 0;  // those with at least one frame that cannot move
};

[[nodiscard]] std::uint32_t unusable_index_permille(const FreeSpace& space, Order order);
[[nodiscard]] std::int32_t fragmentation_index_permille(const FreeSpace& space, Order order);
[[nodiscard]] std::uint32_t external_fragmentation_permille(const FreeSpace& space);

}  // namespace memsim
