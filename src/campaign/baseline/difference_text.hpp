// What the reports of a difference share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <memsim/campaign/check.hpp>
#include <memsim/campaign/difference.hpp>

namespace memsim {

// The entry of the run now at the place of the layer's first difference, or null: the run has none there.
[[nodiscard]] inline const EntryText* first_entry(const LayerDifference& layer) {
  const auto is_first = [&](const EntryText& entry) { return entry.index == layer.first.first; };
  const auto found = std::find_if(layer.around.begin(), layer.around.end(), is_first);
  return found == layer.around.end() ? nullptr : &*found;
}

// The layer to look at first: the one that differs first, by the order of records in the run now; null where no layer
// differs. Where the times of events alone moved, samples that fall at other stages of the same decisions are their
// consequence, even where a sample comes before the event.
[[nodiscard]] inline const LayerDifference* earliest_difference(const RunDifference& difference) {
  const bool only_times_moved = difference.has_same_decisions() && difference.has_changed(Layer::events);
  const auto order = [&](const LayerDifference& layer) {
    const bool is_sampled = layer.layer == Layer::free_map || layer.layer == Layer::samples;
    const EntryText* entry = first_entry(layer);
    return std::pair(only_times_moved && is_sampled,
                     entry == nullptr ? std::numeric_limits<std::uint64_t>::max() : entry->sequence);
  };
  const auto earliest = std::min_element(difference.layers.begin(), difference.layers.end(),
                                         [&](const auto& a, const auto& b) { return order(a) < order(b); });
  return earliest == difference.layers.end() ? nullptr : &*earliest;
}

// What a person takes a change of the layers for who looks at their names only; empty where they mean what they say.
[[nodiscard]] inline std::string_view remark_on_decisions(const RunDifference& difference) {
  if (difference.layers.empty() || !difference.has_same_decisions()) return {};
  return difference.has_changed(Layer::free_map)
             ? "no allocation decision changed, the samples saw the same ones at other times"
             : "no allocation decision changed";
}

// "differs from its baseline in allocator, replies", on one line. Requires: the result has a difference.
[[nodiscard]] inline std::string headline(const CheckResult& result) {
  std::string layers;
  for (const LayerDifference& layer : result.difference->layers) {
    layers += (layers.empty() ? "" : ", ") + std::string(name_of(layer.layer));
  }
  const std::string other = result.against.empty() ? "its baseline" : escaped_for_terminal(result.against);
  const std::string_view remark = remark_on_decisions(*result.difference);
  return fmt::format("differs from {}{}{}{}{}", other, layers.empty() ? "" : " in ", layers, remark.empty() ? "" : "; ",
                     remark);
}

}  // namespace memsim
