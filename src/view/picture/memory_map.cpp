#include <memsim/view/memory_map.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {
MemoryMapView::MemoryMapView(MemoryMapLimits limits) : limits_(limits) {
  MEMSIM_CHECK_THAT(limits.cells >= 1 && limits.rows >= 2, "a map has cells and rows");
}

void MemoryMapView::on_record(const RecordView& record) {
  while (next_ < record.time()) draw_next();
  View::on_record(record);
}

void MemoryMapView::on(const RunStarted& record) { static_cast<MadeBy&>(map_) = made_by_of(record); }

void MemoryMapView::on(const RegionAdded& record) {
  const RegionId id = record.region;
  MEMSIM_CHECK_THAT(id.value() == map_.regions.size(), "regions are added in the order of their ids");
  const FrameBook::Region& region = book_.regions()[id.value()];
  const std::uint64_t frames = region.extent.count.count();
  const std::uint64_t cell = std::max<std::uint64_t>(1, (frames + limits_.cells - 1) / limits_.cells);
  map_.regions.push_back({.region = region.name,
                          .base = book_.page_size().address_of(region.extent.first),
                          .frames = region.extent.count,
                          .cell = FrameCount(cell),
                          .rows = {}});
}

void MemoryMapView::draw_next() {
  draw(next_);
  if (++drawn_ == limits_.rows) thin_out();
  next_ = saturating_add(next_, interval_);
}

// Keeps the rows at multiples of twice the interval.
void MemoryMapView::thin_out() {
  for (RegionMap& map : map_.regions) {
    for (std::size_t i = 1; 2 * i < map.rows.size(); ++i) map.rows[i] = std::move(map.rows[2 * i]);
    map.rows.resize((map.rows.size() + 1) / 2);
  }
  drawn_ = (drawn_ + 1) / 2;
  next_ = SimTime() + interval_ * (2 * (drawn_ - 1));
  interval_ = interval_ * 2;
}

void MemoryMapView::draw(SimTime time) {
  for (std::size_t i = 0; i < map_.regions.size(); ++i) {
    RegionMap& region = map_.regions[i];
    region.rows.push_back(row_of(time, book_.regions()[i].extent, region.cell.count()));
  }
}

std::uint32_t MemoryMapView::owner_of(const FrameHolding& holding) {
  std::string_view name = "(reserved)";
  if (!holding.reserved) {
    const FrameBook::Maker& maker = book_.maker(holding.object);
    name = names_.process(maker.pid);
    // What the memory manager has itself is called by its name: "held at the start", "background runtimes".
    if (maker.pid == kMemmgrPid && !maker.name.empty()) name = maker.name;
    if (const std::string_view fleet = fleet_of(name); !fleet.empty()) name = fleet;
  }
  const auto found = std::find(map_.owners.begin(), map_.owners.end(), name);
  const auto index = static_cast<std::uint32_t>(found - map_.owners.begin());
  if (found == map_.owners.end()) map_.owners.emplace_back(name);
  return index;
}

MemoryMapRow MemoryMapView::row_of(SimTime time, Extent region, std::uint64_t cell) {
  MemoryMapRow row{time, std::vector<FrameCount>((region.count.count() + cell - 1) / cell)};
  std::vector<std::map<std::uint32_t, std::uint64_t>> shares(limits_.by_process ? row.taken.size() : 0);
  book_.for_each_held(region, [&](Extent held, const FrameHolding& holding) {
    const std::uint64_t end = (held.end() - region.first).count();
    for (std::uint64_t at = (held.first - region.first).count(); at < end;) {
      const std::uint64_t stop = std::min(end, (at / cell + 1) * cell);
      row.taken[at / cell] += FrameCount(stop - at);
      if (limits_.by_process) shares[at / cell][owner_of(holding)] += stop - at;
      at = stop;
    }
  });
  for (const auto& share : shares) {
    const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
    row.owner.push_back(share.empty() ? kNobody : std::max_element(share.begin(), share.end(), less)->first);
  }
  return row;
}

}  // namespace memsim
