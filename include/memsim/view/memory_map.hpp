// The map of memory over time: how full each stretch of each region was, at moments spread evenly over the run.
//
// A view like any other: all of it comes from the record stream, so a run is the same with and without it. Nobody knows
// beforehand how long a run is. So rows are taken at every multiple of an interval, which starts at a nanosecond; when
// there are too many, every second row goes and the interval doubles. A row costs O(extents in use + cells), and a run
// of 2^n ns takes about rows / 2 * n of them, however many events it has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <memsim/base/units.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/view/follow/frame_book.hpp>
#include <memsim/view/follow/name_book.hpp>
#include <memsim/view/made_by.hpp>

namespace memsim {

// A region at a moment, all that happened in that nanosecond included.
struct MemoryMapRow {
  SimTime time;
  std::vector<FrameCount> taken;  // of each cell: frames in use, reservations included
  // Who has most of each cell, as an index of MemoryMap::owners; kNobody where nothing is in use. Empty where the map
  // is not by process.
  std::vector<std::uint32_t> owner{};
};
inline constexpr std::uint32_t kNobody = UINT32_MAX;

struct RegionMap {
  std::string region;
  PhysAddr base;
  FrameCount frames;  // of the region
  FrameCount cell;    // frames of a cell; the last may have fewer
  std::vector<MemoryMapRow> rows;
};

// What made the run is of its records; the caller adds what those do not tell.
struct MemoryMap : MadeBy {
  std::string scenario;  // as the user named it; set by the caller, like the title
  std::string title;     // may be empty
  // In the order in which they first had most of a cell: processes, the instances of one fleet as one, and
  // "(reserved)".
  std::vector<std::string> owners;
  std::vector<RegionMap> regions;  // by region; the first row of each is at time 0, the last at the end of the run
};

// A picture for each region: a line for each row, a character for each cell: how full it was, or, by process, a letter
// for who had most of it. Rows like the one above are left out, with one mark for all of them. As wide as the cells and
// kMapFrame. Ends with a newline.
inline constexpr std::size_t kMapFrame = 15;  // columns beside the cells
[[nodiscard]] std::string render_text(const MemoryMap& map);

// The same as SVG, for a slide or a paper: address upwards, time to the right, the darker the fuller. Same map, same
// bytes.
[[nodiscard]] std::string render_svg(const MemoryMap& map);

// One JSON object, integers only, keys in a fixed order (docs/output.md). Ends with a newline.
[[nodiscard]] std::string render_json(const MemoryMap& map);

struct MemoryMapLimits {
  std::size_t cells = 64;  // of a row
  std::size_t rows = 24;   // but for the one at the end
  bool by_process = false;
};

// Gathers the map of one run. Subscribe it before the run and ask after it.
class MemoryMapView final : public View<MemoryMapView> {
 public:
  // Requires: cells >= 1, rows >= 2.
  explicit MemoryMapView(MemoryMapLimits limits = {});

  auto followers() { return std::tie(names_, book_); }
  void on(const RunStarted& record);
  void on(const RegionAdded& record);
  void on(RunPoint at, const RunEnded&) { draw(at.time); }
  // Rows that are due come before what the record changes.
  void on_record(const RecordView& record) override;

  [[nodiscard]] const MemoryMap& map() const { return map_; }

 private:
  void draw(SimTime time);
  void draw_next();
  void thin_out();
  [[nodiscard]] MemoryMapRow row_of(SimTime time, Extent region, std::uint64_t cell);
  [[nodiscard]] std::uint32_t owner_of(const FrameHolding& holding);

  MemoryMapLimits limits_;
  NameBook names_;
  FrameBook book_;
  MemoryMap map_;
  std::size_t drawn_ = 0;  // rows of each region
  SimTime next_;           // of the next row
  SimDuration interval_{1};
};

}  // namespace memsim
