#include <memsim/view/memory_map.hpp>

#include <algorithm>
#include <utility>

#include <memsim/base/check.hpp>

namespace memsim {
MemoryMapView::MemoryMapView(MemoryMapLimits limits) : limits_(limits) {
  MEMSIM_CHECK_THAT(limits.cells >= 1 && limits.rows >= 2, "a map has cells and rows");
}

void MemoryMapView::on_record(const RecordView& record) {
  while (next_ < record.time()) draw_next();
  View::on_record(record);
}

void MemoryMapView::on(const RunStarted& record) {
  map_.seed = record.seed;
  map_.policy = record.policy;
  map_.page_size = record.page_size;
}

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
    region.rows.push_back({time, taken_in(book_.regions()[i].extent, region.cell.count())});
  }
}

std::vector<FrameCount> MemoryMapView::taken_in(Extent region, std::uint64_t cell) const {
  std::vector<FrameCount> taken((region.count.count() + cell - 1) / cell);
  book_.for_each_held(region, [&](Extent held, const FrameHolding&) {
    const std::uint64_t end = (held.end() - region.first).count();
    for (std::uint64_t at = (held.first - region.first).count(); at < end;) {
      const std::uint64_t stop = std::min(end, (at / cell + 1) * cell);
      taken[at / cell] += FrameCount(stop - at);
      at = stop;
    }
  });
  return taken;
}

}  // namespace memsim
