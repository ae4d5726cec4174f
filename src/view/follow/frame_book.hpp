// FrameBook: who has which frame of the machine, and whether it can move, learned from the records as they come.
#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/contiguous_range.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/engine/record_stream.hpp>

namespace memsim {

class FrameBook {
 public:
  struct Region {
    std::string name;
    Extent extent;
    bool general = true;
  };
  // A run of frames in use, all held alike.
  struct Holding {
    ObjectId object;                         // 0: none
    std::optional<std::size_t> reservation;  // which, if it is one
    bool movable = false;                    // by the way it was allocated
    bool pinned = false;                     // by mlock()
    [[nodiscard]] bool can_move() const { return movable && !pinned; }
    bool operator==(const Holding&) const = default;
  };
  struct Maker {
    ProcessId pid;
    std::string name;  // of the object
  };

  // To be called with every record of wanted(), from the start of the run; ignores other kinds. O(log runs) for each
  // extent.
  static constexpr RecordKind kWanted[] = {
      RecordKind::run_started,      RecordKind::region_added,    RecordKind::object_created,
      RecordKind::object_destroyed, RecordKind::frames_reserved, RecordKind::frames_allocated,
      RecordKind::frames_released,  RecordKind::frames_pinned,   RecordKind::frames_moved,
  };
  void learn(const RecordView& record);
  // Those and `more`: what a view wants that has a book.
  template <std::size_t kMore>
  [[nodiscard]] static constexpr auto wanted_with(const RecordKind (&more)[kMore]) {
    std::array<RecordKind, std::size(kWanted) + kMore> kinds{};
    std::copy(std::begin(more), std::end(more), std::copy(std::begin(kWanted), std::end(kWanted), kinds.begin()));
    return kinds;
  }

  [[nodiscard]] PageSize page_size() const { return page_size_; }
  [[nodiscard]] const std::vector<Region>& regions() const { return regions_; }
  [[nodiscard]] std::string_view reservation(std::size_t number) const { return reservations_[number]; }
  // Who made a live object; a maker with pid 0 for one never heard of.
  [[nodiscard]] const Maker& maker(ObjectId object) const;

  // Appends the free and the movable runs of `space`, by ascending address: what is in none of them is pinned.
  void append_runs(Extent space, std::vector<FrameRun>& out) const;

  template <class Visitor>  // visit(Extent, const Holding&): the frames in use of `space`, clipped to it
  void for_each_held(Extent space, Visitor&& visit) const {
    for (auto run = first_reaching(space.first); run != held_.end() && run->first < space.end(); ++run) {
      const FrameNumber first = run->first < space.first ? space.first : run->first;
      const FrameNumber end = space.end() < run->second.end ? space.end() : run->second.end;
      visit(Extent{first, end - first}, run->second.holding);
    }
  }

 private:
  struct Held {
    FrameNumber end;
    Holding holding;
  };
  using Runs = std::map<FrameNumber, Held>;

  // The first run that ends behind `frame`.
  [[nodiscard]] Runs::const_iterator first_reaching(FrameNumber frame) const;
  // Makes `frame` the start of a run where it lies inside one.
  void split_at(FrameNumber frame);
  void hold(Extent extent, const Holding& holding) { held_[extent.first] = {extent.end(), holding}; }
  void let_go(Extent extent);
  void set_pinned(Extent extent, bool pinned);
  void move(const FramesMoved& record);

  PageSize page_size_;
  std::vector<Region> regions_;
  std::vector<std::string> reservations_;
  std::map<ObjectId, Maker> makers_;
  Runs held_;  // by first frame; disjoint
};

}  // namespace memsim
