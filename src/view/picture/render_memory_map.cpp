#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include <memsim/base/host_error.hpp>
#include <memsim/base/json.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/view/memory_map.hpp>

#include <memsim/view/json_line.hpp>
#include <memsim/view/labels.hpp>
#include "view/text/frame_bytes.hpp"

namespace memsim {
namespace {

constexpr std::array<std::string_view, 5> kShades = {" ", "░", "▒", "▓", "█"};

// Blank and full are exact, so that neither a single frame in use nor a single free one is lost; between them lie
// thirds.
std::string_view shade_of(FrameCount taken, FrameCount cell) {
  if (taken.is_zero()) return kShades.front();
  if (taken == cell) return kShades.back();
  return kShades[1 + (3 * taken.count() - 1) / cell.count()];
}

// Letters for owners; those who came after them share one mark.
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
char letter_of(std::uint32_t owner) {
  if (owner == kNobody) return ' ';
  return owner < kLetters.size() ? kLetters[owner] : '+';
}

std::string picture_of(const MemoryMapRow& row, const RegionMap& region) {
  std::string picture;
  for (const std::uint32_t owner : row.owner) picture += letter_of(owner);
  if (!row.owner.empty()) return picture;
  FrameCount left = region.frames;
  for (const FrameCount taken : row.taken) {
    const FrameCount cell = std::min(region.cell, left);
    picture += shade_of(taken, cell);
    left -= cell;
  }
  return picture;
}

void append_region(std::string& out, const RegionMap& region, Bytes page_size) {
  const auto bytes = [&](FrameCount frames) { return size_of(frames, page_size); };
  out += fmt::format("\n{}: {} from {:#x}, each column {}\n", escaped_for_terminal(region.region), bytes(region.frames),
                     region.base.value(), bytes(region.cell));
  constexpr std::size_t kTimeWidth = kMapFrame - 3;
  std::string last;
  bool is_marked = false;
  for (std::size_t i = 0; i < region.rows.size(); ++i) {
    const MemoryMapRow& row = region.rows[i];
    std::string picture = picture_of(row, region);
    const bool is_end = i + 1 == region.rows.size();
    if (i > 0 && !is_end && picture == last) {
      if (!std::exchange(is_marked, true)) out += fmt::format("{:>{}}\n", "*", kTimeWidth);
      continue;
    }
    is_marked = false;
    out += fmt::format("{:>{}} |{}|\n", format_duration_human(row.time - SimTime()), kTimeWidth, picture);
    last = std::move(picture);
  }
}

using Json = nlohmann::ordered_json;

Json json_of(const RegionMap& region) {
  Json rows = Json::array();
  for (const MemoryMapRow& row : region.rows) {
    Json taken = Json::array();
    for (const FrameCount frames : row.taken) taken.push_back(frames.count());
    rows.push_back({{"time_ns", row.time.value()}, {"taken_frames", std::move(taken)}});
    if (row.owner.empty()) continue;
    Json owners = Json::array();
    for (const std::uint32_t owner : row.owner) owners.push_back(owner == kNobody ? Json() : Json(owner));
    rows.back()["owner"] = std::move(owners);
  }
  return {{"region", region.region},
          {"base", region.base.value()},
          {"frames", region.frames.count()},
          {"cell_frames", region.cell.count()},
          {"rows", std::move(rows)}};
}

}  // namespace

std::string render_text(const MemoryMap& map) {
  std::string out = heading(map.scenario, map.title);
  out += '\n' + made_by_text(map) + '\n';
  if (!map.overridden.empty()) out += overridden_text(map) + '\n';
  for (const RegionMap& region : map.regions) append_region(out, region, map.page_size);
  if (map.owners.empty()) {
    out += "\nIn use of a column: blank nothing, ░ up to a third, ▒ up to two thirds, ▓ more, █ all; * as above\n";
    return out;
  }
  out += "\nWho has most of a column (blank: nobody; * as above)\n";
  for (std::uint32_t owner = 0; owner < map.owners.size(); ++owner) {
    out += fmt::format(" {} {}\n", letter_of(owner), escaped_for_terminal(map.owners[owner]));
  }
  return out;
}

std::string render_json(const MemoryMap& map) {
  Json regions = Json::array();
  for (const RegionMap& region : map.regions) regions.push_back(json_of(region));
  Json out = {{"scenario", map.scenario}, {"title", map.title}};
  add_made_by(out, map);
  if (!map.owners.empty()) out["owners"] = map.owners;
  out["regions"] = std::move(regions);
  return inert_json(json_text(out)) + "\n";
}

}  // namespace memsim
