// Replay: a recorded day driven into one region of simulated memory, under any policy.
//
// By identity: the trace says which page is meant, the policy chooses its own place for it. What is in use at the start
// is given back at its real place. The rules where the recording and the model part, each counted:
//   refused   the policy has no place; the later release is passed over
//   replaced  an allocation of a page that is held already: its release was not recorded, so it is given back first
//   unknown   a release of a page that is held by nobody: its allocation was not recorded; passed over
//   outside   pages of another zone; passed over
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <memsim/phys/frame_allocator.hpp>
#include <memsim/phys/measures.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/replay/recorded_state.hpp>
#include <memsim/replay/trace.hpp>

namespace memsim {

enum class TraceLayer : std::uint8_t { page, zone };

struct ReplayOptions {
  std::string policy = "linux";
  PolicyOptions policy_options{};
  TraceLayer layer = TraceLayer::page;
  SimDuration sample_every{1'000'000'000};  // zero: no samples but those at both ends
  // The kernel lowers the limits of the lists per processor once a second (`linux` only).
  bool decay = true;
};

struct ReplayCounts {
  std::uint64_t events = 0;  // of the layer that is replayed
  std::uint64_t allocations = 0;
  std::uint64_t releases = 0;
  std::uint64_t same_place = 0;  // allocations that got the very frames of the recording
  std::uint64_t refused = 0;
  std::uint64_t refused_frames = 0;
  std::uint64_t passed_over_frames = 0;  // releases of what was refused
  std::uint64_t replaced_frames = 0;
  std::uint64_t unknown_frames = 0;
  std::uint64_t outside = 0;  // events
};

struct ReplaySample {
  SimTime time;
  FrameCount free;         // on all lists, or in all extents
  FrameCount cached;       // of these, on lists per processor (`linux`)
  PerOrder free_blocks{};  // as the policy keeps them (`linux`, without cached ones), else merged to `top_order`
};

class Replay {
 public:
  // Memory of the state's zone, where nothing but its free blocks is free. Errors (bad_input): an unknown policy or
  // option; the zone layer with per-CPU lists; lists of another shape than the options of `linux` say.
  [[nodiscard]] static HostResult<Replay> create(const RecordedState& start, const ReplayOptions& options);
  // Memory that is all free; the trace's pages are numbers without a place of their own, and what it held before it
  // began is unknown. Requires: `memory` not empty, at most 2^32 frames. Errors: as above.
  [[nodiscard]] static HostResult<Replay> create_fresh(Extent memory, const ReplayOptions& options);
  Replay(Replay&&) noexcept;
  Replay& operator=(Replay&&) noexcept;
  ~Replay();

  // Plays the whole trace. An error is the trace's; what came before it has been played. `on_sample` is called for
  // each.
  [[nodiscard]] HostResult<void> run(TraceReader& trace, const std::function<void(const ReplaySample&)>& on_sample);

  [[nodiscard]] const ReplayCounts& counts() const;
  [[nodiscard]] const FrameAllocator& allocator() const;
  // A hash of every decision: the frames given to each allocation, in order; the same on every machine.
  [[nodiscard]] std::uint64_t fingerprint() const;
  [[nodiscard]] SimTime now() const;
  [[nodiscard]] ReplaySample sample() const;

 private:
  class Impl;
  explicit Replay(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace memsim
