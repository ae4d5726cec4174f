#include "view/follow/frame_book.hpp"

#include <algorithm>
#include <bit>
#include <iterator>

namespace memsim {

void FrameBook::learn(const RecordView& record) {
  switch (record.kind()) {
    case RecordKind::run_started:
      page_size_ = PageSize::of(record.as<RunStarted>().page_size);
      break;
    case RecordKind::region_added: {
      const auto& added = record.as<RegionAdded>();
      if (added.region.value() >= regions_.size()) regions_.resize(added.region.value() + std::size_t{1});
      regions_[added.region.value()] = {
          std::string(added.name), {page_size_.frame_of(added.base), added.frames}, added.general};
      break;
    }
    case RecordKind::object_created: {
      const auto& created = record.as<ObjectCreated>();
      makers_[created.object] = {created.pid, std::string(created.name)};
      break;
    }
    case RecordKind::object_destroyed:
      makers_.erase(record.as<ObjectDestroyed>().object);
      break;
    case RecordKind::frames_reserved: {
      const auto& reserved = record.as<FramesReserved>();
      hold(reserved.extent, {.object = {}, .reservation = reservations_.size()});
      reservations_.emplace_back(reserved.name);
      break;
    }
    case RecordKind::frames_allocated: {
      const auto& taken = record.as<FramesAllocated>();
      for (const Extent& extent : taken.extents) {
        hold(extent, {.object = taken.object, .reservation = {}, .movable = taken.mobility != Mobility::unmovable});
      }
      break;
    }
    case RecordKind::frames_released:
      for (const Extent& extent : record.as<FramesReleased>().extents) let_go(extent);
      break;
    case RecordKind::frames_pinned: {
      const auto& changed = record.as<FramesPinned>();
      for (const Extent& extent : changed.extents) set_pinned(extent, changed.pinned);
      break;
    }
    case RecordKind::frames_moved:
      move(record.as<FramesMoved>());
      break;
    default:
      break;
  }
}

const FrameBook::Maker& FrameBook::maker(ObjectId object) const {
  static const Maker kUnknown;
  const auto found = makers_.find(object);
  return found == makers_.end() ? kUnknown : found->second;
}

void FrameBook::append_runs(Extent space, std::vector<FrameRun>& out) const {
  FrameNumber free_from = space.first;
  const auto append_free = [&](FrameNumber end) {
    if (free_from < end) out.push_back({{free_from, end - free_from}, FrameUse::free});
  };
  for_each_held(space, [&](Extent extent, const Holding& holding) {
    append_free(extent.first);
    if (holding.can_move()) out.push_back({extent, FrameUse::movable});
    free_from = extent.end();
  });
  append_free(space.end());
}

FrameBook::Runs::const_iterator FrameBook::first_reaching(FrameNumber frame) const {
  auto run = held_.upper_bound(frame);
  if (run != held_.begin() && std::prev(run)->second.end > frame) --run;
  return run;
}

void FrameBook::split_at(FrameNumber frame) {
  const auto run = first_reaching(frame);
  if (run == held_.end() || run->first >= frame) return;
  const Held rest = run->second;
  held_[run->first].end = frame;
  held_[frame] = rest;
}

void FrameBook::let_go(Extent extent) {
  split_at(extent.first);
  split_at(extent.end());
  held_.erase(held_.lower_bound(extent.first), held_.lower_bound(extent.end()));
}

void FrameBook::set_pinned(Extent extent, bool pinned) {
  split_at(extent.first);
  split_at(extent.end());
  for (auto run = held_.lower_bound(extent.first); run != held_.end() && run->first < extent.end(); ++run) {
    run->second.holding.pinned = pinned;
  }
}

void FrameBook::move(const FramesMoved& record) {
  for (const Extent& extent : record.from) let_go(extent);
  for (const Extent& extent : record.to) hold(extent, {.object = record.object, .reservation = {}, .movable = true});
}

}  // namespace memsim
