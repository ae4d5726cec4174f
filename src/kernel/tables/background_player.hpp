// Where a background stands in its trace. A copy stands at the same place and reads on by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/base/units.hpp>
#include <memsim/replay/decay_clock.hpp>
#include <memsim/replay/trace.hpp>

namespace memsim {

// A reader that a copy has not: it opens its own when it needs one.
struct UncopiedReader {
  UncopiedReader() = default;
  UncopiedReader(const UncopiedReader&) {}
  UncopiedReader& operator=(const UncopiedReader&) {
    reader.reset();
    return *this;
  }
  UncopiedReader(UncopiedReader&&) noexcept = default;
  UncopiedReader& operator=(UncopiedReader&&) noexcept = default;
  ~UncopiedReader() = default;

  std::unique_ptr<TraceReader> reader;
};

struct BackgroundPlayer {
  RandomStream draws;             // of the share
  SimTime pass_begin;             // when the pass under way began
  std::uint64_t passes = 0;       // that have ended
  std::uint64_t events_read = 0;  // of the pass, those in the batch among them
  std::vector<TraceEvent> batch;  // as it was read, and how far it has been played
  std::size_t played = 0;
  DecayClock clock;         // of the pass; nothing is due where the background keeps no house
  bool is_pending = false;  // its next event is in the queue
  UncopiedReader source;
};

}  // namespace memsim
