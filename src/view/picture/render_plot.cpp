#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <memsim/base/numbers.hpp>
#include <memsim/view/labels.hpp>
#include <memsim/view/plot.hpp>
#include <memsim/view/value_text.hpp>

#include "view/picture/svg.hpp"

namespace memsim {
namespace {

constexpr std::uint64_t kPlotLeft = 110;
constexpr std::uint64_t kPlotWidth = 760;
constexpr std::uint64_t kPlotHeight = 240;
constexpr std::uint64_t kPlotRight = 40;
constexpr std::uint64_t kLine = 18;  // of the key

// Told apart in dash as well as in colour (Okabe and Ito's, darkened where they would be pale on white).
constexpr std::string_view kStyle =
    "path{fill:none;stroke-width:1.5}.rule{stroke:#ddd;stroke-width:1}"
    ".l0{stroke:#0072b2}.l1{stroke:#b3400a;stroke-dasharray:8 4}.l2{stroke:#009e73;stroke-dasharray:2 3}"
    ".l3{stroke:#a8497f;stroke-dasharray:12 4 2 4}.l4{stroke:#7a6a00;stroke-dasharray:5 2}"
    ".l5{stroke:#555;stroke-dasharray:1 5}";
constexpr std::size_t kClasses = 6;

std::string_view unit_of(const std::string& column) {
  // "unusable_index_permille_9"
  if (column.find("_permille") != std::string::npos) return "permille";
  return Column{column}.unit();
}

// The range of values that a picture shows: 0 and all that there is, as many quarters.
struct Range {
  std::int64_t low = 0;
  std::int64_t high = 0;
  [[nodiscard]] std::uint64_t span() const {
    return static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  }
};

class Picture {
 public:
  Picture(const Plot& plot, std::vector<const PlotLine*> lines, std::string_view unit)
      : plot_(plot), lines_(std::move(lines)), unit_(unit), end_(std::max<std::uint64_t>(1, plot.end.value())) {
    for (const PlotLine* line : lines_) {
      for (const PlotLine::Step& step : line->steps) {
        range_.low = std::min(range_.low, step.low);
        range_.high = std::max(range_.high, step.high);
      }
    }
    if (range_.span() == 0) range_.high = 1;
  }

  [[nodiscard]] std::uint64_t height() const { return kPlotHeight + 40 + lines_.size() * kLine + 20; }

  [[nodiscard]] std::string draw(std::uint64_t top) const {
    std::string out = axes(top);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      out += fmt::format("<path class=\"l{}\" d=\"{}\"/>\n", i % kClasses, path(*lines_[i], top));
      const std::uint64_t y = top + kPlotHeight + 40 + i * kLine;
      out += fmt::format("<path class=\"l{}\" d=\"M{} {}h40\"/>\n", i % kClasses, kPlotLeft, y - 4);
      const std::string of = lines_[i]->region.empty() ? "" : " of " + lines_[i]->region;
      out += svg_text(kPlotLeft + 50, y, "start", lines_[i]->column + of);
    }
    return out;
  }

 private:
  [[nodiscard]] std::string axes(std::uint64_t top) const {
    std::string out;
    for (std::uint64_t part = 0; part <= 4; ++part) {
      const std::uint64_t y = top + kPlotHeight - kPlotHeight * part / 4;
      out += fmt::format("<path class=\"rule\" d=\"M{} {}h{}\"/>\n", kPlotLeft, y, kPlotWidth);
      const auto above = static_cast<std::int64_t>(svg_scaled(part, 4, range_.span()));
      out += svg_text(kPlotLeft - 8, y + 4, "end", value_text(range_.low + above));
      out += svg_text(kPlotLeft + kPlotWidth * part / 4, top + kPlotHeight + 18, "middle",
                      format_duration_human(SimDuration(svg_scaled(part, 4, end_))));
    }
    return out;
  }

  [[nodiscard]] std::string value_text(std::int64_t value) const {
    if (unit_ == "permille") return percent_text(value);
    const auto natural = static_cast<std::uint64_t>(std::max<std::int64_t>(0, value));
    if (unit_ == "bytes") return format_size_human(Bytes(natural));
    if (unit_ == "frames") {
      return format_size_human(checked_multiply(plot_.page_size, natural).value_or(Bytes::max()));
    }
    return fmt::format("{}", value);
  }

  [[nodiscard]] std::uint64_t y_of(std::int64_t value, std::uint64_t top) const {
    const std::uint64_t above = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(range_.low);
    return top + kPlotHeight - svg_scaled(above, range_.span(), kPlotHeight);
  }

  // A value holds from its sample to the next; what varies within a step is a stroke from its least to its greatest.
  [[nodiscard]] std::string path(const PlotLine& line, std::uint64_t top) const {
    std::string out;
    for (const PlotLine::Step& step : line.steps) {
      const std::uint64_t time = step.index * plot_.step.count();
      const std::uint64_t x = kPlotLeft + svg_scaled(time, end_, kPlotWidth);
      out += out.empty() ? fmt::format("M{} {}", x, y_of(step.first, top))
                         : fmt::format("H{}V{}", x, y_of(step.first, top));
      if (step.low != step.high) {
        out += fmt::format("V{}V{}V{}", y_of(step.low, top), y_of(step.high, top), y_of(step.last, top));
      }
    }
    if (!out.empty()) out += fmt::format("H{}", kPlotLeft + kPlotWidth);
    return out;
  }

  const Plot& plot_;
  std::vector<const PlotLine*> lines_;
  std::string_view unit_;
  std::uint64_t end_;
  Range range_;
};

}  // namespace

std::string render_svg(const Plot& plot) {
  std::vector<std::string_view> units;
  for (const PlotLine& line : plot.lines) {
    const std::string_view unit = unit_of(line.column);
    if (std::find(units.begin(), units.end(), unit) == units.end()) units.push_back(unit);
  }
  std::string pictures;
  std::uint64_t top = 36;
  for (const std::string_view unit : units) {
    std::vector<const PlotLine*> lines;
    for (const PlotLine& line : plot.lines) {
      if (unit_of(line.column) == unit) lines.push_back(&line);
    }
    const Picture picture(plot, std::move(lines), unit);
    pictures += picture.draw(top);
    top += picture.height();
  }
  const std::string what = plot.title.empty() ? plot.scenario : plot.title;
  return svg_begin(kPlotLeft + kPlotWidth + kPlotRight, top, kStyle) +
         svg_description(made_by_line(made_by_text(plot), plot)) +
         svg_text(kPlotLeft, 18, "start", fmt::format("{} (seed {}, policy {})", what, plot.seed, plot.policy)) +
         pictures + "</svg>\n";
}

}  // namespace memsim
