// FrameBook: who has which frame of the machine, and whether it can move, learned from the records as they come.
//
// A follower (engine/view.hpp) for views that ask where memory went. It has to hear a run from its start. O(log runs)
// for each extent that changes hands, where a run is a stretch of frames held alike.
#pragma once

#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/contiguous_range.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/view/follow/frame_follower.hpp>

namespace memsim {

class FrameBook : public FrameFollower<FrameBook> {
 public:
  struct Region {
    std::string name;
    Extent extent;
    bool general = true;
    bool cma = false;
  };
  struct Maker {
    ProcessId pid;
    std::string name;  // of the object
  };

  using FrameFollower::on;
  void on(const RunStarted& record) { page_size_ = PageSize::of(record.page_size); }
  void on(const RegionAdded& record);
  void on(const CmaArea& record) { regions_.at(record.region.value()).cma = true; }
  void on(const FramesPinned& record) {
    for (const Extent& extent : record.extents) set_pinned(extent, record.pinned);
  }
  void on(const ObjectCreated& record) { makers_[record.object] = {record.pid, std::string(record.name)}; }
  void on(const ObjectDestroyed& record) { makers_.erase(record.object); }
  void on(const FramesReserved& record) {
    reservations_.emplace_back(record.name);
    FrameFollower::on(record);
  }

  // The changes that FrameFollower makes of the records.
  void take(Extent extent, const FrameHolding& holding) { held_[extent.first] = {extent.end(), holding}; }
  void give_back(Extent extent);

  [[nodiscard]] PageSize page_size() const { return page_size_; }
  [[nodiscard]] const std::vector<Region>& regions() const { return regions_; }
  // The name of the reservation that a holding tells of; empty for any other holding.
  [[nodiscard]] std::string_view reservation(const FrameHolding& holding) const;
  // Who made a live object; a maker with pid 0 for one never heard of.
  [[nodiscard]] const Maker& maker(ObjectId object) const;

  // Appends the free and the movable runs of `space`, by ascending address: what is in none of them is pinned.
  void append_runs(Extent space, std::vector<FrameRun>& out) const;

  template <class Visitor>  // visit(Extent, const FrameHolding&): the frames in use of `space`, clipped to it
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
    FrameHolding holding;
  };
  using Runs = std::map<FrameNumber, Held>;

  // The first run that ends behind `frame`.
  [[nodiscard]] Runs::const_iterator first_reaching(FrameNumber frame) const;
  void set_pinned(Extent extent, bool pinned);
  // Makes `frame` the start of a run where it lies inside one.
  void split_at(FrameNumber frame);

  PageSize page_size_;
  std::vector<Region> regions_;
  std::vector<std::string> reservations_;
  std::map<ObjectId, Maker> makers_;
  Runs held_;  // by first frame; disjoint
};

}  // namespace memsim
