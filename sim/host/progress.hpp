// Progress on standard error: the share done, the simulated time, events per second, and how long it will yet take. On
// a terminal one line that is written anew; elsewhere, as in the log of a CI system, a line each minute. Reads the wall
// clock, which only this folder may do; nothing of it reaches the simulation or its results.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/world.hpp>

namespace memsim {

class Progress final : public RecordSink {
 public:
  // `until`: the simulated time at which the run will end; never() when it is not known.
  Progress(const std::string& name, SimTime until);

  // Whose events are counted: the world of the run, which is to outlive it. Before the run.
  void follow(const World& world) { world_ = &world; }

  // Clears the line, on a terminal.
  void finish();

  [[nodiscard]] std::span<const RecordKind> wanted() const override;
  void on_record(const RecordView& record) override;

 private:
  using Clock = std::chrono::steady_clock;
  void show(SimTime now, Clock::time_point wall);

  [[nodiscard]] std::string time_left(SimTime now, std::uint64_t milliseconds) const;

  std::string name_;
  bool is_terminal_;
  SimTime until_;
  const World* world_ = nullptr;
  Clock::time_point started_;
  Clock::time_point next_;
  std::uint32_t seen_ = 0;
  bool shown_ = false;
};

}  // namespace memsim
