#include <fmt/format.h>

#include <algorithm>

#include <memsim/base/numbers.hpp>
#include <memsim/view/memory_map.hpp>

#include "view/picture/svg.hpp"
#include "view/text/frame_bytes.hpp"

namespace memsim {
namespace {

// All in whole pixels and whole shades, so that every machine writes the same bytes.
constexpr std::uint64_t kMapLeft = 110;
constexpr std::uint64_t kMapWidth = 800;
constexpr std::uint64_t kMapHeight = 240;
constexpr std::uint64_t kTitle = 26;
constexpr std::uint64_t kBelow = 40;
constexpr std::uint64_t kMapShades = 32;

class RegionPicture {
 public:
  RegionPicture(const MemoryMap& map, const RegionMap& region, std::uint64_t top)
      : map_(map), region_(region), top_(top), end_(std::max<std::uint64_t>(1, region.rows.back().time.value())) {}

  [[nodiscard]] std::string draw() const {
    std::string out = svg_text(kMapLeft, top_ - 8, "start", title());
    for (std::size_t i = 0; i < region_.rows.size(); ++i) draw_moment(out, i);
    out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#555\"/>\n", kMapLeft,
                       top_, kMapWidth, kMapHeight);
    for (std::uint64_t part = 0; part <= 4; ++part) {
      out += svg_text(kMapLeft + kMapWidth * part / 4, top_ + kMapHeight + 18, "middle",
                      format_duration_human(SimDuration(end_ / 4 * part + end_ % 4 * part / 4)));
      out += svg_text(kMapLeft - 8, top_ + kMapHeight - kMapHeight * part / 4 + 4, "end",
                      fmt::format("{:#x}", region_.base.value() + region_.frames.count() * part / 4 * page()));
    }
    return out;
  }

 private:
  [[nodiscard]] std::uint64_t page() const { return map_.page_size.count(); }

  [[nodiscard]] std::string title() const {
    return fmt::format("{}: {} from {:#x}", region_.region, size_of(region_.frames, map_.page_size),
                       region_.base.value());
  }

  [[nodiscard]] std::uint64_t x_of(SimTime time) const { return svg_scaled(time.value(), end_, kMapWidth); }

  // What a cell shows from its moment to the next: runs of cells of one shade are one rectangle.
  void draw_moment(std::string& out, std::size_t i) const {
    const MemoryMapRow& row = region_.rows[i];
    const std::uint64_t left = x_of(row.time);
    const std::uint64_t right = i + 1 < region_.rows.size() ? x_of(region_.rows[i + 1].time) : kMapWidth;
    if (left == right) return;
    const std::size_t cells = row.taken.size();
    for (std::size_t first = 0; first < cells;) {
      const std::uint64_t shade = shade_of(row, first);
      std::size_t last = first + 1;
      while (last < cells && shade_of(row, last) == shade) ++last;
      const std::uint64_t bottom = top_ + kMapHeight - kMapHeight * first / cells;
      const std::uint64_t upper = top_ + kMapHeight - kMapHeight * last / cells;
      if (shade > 0) {
        out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"s{}\"/>\n", kMapLeft + left,
                           upper, right - left, bottom - upper, shade);
      }
      first = last;
    }
  }

  // 0 is empty and kMapShades is full, both exactly.
  [[nodiscard]] std::uint64_t shade_of(const MemoryMapRow& row, std::size_t cell) const {
    const std::uint64_t whole = std::min(region_.cell.count(), region_.frames.count() - cell * region_.cell.count());
    const std::uint64_t taken = row.taken[cell].count();
    if (taken == 0 || taken == whole) return taken == 0 ? 0 : kMapShades;
    return std::clamp<std::uint64_t>(taken * kMapShades / whole, 1, kMapShades - 1);
  }

  const MemoryMap& map_;
  const RegionMap& region_;
  std::uint64_t top_;
  std::uint64_t end_;
};

// From pale to dark blue, which print as pale and dark grey.
std::string shades() {
  std::string out;
  for (std::uint64_t shade = 1; shade <= kMapShades; ++shade) {
    const auto mix = [&](std::uint64_t pale, std::uint64_t dark) {
      return (pale * (kMapShades - shade) + dark * shade) / kMapShades;
    };
    out += fmt::format(".s{}{{fill:#{:02x}{:02x}{:02x}}}", shade, mix(0xe6, 0x08), mix(0xf0, 0x30), mix(0xfa, 0x6b));
  }
  return out;
}

}  // namespace

std::string render_svg(const MemoryMap& map) {
  const std::uint64_t height = kTitle + map.regions.size() * (kTitle + kMapHeight + kBelow);
  std::string out = svg_begin(kMapLeft + kMapWidth + 40, height, shades());
  const std::string what = map.title.empty() ? map.scenario : map.title;
  out += svg_description(made_by_line(made_by_text(map), map));
  out += svg_text(kMapLeft, 16, "start", fmt::format("{} (seed {}, policy {})", what, map.seed, map.policy));
  for (std::size_t i = 0; i < map.regions.size(); ++i) {
    if (map.regions[i].rows.empty()) continue;
    out += RegionPicture(map, map.regions[i], 2 * kTitle + i * (kTitle + kMapHeight + kBelow)).draw();
  }
  return out + "</svg>\n";
}

}  // namespace memsim
