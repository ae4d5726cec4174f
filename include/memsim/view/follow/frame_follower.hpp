// FrameFollower: what the records say of who has which frame, told as two changes. It is the one place that knows
// which records change ownership and how; whoever follows frames derives from it and stands with what it keeps.
//
//   take(extent, holding)       the frames are in use from now on
//   give_back(extent)           they are free
#pragma once

#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/record.hpp>

namespace memsim {

// How frames in use are held.
struct FrameHolding {
  ObjectId object;           // meaningless for a reservation
  bool reserved = false;     // at boot, for good: no object's
  std::uint32_t number = 0;  // of the reservation, then, from 0
  bool movable = false;      // by the way it was allocated
  bool pinned = false;       // by mlock()
  [[nodiscard]] bool can_move() const { return movable && !pinned; }
  bool operator==(const FrameHolding&) const = default;
};

template <class Derived>
class FrameFollower {
 public:
  void on(const FramesReserved& record) {
    self().take(record.extent, FrameHolding{.object = {}, .reserved = true, .number = reservations_++});
  }
  void on(const FramesAllocated& record) {
    for (const Extent& extent : record.extents)
      self().take(extent, owned(record.object, record.mobility == Mobility::movable));
  }
  void on(const FramesAdded& record) { self().give_back(record.extent); }
  void on(const FramesReleased& record) {
    for (const Extent& extent : record.extents) self().give_back(extent);
  }
  // What is vacated is given out again by the frames_allocated that follows. Only movable frames are ever moved.
  void on(const FramesMoved& record) {
    for (const Extent& extent : record.from) self().give_back(extent);
    for (const Extent& extent : record.to) self().take(extent, owned(record.object, true));
  }

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
  static FrameHolding owned(ObjectId object, bool movable) {
    FrameHolding holding;
    holding.object = object;
    holding.movable = movable;
    return holding;
  }

  std::uint32_t reservations_ = 0;
};

}  // namespace memsim
