#include "sim/report/recording.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/json.hpp>
#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string text_of(const std::string& name, const BackgroundCounts& counts) {
  std::string out = fmt::format("Recording {}: {} events, {} allocations, {} releases\n", escaped_for_terminal(name),
                                counts.events, counts.allocations, counts.releases);
  const auto line = [&](std::uint64_t count, std::string_view what) {
    if (count != 0) out += fmt::format(" {:>10}  {}\n", count, what);
  };
  line(counts.left_out, "allocations left out, as not of its share");
  line(counts.refused, "allocations refused");
  line(counts.refused_frames, "frames refused");
  line(counts.replaced_frames, "frames taken again without a release in the trace, given back first");
  line(counts.passed_over_frames, "frames given back that it does not hold, passed over");
  line(counts.outside, "events of other zones, passed over");
  line(counts.same_place, "allocations at the place of the recording");
  return out;
}

OrderedJson json_of(const std::string& name, const BackgroundCounts& counts) {
  return {{"name", name},
          {"events", counts.events},
          {"allocations", counts.allocations},
          {"releases", counts.releases},
          {"same_place", counts.same_place},
          {"refused", counts.refused},
          {"refused_frames", counts.refused_frames},
          {"replaced_frames", counts.replaced_frames},
          {"passed_over_frames", counts.passed_over_frames},
          {"left_out", counts.left_out},
          {"outside", counts.outside}};
}

}  // namespace

void RecordingReport::on(RunPoint at, const RegionSample& sample) {
  Row row{.time = at.time, .region = sample.region, .free = sample.free};
  for (std::size_t i = 0; i < kOrders.size(); ++i) {
    row.unusable_permille[i] = unusable_index_permille(sample.free, sample.free_blocks, Order(kOrders[i]));
  }
  rows_.push_back(row);
}

void RecordingReport::look(const Scenario& scenario, const World& world) {
  const std::vector<BackgroundConfig>& backgrounds = scenario.world.background;
  for (std::size_t i = 0; i < backgrounds.size(); ++i) {
    backgrounds_.push_back({backgrounds[i].name, world.background_counts(i)});
  }
  if (scenario.world.start.zone) region_ = scenario.world.start.zone->region;
  if (against_) comparison_ = compare_lists(*against_, world.memory().allocator(region_), is_merged_);
}

std::string RecordingReport::text() const {
  constexpr std::size_t kRows = 12;
  std::string out;
  for (const Background& background : backgrounds_) out += '\n' + text_of(background.name, background.counts);
  std::vector<const Row*> rows;
  for (const Row& row : rows_) {
    if (row.region == region_) rows.push_back(&row);
  }
  out += fmt::format("\n{:>12}  {:>10}  unusable index of order {}\n", "time", "free frames",
                     fmt::join(kOrders, "      "));
  const std::size_t step = std::max<std::size_t>(1, (rows.size() + kRows - 1) / kRows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i % step != 0 && i + 1 != rows.size()) continue;
    out += fmt::format("{:>12}  {:>11}                    ", format_duration_human(rows[i]->time - SimTime()),
                       rows[i]->free.count());
    for (const std::uint32_t permille : rows[i]->unusable_permille) {
      out += fmt::format("  {}.{:03}", permille / 1000, permille % 1000);
    }
    out += '\n';
  }
  if (comparison_) out += '\n' + render_text(*comparison_, against_name_);
  return out;
}

std::string RecordingReport::json_member() const {
  OrderedJson traces = OrderedJson::array();
  for (const Background& background : backgrounds_) traces.push_back(json_of(background.name, background.counts));
  OrderedJson json = {{"traces", traces}};
  if (comparison_) json["comparison"] = parse_json(render_json(*comparison_, against_name_));
  std::string out = "  \"recording\": ";
  for (const char c : json_text(json, JsonLayout::indented)) {
    out += c == '\n' ? std::string("\n  ") : std::string(1, c);
  }
  return out;
}

}  // namespace memsim
