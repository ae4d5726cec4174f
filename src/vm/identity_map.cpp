#include <memsim/vm/identity_map.hpp>

#include <memsim/base/check.hpp>

namespace memsim {

void IdentityMap::insert(PageNumber first, Extent frames) {
  const std::uint64_t end = first.value() + frames.count.count();
  std::uint64_t place = frames.first.value() + 1;
  for (std::uint64_t page = first.value(); page < end;) {
    if ((used_ + 1) * 4 > groups_.size() * 3) grow();
    const std::uint64_t group = page / kGroup;
    const std::size_t slot = find(group);
    if (groups_[slot] == 0) {
      groups_[slot] = group + 1;
      ++used_;
    }
    for (const std::uint64_t stop = std::min(end, (group + 1) * kGroup); page < stop; ++page, ++place) {
      std::uint64_t& held = places_[slot][page % kGroup];
      MEMSIM_CHECK_THAT(held == 0, "the pages had no frames");
      held = place;
      ++pages_;
    }
  }
}

void IdentityMap::remove(PageRange range, std::vector<Extent>& removed) {
  if (pages_ == 0 || range.count.is_zero()) return;
  const std::size_t before = removed.size();
  const std::uint64_t first = range.first.value() / kGroup;
  const std::uint64_t last = (range.end().value() - 1) / kGroup;
  if (last - first < groups_.size()) {
    for (std::uint64_t group = first; group <= last; ++group) remove_from(group, range, removed, before);
    return;
  }
  for (const std::uint64_t group : sorted_groups()) {
    if (group >= first && group <= last) remove_from(group, range, removed, before);
  }
}

void IdentityMap::remove_from(std::uint64_t group, PageRange range, std::vector<Extent>& removed, std::size_t first) {
  const std::size_t slot = find(group);
  if (groups_[slot] == 0) return;
  Places& places = places_[slot];
  const std::uint64_t begin = std::max(range.first.value(), group * kGroup);
  const std::uint64_t end = std::min(range.end().value(), (group + 1) * kGroup);
  for (std::uint64_t page = begin; page < end; ++page) {
    std::uint64_t& held = places[page % kGroup];
    if (held == 0) continue;
    const FrameNumber frame(held - 1);
    if (removed.size() > first && removed.back().end() == frame) {
      removed.back().count += FrameCount(1);
    } else {
      removed.push_back({frame, FrameCount(1)});
    }
    held = 0;
    --pages_;
  }
  if (std::all_of(places.begin(), places.end(), [](std::uint64_t held) { return held == 0; })) give_up(slot);
}

// Frees a slot, and moves those behind it up whose search would end there.
void IdentityMap::give_up(std::size_t slot) {
  const std::size_t mask = groups_.size() - 1;
  groups_[slot] = 0;
  --used_;
  for (std::size_t at = (slot + 1) & mask; groups_[at] != 0; at = (at + 1) & mask) {
    const std::size_t wanted = home(groups_[at] - 1);
    if (((at - wanted) & mask) < ((at - slot) & mask)) continue;
    groups_[slot] = groups_[at];
    places_[slot] = places_[at];
    groups_[at] = 0;
    places_[at] = {};
    slot = at;
  }
}

void IdentityMap::grow() {
  const std::vector<std::uint64_t> groups = std::move(groups_);
  const std::vector<Places> places = std::move(places_);
  groups_.assign(std::max<std::size_t>(16, groups.size() * 2), 0);
  places_.assign(groups_.size(), Places{});
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i] == 0) continue;
    const std::size_t slot = find(groups[i] - 1);
    groups_[slot] = groups[i];
    places_[slot] = places[i];
  }
}

std::vector<std::uint64_t> IdentityMap::sorted_groups() const {
  std::vector<std::uint64_t> sorted;
  sorted.reserve(used_);
  for (const std::uint64_t group : groups_) {
    if (group != 0) sorted.push_back(group - 1);
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace memsim
