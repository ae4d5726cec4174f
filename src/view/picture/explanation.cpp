#include <memsim/view/explanation.hpp>

#include <algorithm>
#include <bit>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/numbers.hpp>

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
  FrameCount longest;    // run within one region
  FrameCount in_blocks;  // of an order: the frames of the aligned blocks of that order

  void count(std::span<const FrameRun> runs, Order order) {
    const std::uint64_t block = order.frames().count();
    for (const FrameRun& run : runs) {
      if (run.use != FrameUse::free) continue;
      all += run.extent.count;
      longest = std::max(longest, run.extent.count);
      const std::uint64_t first = run.extent.first.value() / block + (run.extent.first.value() % block != 0 ? 1 : 0);
      const std::uint64_t end = run.extent.end().value() / block;
      if (first < end) in_blocks += order.frames() * (end - first);
    }
  }
};

// What the probes ask stands among the settings, as "record.probes.NAME.KEY".
void ExplainView::on(const RunStarted& record) {
  constexpr std::string_view kProbes = "record.probes.";
  for (const Setting& setting : record.settings) {
    if (setting.name == "machine.contiguous_failure") {
      moving_ = setting.value == "defragment" ? Moving::tried : Moving::off;
    }
    const std::size_t dot = setting.name.rfind('.');  // a probe's name may have some too
    if (!setting.name.starts_with(kProbes) || dot < kProbes.size()) continue;
    const std::string_view name = setting.name.substr(kProbes.size(), dot - kProbes.size());
    learn_probe(name, setting.name.substr(dot + 1), setting.value, record.page_size);
  }
}

void ExplainView::learn_probe(std::string_view name, std::string_view key, std::string_view value, Bytes page_size) {
  Probe& probe = probe_named(name);
  if (key == "contiguous") {
    probe.contiguous = value == "true";
    return;
  }
  // Records may have been made by hand, so that anything may stand here: what is no size asks for nothing.
  if (!std::has_single_bit(page_size.count()) || page_size < Bytes(512)) return;
  const PageSize pages = PageSize::of(page_size);
  const Parsed<std::uint64_t> address = parse_unsigned(value);
  const Parsed<Bytes> size = address ? Parsed<Bytes>(Bytes(*address)) : parse_size(value, pages);
  if (!size) return;
  const FrameCount frames = pages.frames_covering(*size);
  RangeShape& shape = probe.shape;
  if (key == "size") shape.count = frames;
  if (key == "alignment") shape.alignment = std::max(frames, FrameCount(1));
  if (key == "boundary") shape.boundary = frames;
  if (key == "above") shape.window_first = FrameNumber() + frames;
  if (key == "below") shape.window_end = FrameNumber() + FrameCount(size->count() / page_size.count());
}

ExplainView::Probe& ExplainView::probe_named(std::string_view name) {
  const auto found = std::find_if(probes_.begin(), probes_.end(), [&](const Probe& p) { return p.name == name; });
  return found != probes_.end() ? *found : probes_.emplace_back(Probe{.name = std::string(name), .shape = {}});
}

void ExplainView::on(RunPoint at, const ProbeResult& record) {
  Probe& probe = probe_named(record.probe);
  const bool failed_before = std::exchange(probe.fails, !record.would_succeed);
  if (record.would_succeed || failed_before || !probe.contiguous || probe.shape.count.is_zero()) return;
  ++probe_failures_.count;
  if (probe_failures_.first.size() < limits_.failures) probe_failures_.first.push_back(explain(at.time, probe));
}

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
  failure.option = failed.option;
  failure.shape = {failed.frames, failed.alignment, failed.boundary, failed.window_first, failed.window_end};
  look_at(failed.regions, failure);
  failure.free = failed.free;
  failure.largest_free_run = failed.largest_free_run;
  failure.moving = moving_out_of(failure.range, failed.moving);
  judge(failure);
  return failure;
}

// As if the request had been made for general memory at that moment.
FailureExplanation ExplainView::explain(SimTime time, const Probe& probe) const {
  FailureExplanation failure;
  failure.time = time;
  failure.probe = probe.name;
  failure.shape = probe.shape;
  std::vector<RegionId> regions;
  for (std::size_t i = 0; i < book_.regions().size(); ++i) {
    if (book_.regions()[i].general) regions.emplace_back(static_cast<std::uint32_t>(i));
  }
  look_at(regions, failure);
  failure.moving = moving_out_of(failure.range, moving_);
  judge(failure);
  return failure;
}

// Out of CMA areas frames are moved on any machine.
Moving ExplainView::moving_out_of(const std::optional<RangeChoice>& range, Moving told) const {
  if (moving_ != Moving::off || !range) return told;
  const std::vector<FrameBook::Region>& regions = book_.regions();
  const bool is_in_area = std::any_of(regions.begin(), regions.end(), [&](const FrameBook::Region& region) {
    return region.cma && region.extent.contains(range->range);
  });
  if (!is_in_area) return Moving::off;
  return told == Moving::refused ? told : Moving::tried;
}

void ExplainView::look_at(std::span<const RegionId> regions, FailureExplanation& failure) const {
  failure.order = order_covering(failure.shape.count);
  FreeFrames free;
  for (const RegionId region : regions) {
    failure.regions.push_back(book_.regions()[region.value()].name);
    look_at(region, failure, free);
  }
  failure.free = free.all;
  failure.largest_free_run = free.longest;
  failure.unusable_index_permille =
      free.all.is_zero() ? 1000 : permille_of((free.all - free.in_blocks).count(), free.all.count());
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
