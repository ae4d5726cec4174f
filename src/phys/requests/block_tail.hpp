// BlockTail: what a buddy system does with the end of a block that is longer than the contiguous request it serves.
//
// Trimmed, the tail is free again at once. Kept, as in the textbook systems, the request gets the whole block: memory
// that nobody uses, which is what internal fragmentation measures. D. L. Russell, "Internal fragmentation in a class of
// buddy systems", SIAM Journal on Computing 6(4), 1977.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <memsim/phys/policy.hpp>
#include <memsim/phys/request.hpp>

#include "phys/requests/option_values.hpp"
#include "phys/requests/placement.hpp"

namespace memsim {

enum class BlockTail : std::uint8_t { trimmed, kept };

inline constexpr std::array<std::string_view, 2> kBlockTails = {"trimmed", "kept"};

inline constexpr PolicyOption kTailOption = {
    .name = "tail",
    .type = PolicyOption::Type::choice,
    .default_value = "trimmed",
    .choices = kBlockTails,
    .doc =
        "what becomes of the rest of the block that serves a contiguous request: it is free again, or stays with the "
        "request, unused; with an alignment, a boundary or a window it is always free again"};

[[nodiscard]] inline BlockTail block_tail_of(const PolicyOptions& options) {
  return text_of(kTailOption, options) == "kept" ? BlockTail::kept : BlockTail::trimmed;
}

// Whether `request` gets the whole block that serves it, in an allocator over `extent`. A place that was chosen for its
// alignment, boundary or window is no block, so that only requests without them do.
[[nodiscard]] inline bool keeps_tail(BlockTail tail, const FrameRequest& request, Extent extent) {
  return tail == BlockTail::kept && request.contiguity == Contiguity::contiguous && is_unconstrained(request, extent);
}

}  // namespace memsim
