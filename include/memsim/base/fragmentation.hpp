// Measures of fragmentation, computed from counts. Integers only, in thousandths, rounded to the nearest except where
// said; ratios are formed at the edge, when they are shown, and never enter a run's state.
//
// Definitions, with k_i the free blocks of order i, F the free frames, B the sum of the k_i, R = 2^j the frames asked
// for:
//   unusable free space index  U(j) = (F - 2^j S) / F, S = sum over i >= j of k_i 2^(i-j); 1.000 where F = 0
//                              (Linux mm/vmstat.c, unusable_free_index)
//   fragmentation index        FI(j) = -1.000 where a block of order >= j is free; 0 where B = 0; else
//                              (1000 - floor((1000 + floor(1000 F / R)) / B)) / 1000: towards 0 a request fails for
//                              lack of memory, towards 1 because of fragmentation (Linux mm/vmstat.c,
//                              __fragmentation_index)
//   external fragmentation     1 - largest free run / F; 0 where F = 0
//   internal fragmentation     (given - asked) / given; 0 where nothing is given
// F may not exceed 2^32 frames, the most that a region holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <memsim/base/units.hpp>

namespace memsim {

// What the measures of large pages count: 2 MiB, the next size that common processors map as one; where a page of the
// machine is larger than that already, a page.
[[nodiscard]] constexpr Bytes large_page_size(Bytes page_size) {
  constexpr Bytes kLargePage{std::uint64_t{2} << 20};
  return page_size < kLargePage ? kLargePage : page_size;
}

// `part` of `whole` in thousandths, to the nearest. Requires: part <= whole, whole > 0.
[[nodiscard]] constexpr std::uint32_t permille_of(std::uint64_t part, std::uint64_t whole) {
  __extension__ using Wide = unsigned __int128;
  MEMSIM_CHECK(part <= whole && whole > 0);
  return static_cast<std::uint32_t>((Wide{1000} * part + whole / 2) / whole);
}

// `free_blocks` holds k_0, k_1, ...; orders past its end count as 0.
[[nodiscard]] constexpr std::uint32_t unusable_index_permille(FrameCount free,
                                                              std::span<const std::uint64_t> free_blocks, Order order) {
  if (free.is_zero()) return 1000;
  std::uint64_t usable = 0;
  for (std::size_t i = order.value(); i < free_blocks.size(); ++i) usable += free_blocks[i] << i;
  return permille_of(free.count() - usable, free.count());
}

[[nodiscard]] constexpr std::int32_t fragmentation_index_permille(FrameCount free,
                                                                  std::span<const std::uint64_t> free_blocks,
                                                                  Order order) {
  std::uint64_t blocks = 0;
  for (std::size_t i = 0; i < free_blocks.size(); ++i) {
    if (i >= order.value() && free_blocks[i] != 0) return -1000;
    blocks += free_blocks[i];
  }
  if (blocks == 0) return 0;
  const std::uint64_t in_requests = 1000 * free.count() / order.frames().count();
  return 1000 - static_cast<std::int32_t>((1000 + in_requests) / blocks);
}

[[nodiscard]] constexpr std::uint32_t external_fragmentation_permille(FrameCount free, FrameCount largest_free_run) {
  return free.is_zero() ? 0 : permille_of((free - largest_free_run).count(), free.count());
}

// An object may be larger than what it was given (nothing is lost then): that counts as 0.
[[nodiscard]] constexpr std::uint32_t internal_fragmentation_permille(Bytes asked, Bytes given) {
  return given.is_zero() || asked >= given ? 0 : permille_of((given - asked).count(), given.count());
}

}  // namespace memsim
