// DecayClock: when the kernel lowers the limits of each processor's lists (decay_pcp_high, from vmstat_update).
//
// Each processor's turn comes once a second, at a phase that does not drift (round_jiffies_relative); a busy processor
// may take it late. Where the recording shows a turn it is taken then, else at the phase that most of the shown ones
// are near to. Without any the phase is that of whole seconds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>

namespace memsim {

class DecayClock {
 public:
  DecayClock() = default;
  explicit DecayClock(std::vector<std::vector<SimTime>> shown) : shown_(std::move(shown)) {}

  // A processor has lists from now on. O(1) for those that are known.
  void meet(CpuId cpu, SimTime now) {
    while (turns_.size() <= cpu.value()) {
      const std::size_t next = turns_.size();
      if (shown_.size() <= next) shown_.resize(next + 1);
      SimTime first(phase_of(shown_[next]));
      while (first <= now) first = saturating_add(first, SimDuration(kSecond));
      turns_.push_back({first, first, 0});
      settle(next);
      next_ = std::min(next_, turns_[next].time);
    }
  }

  // The next turn of any processor; never() before any was met.
  [[nodiscard]] SimTime next() const { return next_; }

  // Passes that turn and says whose it is. Requires: next() is not never().
  CpuId pass() {
    const auto turn =
        std::min_element(turns_.begin(), turns_.end(), [](const Turn& a, const Turn& b) { return a.time < b.time; });
    const auto cpu = static_cast<std::size_t>(turn - turns_.begin());
    turn->due = saturating_add(turn->due, SimDuration(kSecond));
    settle(cpu);
    next_ = std::min_element(turns_.begin(), turns_.end(), [](const Turn& a, const Turn& b) {
              return a.time < b.time;
            })->time;
    return CpuId(static_cast<CpuId::rep>(cpu));
  }

 private:
  static constexpr std::uint64_t kSecond = 1'000'000'000;

  struct Turn {
    SimTime due;            // by the phase
    SimTime time;           // as it is taken
    std::size_t shown = 0;  // of the processor's moments, how many lie behind
  };

  // Takes the shown moment that is less than half a second from the turn, if there is one.
  void settle(std::size_t cpu) {
    Turn& turn = turns_[cpu];
    const std::vector<SimTime>& shown = shown_[cpu];
    turn.time = turn.due;
    const SimTime from(turn.due.value() - std::min(turn.due.value(), kSecond / 2));
    while (turn.shown < shown.size() && shown[turn.shown] < from) ++turn.shown;
    if (turn.shown == shown.size() || shown[turn.shown] >= saturating_add(turn.due, SimDuration(kSecond / 2))) return;
    turn.time = shown[turn.shown++];
  }

  // Of the moments, below a second, the one that most others are near to; the earliest of several as good.
  static std::uint64_t phase_of(const std::vector<SimTime>& moments) {
    constexpr std::uint64_t kNear = kSecond / 20;
    std::uint64_t best = 0;
    std::ptrdiff_t most = 0;
    for (const SimTime moment : moments) {
      const std::uint64_t phase = moment.value() % kSecond;
      const std::ptrdiff_t near = std::count_if(moments.begin(), moments.end(), [phase](SimTime other) {
        const std::uint64_t apart = (phase + kSecond - other.value() % kSecond) % kSecond;
        return std::min(apart, kSecond - apart) < kNear;
      });
      if (near <= most) continue;
      most = near;
      best = phase;
    }
    return best;
  }

  std::vector<std::vector<SimTime>> shown_;  // by processor, ascending
  std::vector<Turn> turns_;                  // by processor
  SimTime next_ = never();
};

}  // namespace memsim
