// How many blocks of each order are free, where nothing says in which places: what /proc/buddyinfo tells.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <memsim/phys/linux_free_lists.hpp>

namespace memsim {

struct FreeBlockCounts {
  static constexpr unsigned kMaxOrder = 20;

  std::array<std::array<std::uint64_t, kMaxOrder + 1>, 3> blocks{};  // [mobility][order]; each fits 2^32 frames
  unsigned top_order = 10;                                           // the highest that is counted
  unsigned page_block_order = 9;

  [[nodiscard]] std::uint64_t total_blocks() const;
  [[nodiscard]] std::uint64_t total_frames() const;
};

// So many blocks in places drawn from the seed, the highest order first, so that no two of them merge; blocks of one
// page block have one mobility. Nothing where they do not fit, which does not depend on the seed. O(blocks log frames).
[[nodiscard]] std::optional<std::vector<LinuxFreeLists::Block>> lay_out(const FreeBlockCounts& counts, Extent extent,
                                                                        std::uint64_t seed);

// Fills in `page_block_types` from the blocks, `movable` where no block tells, and says which are told: by page block,
// from that which holds the extent's first frame. Requires: the blocks lie in the extent.
[[nodiscard]] std::vector<bool> note_page_block_types(LinuxFreeLists& lists, Extent extent, unsigned page_block_order);

}  // namespace memsim
