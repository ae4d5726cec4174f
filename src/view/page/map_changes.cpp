#include <memsim/view/page/map_changes.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace memsim {
namespace {

// No picture has so many columns.
constexpr std::uint64_t kStepsAtFirst = 4096;

// Stretches of frames, disjoint, by their first frame; each with a value.
template <class Value>
class Stretches {
 public:
  struct Rest {
    FrameNumber end;
    Value value;
  };
  using Map = std::map<FrameNumber, Rest>;

  void clear() { map_.clear(); }
  [[nodiscard]] const Map& map() const { return map_; }

  void erase(Extent extent) {
    split_at(extent.first);
    split_at(extent.end());
    map_.erase(map_.lower_bound(extent.first), map_.lower_bound(extent.end()));
  }
  void set(Extent extent, Value value) {
    erase(extent);
    map_.emplace(extent.first, Rest{extent.end(), value});
  }
  [[nodiscard]] bool reaches_into(Extent extent) const {
    const auto next = map_.lower_bound(extent.end());
    return next != map_.begin() && extent.first < std::prev(next)->second.end;
  }

 private:
  void split_at(FrameNumber frame) {
    auto next = map_.lower_bound(frame);
    if (next == map_.begin()) return;
    const auto before = std::prev(next);
    if (before->second.end <= frame) return;
    map_.emplace_hint(next, frame, before->second);
    before->second.end = frame;
  }

  Map map_;
};

// Replaces the changes of each step of time by what came of them, told at the step's end.
class Thinning {
 public:
  explicit Thinning(std::vector<MapChange>& changes) : changes_(changes) {}

  void run(SimDuration step) {
    std::uint64_t index = 0;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const MapChange& change = changes_[i];
      const std::uint64_t its_index = change.time.value() / step.count();
      if (its_index != index) finish_step();
      index = its_index;
      end_ = change.time;
      if (change.kind == MapChange::Kind::pin || change.kind == MapChange::Kind::unpin) continue;
      touched_.set(change.extent, i);
    }
    finish_step();
    changes_ = std::move(kept_);
  }

 private:
  void finish_step() {
    for (const auto& [first, rest] : touched_.map()) {
      MapChange change = changes_[rest.value];
      change.extent = {first, rest.end - first};
      change.time = end_;
      if (change.kind == MapChange::Kind::release) {
        if (!held_.reaches_into(change.extent)) continue;
        held_.erase(change.extent);
      } else {
        held_.set(change.extent, true);
      }
      kept_.push_back(change);
    }
    touched_.clear();
  }

  std::vector<MapChange>& changes_;
  std::vector<MapChange> kept_;
  SimTime end_;                     // of the step's last change
  Stretches<std::size_t> touched_;  // in this step: the last change of each frame
  Stretches<bool> held_;            // behind the steps before
};

}  // namespace

void MapChanges::thin_out() {
  if (lost_ > 0) return;
  if (step_ == SimDuration()) {
    step_ = SimDuration(std::max<std::uint64_t>(1, changes_.back().time.value() / kStepsAtFirst));
  }
  while (true) {
    Thinning(changes_).run(step_);
    if (changes_.size() <= most_ / 2 || step_ > SimDuration(SimDuration::max().count() / 4)) return;
    step_ += step_;
  }
}

}  // namespace memsim
