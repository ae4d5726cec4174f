#include <memsim/view/memory_map.hpp>

#include <algorithm>
#include <utility>

#include <memsim/base/check.hpp>

#include "view/follow/frame_book.hpp"

namespace memsim {
namespace {

constexpr auto kWanted = FrameBook::wanted_with({RecordKind::run_ended});

}  // namespace

class MemoryMapView::Cartographer {
 public:
  explicit Cartographer(MemoryMapLimits limits) : limits_(limits) {
    MEMSIM_CHECK_THAT(limits.cells >= 1 && limits.rows >= 2, "a map has cells and rows");
  }

  void on_record(const RecordView& record) {
    while (next_ < record.time()) draw_next();
    book_.learn(record);
    if (record.kind() == RecordKind::run_started) start(record.as<RunStarted>());
    if (record.kind() == RecordKind::region_added) add_region(record.as<RegionAdded>().region);
    if (record.kind() == RecordKind::run_ended) draw(record.time());
  }

  [[nodiscard]] const MemoryMap& map() const { return map_; }

 private:
  void start(const RunStarted& started) {
    map_.seed = started.seed;
    map_.policy = started.policy;
    map_.page_size = started.page_size;
  }

  void add_region(RegionId id) {
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

  void draw_next() {
    draw(next_);
    if (++drawn_ == limits_.rows) thin_out();
    next_ = saturating_add(next_, interval_);
  }

  // Keeps the rows at multiples of twice the interval.
  void thin_out() {
    for (RegionMap& map : map_.regions) {
      for (std::size_t i = 1; 2 * i < map.rows.size(); ++i) map.rows[i] = std::move(map.rows[2 * i]);
      map.rows.resize((map.rows.size() + 1) / 2);
    }
    drawn_ = (drawn_ + 1) / 2;
    next_ = SimTime() + interval_ * (2 * (drawn_ - 1));
    interval_ = interval_ * 2;
  }

  void draw(SimTime time) {
    for (std::size_t i = 0; i < map_.regions.size(); ++i) {
      RegionMap& region = map_.regions[i];
      region.rows.push_back({time, taken_in(book_.regions()[i].extent, region.cell.count())});
    }
  }

  [[nodiscard]] std::vector<FrameCount> taken_in(Extent region, std::uint64_t cell) const {
    std::vector<FrameCount> taken((region.count.count() + cell - 1) / cell);
    book_.for_each_held(region, [&](Extent held, const FrameBook::Holding&) {
      const std::uint64_t end = (held.end() - region.first).count();
      for (std::uint64_t at = (held.first - region.first).count(); at < end;) {
        const std::uint64_t stop = std::min(end, (at / cell + 1) * cell);
        taken[at / cell] += FrameCount(stop - at);
        at = stop;
      }
    });
    return taken;
  }

  MemoryMapLimits limits_;
  FrameBook book_;
  MemoryMap map_;
  std::size_t drawn_ = 0;  // rows of each region
  SimTime next_;           // of the next row
  SimDuration interval_{1};
};

MemoryMapView::MemoryMapView(MemoryMapLimits limits) : cartographer_(std::make_unique<Cartographer>(limits)) {}
MemoryMapView::MemoryMapView(MemoryMapView&&) noexcept = default;
MemoryMapView& MemoryMapView::operator=(MemoryMapView&&) noexcept = default;
MemoryMapView::~MemoryMapView() = default;

std::span<const RecordKind> MemoryMapView::wanted() const { return kWanted; }
void MemoryMapView::on_record(const RecordView& record) { cartographer_->on_record(record); }
const MemoryMap& MemoryMapView::map() const { return cartographer_->map(); }

}  // namespace memsim
