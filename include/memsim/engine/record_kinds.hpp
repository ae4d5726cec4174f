// The words that records are written in: kinds of record, and the states and causes that they tell of.
#pragma once

#include <array>
#include <cstddef>
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
  frames_claimed,
  served,
  policy_changed,
  device_added,
  program_output,
  message_contents,
  interrupt,
  cpu_lists_decayed,
  cma_area,
  frames_vacated,
  frames_added,
};
inline constexpr unsigned kRecordKindCount = static_cast<unsigned>(RecordKind::frames_added) + 1;

// The parts of a run, of which baselines keep a fingerprint each. Every kind of record tells of one of them, but none
// of `free_map`: that is which frames were taken at each sample, and derived.
enum class Layer : std::uint8_t { events, allocator, replies, free_map, samples };
inline constexpr std::size_t kLayerCount = 5;
inline constexpr std::array<Layer, kLayerCount> kLayers = {Layer::events, Layer::allocator, Layer::replies,
                                                           Layer::free_map, Layer::samples};
// "free_map".
[[nodiscard]] std::string_view name_of(Layer layer);

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
  mutex = 13,
  condvar = 14,
  join = 15,
  interrupt = 16,
  semaphore = 17,
};
[[nodiscard]] std::string_view name_of(ThreadState state);

// What was done for a refused request by moving frames out of its way: nothing, as only a contiguous request on a
// machine that defragments gets that (`off`), or because the caller would not have it (`refused`, SHMCTL_NODEFRAG); or
// it was tried in vain.
enum class Moving : std::uint8_t { off, refused, tried };
[[nodiscard]] std::string_view name_of(Moving moving);

enum class ExitCause : std::uint8_t { finished, killed, fault };
[[nodiscard]] std::string_view name_of(ExitCause cause);

// What became of an interrupt: the events that were asked for go out; it waits for the vector to be unmasked; or one
// waits already, and this is the same as far as anybody can tell.
enum class InterruptFate : std::uint8_t { taken, pending, lost };
[[nodiscard]] std::string_view name_of(InterruptFate fate);

// The streams of a program that is a process of the host.
enum class OutputStream : std::uint8_t { output = 1, error = 2 };
[[nodiscard]] std::string_view name_of(OutputStream stream);

// interrupted: somebody outside of the run asked for its end; no scenario can expect that.
enum class StopReason : std::uint8_t {
  finished,
  reached_until,
  deadlock,
  event_cap,
  instant_cap,
  resource_cap,
  time_cap,
  interrupted,
};
inline constexpr StopReason kLastStopReason = StopReason::interrupted;  // what is read from outside ends here
[[nodiscard]] std::string_view name_of(StopReason reason);

enum class SamplePoint : std::uint8_t { start, periodic, change, end };
[[nodiscard]] std::string_view name_of(SamplePoint point);

}  // namespace memsim
