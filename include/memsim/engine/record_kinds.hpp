// The words that records are written in: kinds of record, and the states and causes that they tell of.
#pragma once

#include <cstdint>
#include <string_view>

namespace memsim {

enum class RecordKind : std::uint8_t {
  run_started,
  region_added,
  process_started,
  process_exited,
  thread_state,
  message_sent,
  message_received,
  message_replied,
  pulse_sent,
  pulse_received,
  call_completed,
  object_created,
  object_populated,
  object_destroyed,
  frames_allocated,
  frames_released,
  allocation_failed,
  segment_reply,
  region_sample,
  object_sample,
  probe_result,
  deadlock_found,
  program_fault,
  note,
  run_ended,
  frames_reserved,
  frames_pinned,
  frames_moved,
  segment_length_sample,
  object_overlaid,
  device_added,
};
inline constexpr unsigned kRecordKindCount = static_cast<unsigned>(RecordKind::device_added) + 1;

// Which part of a run a record tells about. Baselines keep a fingerprint of each layer.
enum class RecordLayer : std::uint8_t { events, allocator, replies, measures };

// Thread states with the modelled system's numbers (sys/states.h).
enum class ThreadState : std::uint8_t {
  dead = 0,
  running = 1,
  ready = 2,
  send = 4,
  receive = 5,
  reply = 6,
  waitpage = 9,
  nanosleep = 12,
};
[[nodiscard]] std::string_view name_of(ThreadState state);

// What was done for a refused request by moving frames out of its way: nothing, as only a contiguous request on a
// machine that defragments gets that (`off`), or because the caller would not have it (`refused`, SHMCTL_NODEFRAG); or
// it was tried in vain.
enum class Moving : std::uint8_t { off, refused, tried };
[[nodiscard]] std::string_view name_of(Moving moving);

enum class ExitCause : std::uint8_t { finished, killed, fault };
[[nodiscard]] std::string_view name_of(ExitCause cause);

// How a memory object got its memory.
enum class Backing : std::uint8_t { none, ram, lazy, contiguous, physical, truncated, typed, anonymous };
[[nodiscard]] std::string_view name_of(Backing backing);

enum class StopReason : std::uint8_t { finished, reached_until, deadlock, event_cap, instant_cap, resource_cap };
[[nodiscard]] std::string_view name_of(StopReason reason);

enum class SamplePoint : std::uint8_t { start, periodic, change, end };
[[nodiscard]] std::string_view name_of(SamplePoint point);

}  // namespace memsim
