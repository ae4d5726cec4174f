// BatchedReader: what the readers of traces share. It fills batches event by event, hands out what came before a fault
// before it tells the fault, and keeps time and caps.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <memsim/replay/trace.hpp>

namespace memsim {

inline constexpr std::uint64_t kMaxTraceTime = std::uint64_t{1} << 62;    // nanoseconds: 146 years
inline constexpr std::uint64_t kMaxTraceFrames = std::uint64_t{1} << 32;  // as in a simulated machine
inline constexpr std::uint64_t kMaxTraceCpus = 1024;
inline constexpr unsigned kMaxTraceOrder = 31;

// What is wrong with the numbers of an event, or nothing: they are read before they are narrowed.
[[nodiscard]] std::string_view fault_of(std::uint64_t first, std::uint64_t count, std::uint64_t cpu);

class BatchedReader : public TraceReader {
 public:
  [[nodiscard]] const TraceHeader& header() const final { return header_; }
  [[nodiscard]] HostResult<void> next(std::vector<TraceEvent>& events) final;

 protected:
  explicit BatchedReader(TraceHeader header, const TraceLimits& limits) : header_(std::move(header)), limits_(limits) {}

  enum class Step : std::uint8_t { went_on, ended };
  // Reads on and appends an event, or none, or changes the last one.
  [[nodiscard]] virtual HostResult<Step> read(std::vector<TraceEvent>& events) = 0;

  // Adds to the time. False where it would go past the last moment.
  [[nodiscard]] bool pass(std::uint64_t ticks, std::uint64_t nanoseconds_a_tick) {
    if (ticks > kMaxTraceTime / nanoseconds_a_tick || time_ > kMaxTraceTime - ticks * nanoseconds_a_tick) return false;
    time_ += ticks * nanoseconds_a_tick;
    return true;
  }
  [[nodiscard]] SimTime now() const { return SimTime(time_); }
  [[nodiscard]] bool is_one_too_many() { return ++events_ > limits_.events; }
  [[nodiscard]] std::uint64_t event_count() const { return events_; }
  [[nodiscard]] const TraceLimits& limits() const { return limits_; }

 private:
  TraceHeader header_;
  TraceLimits limits_;
  std::uint64_t time_ = 0;  // nanoseconds
  std::uint64_t events_ = 0;
  bool is_ended_ = false;
  std::optional<TraceEvent> held_;  // the last one, which what follows may still change
  std::optional<HostError> error_;
};

}  // namespace memsim
