// MapChanges: every change of memory of a run, in bounded memory however long the run is.
//
// When there are too many, the run is cut into steps of time, and of each step only what came of it is kept: who had
// what at its end, without the locks of mlock(). The steps double until half of the room is free. So what is kept is
// true of the whole run, and lacks what was too short to be seen in a picture of it. A plain copyable value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <memsim/base/call.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>

namespace memsim {

struct MapChange {
  // In the order of the page's map_model.js, as the flags.
  enum class Kind : std::uint8_t { allocate, release, reserve, pin, unpin };
  enum Flag : std::uint8_t {
    kContiguous = 1,
    kMovable = 2,
    kMoved = 4,
    kMapping = 8,
    kBackground = 16,  // no process's: in use before the run, or a trace that plays beside it
    kReclaimable = 32,
  };

  SimTime time;
  Extent extent;
  std::uint32_t object = 0;  // or the reservation's number, from 0
  ProcessId pid;
  Call call = Call::msg_send;
  Kind kind = Kind::allocate;
  std::uint8_t flags = 0;
};

class MapChanges {
 public:
  // Requires: most >= 2.
  explicit MapChanges(std::size_t most = 2'000'000) : most_(most) {}

  // Requires: not before the last one. O(1); amortised O(log kept) where there are too many.
  void add(const MapChange& change) {
    if (changes_.size() == most_) thin_out();
    if (changes_.size() == most_) {
      ++lost_;
    } else {
      changes_.push_back(change);
    }
  }

  [[nodiscard]] const std::vector<MapChange>& changes() const { return changes_; }  // by time
  // The step of time; 0: all changes are there.
  [[nodiscard]] SimDuration step() const { return step_; }
  // Changes behind the last one, which found no room: those of a run that takes ever more and gives nothing back.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  void thin_out();

  std::size_t most_;
  std::vector<MapChange> changes_;
  SimDuration step_;
  std::uint64_t lost_ = 0;
};

}  // namespace memsim
