#include <memsim/view/explanation.hpp>

#include <algorithm>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include <memsim/base/fragmentation.hpp>

namespace memsim {

std::string_view name_of(Remedy remedy) {
  switch (remedy) {
    case Remedy::move:
      return "move";
    case Remedy::nothing_to_move:
      return "nothing_to_move";
    case Remedy::none_pinned:
      return "none_pinned";
    case Remedy::none_memory:
      return "none_memory";
    case Remedy::none_range:
      return "none_range";
  }
  return "?";
}

// What lies free in some regions.
struct ExplainView::FreeFrames {
  FrameCount all;
  FrameCount in_blocks;  // of an order: the frames of the aligned blocks of that order

  void count(std::span<const FrameRun> runs, Order order) {
    const std::uint64_t block = order.frames().count();
    for (const FrameRun& run : runs) {
      if (run.use != FrameUse::free) continue;
      all += run.extent.count;
      const std::uint64_t first = run.extent.first.value() / block + (run.extent.first.value() % block != 0 ? 1 : 0);
      const std::uint64_t end = run.extent.end().value() / block;
      if (first < end) in_blocks += order.frames() * (end - first);
    }
  }
};

void ExplainView::on(RunPoint at, const AllocationFailed& record) {
  if (!record.contiguous) return;
  ++failures_.count;
  if (failures_.first.size() < limits_.failures) failures_.first.push_back(explain(at.time, record));
}

FailureExplanation ExplainView::explain(SimTime time, const AllocationFailed& failed) const {
  FailureExplanation failure;
  failure.time = time;
  failure.process = names_.process(failed.pid);
  failure.object = failed.object;
  failure.object_name = book_.maker(failed.object).name;
  failure.error = failed.error;
  failure.moving = failed.moving;
  failure.option = failed.option;
  failure.shape = {failed.frames, failed.alignment, failed.boundary, failed.window_first, failed.window_end};
  failure.free = failed.free;
  failure.largest_free_run = failed.largest_free_run;
  failure.order = order_covering(failed.frames);
  FreeFrames free;
  for (const RegionId region : failed.regions) {
    failure.regions.push_back(book_.regions()[region.value()].name);
    look_at(region, failure, free);
  }
  failure.unusable_index_permille =
      free.all.is_zero() ? 1000 : permille_of((free.all - free.in_blocks).count(), free.all.count());
  judge(failure);
  return failure;
}

// Counts a region's free frames and finds its cheapest range.
void ExplainView::look_at(RegionId region, FailureExplanation& failure, FreeFrames& free) const {
  const Extent space = book_.regions()[region.value()].extent;
  std::vector<FrameRun> runs;
  book_.append_runs(space, runs);
  free.count(runs, failure.order);
  const auto choice = cheapest_range(space, runs, failure.shape);
  if (choice && (!failure.range || is_cheaper(*choice, *failure.range))) failure.range = choice;
}

// Whether moving frames would have served, and whose.
void ExplainView::judge(FailureExplanation& failure) const {
  if (!failure.range) return;
  const bool moves = failure.range->is_obtainable() && !failure.range->movable.is_zero();
  // What moves is general memory and stays in it, so that the range's free frames and those to move to are as many
  // free ones there as the request counts. A range in a pool may be free by itself.
  const FrameCount most = moves ? general_free() : std::max(failure.free, general_free());
  if (failure.shape.count > most) {
    failure.remedy = Remedy::none_memory;
    failure.missing = failure.shape.count - most;
  } else if (!failure.range->is_obtainable()) {
    failure.remedy = Remedy::none_pinned;
  } else {
    failure.remedy = moves ? Remedy::move : Remedy::nothing_to_move;
  }
  failure.owners = owners_in(failure.range->range);
}

FrameCount ExplainView::general_free() const {
  FrameCount free;
  for (const FrameBook::Region& region : book_.regions()) {
    if (!region.general) continue;
    free += region.extent.count;
    book_.for_each_held(region.extent, [&free](Extent held, const FrameHolding&) { free -= held.count; });
  }
  return free;
}

FirstOf<FramesInTheWay> ExplainView::owners_in(Extent range) const {
  std::map<std::tuple<bool, ObjectId, std::uint32_t>, FramesInTheWay> owners;
  book_.for_each_held(range, [&](Extent held, const FrameHolding& holding) {
    const auto [entry, is_new] = owners.try_emplace({!holding.reserved, holding.object, holding.number});
    FramesInTheWay& owner = entry->second;
    (holding.can_move() ? owner.movable : owner.pinned) += held.count;
    if (!is_new) return;
    owner.object = holding.object;
    owner.is_reserved = holding.reserved;
    owner.object_name = holding.reserved ? book_.reservation(holding) : book_.maker(holding.object).name;
    if (!holding.reserved) owner.process = names_.process(book_.maker(holding.object).pid);
  });
  FirstOf<FramesInTheWay> list;
  list.count = owners.size();
  for (auto& [key, owner] : owners) list.first.push_back(std::move(owner));
  std::stable_sort(list.first.begin(), list.first.end(), [](const FramesInTheWay& a, const FramesInTheWay& b) {
    return a.movable + a.pinned > b.movable + b.pinned;
  });
  if (list.first.size() > limits_.owners) list.first.resize(limits_.owners);
  return list;
}

}  // namespace memsim
