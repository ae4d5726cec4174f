#include <memsim/view/follow/frame_book.hpp>

#include <algorithm>
#include <bit>
#include <iterator>

namespace memsim {

void FrameBook::on(const RegionAdded& record) {
  if (record.region.value() >= regions_.size()) regions_.resize(record.region.value() + std::size_t{1});
  regions_[record.region.value()] = {
      .name = std::string(record.name),
      .extent = {page_size_.frame_of(record.base), record.frames},
      .general = record.general,
  };
}

std::string_view FrameBook::reservation(const FrameHolding& holding) const {
  const bool is_known = holding.reserved && holding.number < reservations_.size();
  return is_known ? std::string_view(reservations_[holding.number]) : std::string_view();
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
  for_each_held(space, [&](Extent extent, const FrameHolding& holding) {
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

void FrameBook::give_back(Extent extent) {
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

}  // namespace memsim
