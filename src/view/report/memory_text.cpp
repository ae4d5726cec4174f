#include "view/report/memory_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/host_error.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/view/measure/sampled_value.hpp>
#include <memsim/view/text_table.hpp>
#include <memsim/view/value_text.hpp>
#include "view/report/report_text.hpp"
#include "view/text/frame_bytes.hpp"

namespace memsim {
namespace {

// Nothing and all are exact, so that neither a single free frame nor a single one in use is lost; between lie sevenths.
std::string_view bar_of(FrameCount part, FrameCount whole) {
  static constexpr std::array<std::string_view, 9> kBars = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (part.is_zero()) return kBars.front();
  if (part >= whole) return kBars.back();
  return kBars[1 + part.count() * 7 / whole.count()];
}

bool has_changed(const RegionSummary& region) {
  if (!region.before || !region.worst || !region.after) return false;
  const auto key = [](const RegionState& state) { return std::pair(state.free, state.largest_free_run); };
  return key(*region.before) != key(*region.worst) || key(*region.before) != key(*region.after);
}

struct Row {
  const char* label;
  FrameCount MemoryOverTime::Column::*part;
};
constexpr std::array kRows = {Row{"free", &MemoryOverTime::Column::free},
                              Row{"longest free run", &MemoryOverTime::Column::largest_free_run}};

// A table row: a label, then the same question asked of each state.
template <class Ask>
void add_row(TextTable& table, const std::string& label, const RegionSummary& region, Ask ask) {
  table.add_row({label, ask(*region.before), ask(*region.worst), ask(*region.after)});
}

std::string region_measures(const RegionSummary& region, Bytes page_size) {
  TextTable table({kLeft, kRight, kRight, kRight});
  table.add_row({"", "before", fmt::format("worst ({})", when(region.worst->time)), "after"});
  add_row(table, "free", region,
          [&](const RegionState& state) { return format_size_human(bytes_of(state.free, page_size)); });
  add_row(table, "free frames", region, [](const auto& state) { return fmt::to_string(state.free.count()); });
  add_row(table, "free runs", region, [](const auto& state) { return fmt::to_string(state.free_run_count); });
  add_row(table, "longest run", region,
          [&](const auto& state) { return format_size_human(bytes_of(state.largest_free_run, page_size)); });
  add_row(table, "external fragmentation", region, [](const auto& state) {
    return percent_text(external_fragmentation_permille(state.free, state.largest_free_run));
  });
  if (region.before->large_page_ranges == 0) return table.text(1);
  const std::string large_page = format_size_human(large_page_size(page_size));
  add_row(table, "free " + large_page + " pages", region, [&](const auto& state) {
    return fmt::format("{} of {}", state.large_pages_free, large_pages_possible(state.free, page_size));
  });
  add_row(table, "pinned " + large_page + " ranges", region, [](const auto& state) {
    return fmt::format("{} of {}", state.large_page_ranges_pinned, state.large_page_ranges);
  });
  return table.text(1);
}

std::uint64_t blocks_of(const RegionState& state, unsigned order) {
  return order < state.free_blocks.size() ? state.free_blocks[order] : 0;
}

std::string region_orders(const RegionSummary& region, Bytes page_size) {
  TextTable table({kRight, kRight, kRight, kRight, kRight, kRight, kRight, kRight});
  table.add_row({"order", "block", "free: before", "worst", "after", "unusable: before", "worst", "after"});
  for (unsigned i = 0; i < order_count_of(region.frames); ++i) {
    std::vector<std::string> row = {fmt::to_string(i), format_size_exact(bytes_of(Order(i).frames(), page_size))};
    const std::array states = {&*region.before, &*region.worst, &*region.after};
    for (const RegionState* state : states) row.push_back(fmt::to_string(blocks_of(*state, i)));
    for (const RegionState* state : states) {
      row.push_back(percent_text(unusable_index_permille(state->free, state->free_blocks, Order(i))));
    }
    table.add_row(std::move(row));
  }
  return table.text(1);
}

}  // namespace

void append_memory_over_time(std::string& out, const Summary& summary, std::size_t columns) {
  std::size_t name_width = 0;
  for (const RegionSummary& region : summary.regions) {
    if (has_changed(region)) name_width = std::max(name_width, escaped_for_terminal(region.name).size());
  }
  if (name_width == 0) return;
  constexpr std::size_t kLabelWidth = 16;
  const std::size_t around = name_width + kLabelWidth + 6;
  const std::size_t width = std::clamp<std::size_t>(columns > around ? columns - around : 0, 16, 64);
  out += fmt::format("\nMemory over time, from boot to {}; the least in each column's {}\n", when(summary.last_time),
                     format_duration_human(SimDuration(summary.last_time.value() / width)));
  for (const RegionSummary& region : summary.regions) {
    if (!has_changed(region)) continue;
    std::string name = escaped_for_terminal(region.name);
    const auto moments = region.over_time.columns(summary.last_time, width);
    for (const Row& row : kRows) {
      out += fmt::format(" {:<{}}  {:<{}} |", std::exchange(name, ""), name_width, row.label, kLabelWidth);
      for (const MemoryOverTime::Column& moment : moments) out += bar_of(moment.*row.part, region.frames);
      out += "|\n";
    }
  }
}

void append_regions(std::string& out, const Summary& summary) {
  for (const RegionSummary& region : summary.regions) {
    out += fmt::format("\nMemory of {}: {} from {:#x}, {} frames\n", region.name,
                       format_size_exact(bytes_of(region.frames, summary.page_size)), region.base.value(),
                       region.frames.count());
    if (!region.before || !region.worst || !region.after) {
      out += " not sampled\n";
      continue;
    }
    out += region_measures(region, summary.page_size);
    out += region_orders(region, summary.page_size);
  }
}

}  // namespace memsim
