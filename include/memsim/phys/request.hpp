// What a client of physical memory asks for, and what serving it cost.
#pragma once

#include <cstdint>
#include <type_traits>

#include <memsim/base/ids.hpp>
#include <memsim/base/memory_words.hpp>
#include <memsim/base/units.hpp>

namespace memsim {

// A request for frames. `alignment` and `boundary` count frames and are powers of two.
//
// Every extent handed out lies wholly inside the window [window_first, window_end). A contiguous request gets one
// extent that starts at a multiple of `alignment` and, when `boundary` is not zero, crosses no multiple of `boundary`.
// For a scattered request the alignment holds for each extent's first frame and the boundary for each extent.
struct FrameRequest {
  FrameCount count;
  Contiguity contiguity = Contiguity::scattered;
  Mobility mobility = Mobility::unmovable;
  CpuId cpu{};  // on whose behalf; for policies that keep something per processor
  FrameCount alignment{1};
  FrameCount boundary{0};  // 0: none
  FrameNumber window_first{0};
  FrameNumber window_end = FrameNumber::max();
};

// The most frequent request: one contiguous run that may lie anywhere. Small enough to travel in two registers.
struct RunRequest {
  FrameCount count;
  Mobility mobility = Mobility::unmovable;
  CpuId cpu{};  // as in FrameRequest
};
static_assert(sizeof(RunRequest) == 16 && std::is_trivially_copyable_v<RunRequest>);

// The same request in general terms.
[[nodiscard]] constexpr FrameRequest to_request(RunRequest run) {
  return {.count = run.count, .contiguity = Contiguity::contiguous, .mobility = run.mobility, .cpu = run.cpu};
}

// The work that an allocator did for one call. The cost model charges simulated time for it; it never depends on the
// host.
struct AllocatorWork {
  std::uint32_t splits = 0;  // blocks cut in two
  std::uint32_t merges = 0;  // pairs of buddies (or neighbours) made one
  std::uint32_t steps = 0;   // list, tree or bitmap nodes looked at

  constexpr AllocatorWork& operator+=(const AllocatorWork& other) {
    splits += other.splits;
    merges += other.merges;
    steps += other.steps;
    return *this;
  }
  constexpr bool operator==(const AllocatorWork&) const = default;
};

}  // namespace memsim
