// What the reports of a difference share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include <memsim/campaign/check.hpp>
#include <memsim/campaign/difference.hpp>

namespace memsim {

// The entry of the run now at the place of the layer's first difference, or null: the run has none there.
[[nodiscard]] inline const EntryText* first_entry(const LayerDifference& layer) {
  const auto is_first = [&](const EntryText& entry) { return entry.index == layer.first.first; };
  const auto found = std::find_if(layer.around.begin(), layer.around.end(), is_first);
  return found == layer.around.end() ? nullptr : &*found;
}

// The layer that differs first, by the order of records in the run now; null where no layer differs.
[[nodiscard]] inline const LayerDifference* earliest_difference(const RunDifference& difference) {
  const auto order = [](const LayerDifference& layer) {
    const EntryText* entry = first_entry(layer);
    return entry == nullptr ? std::numeric_limits<std::uint64_t>::max() : entry->sequence;
  };
  const auto earliest = std::min_element(difference.layers.begin(), difference.layers.end(),
                                         [&](const auto& a, const auto& b) { return order(a) < order(b); });
  return earliest == difference.layers.end() ? nullptr : &*earliest;
}

// "differs from its baseline in allocator, replies", on one line. Requires: the result has a difference.
[[nodiscard]] inline std::string headline(const CheckResult& result) {
  std::string layers;
  for (const LayerDifference& layer : result.difference->layers) {
    layers += (layers.empty() ? "" : ", ") + std::string(name_of(layer.layer));
  }
  const std::string other = result.against.empty() ? "its baseline" : escaped_for_terminal(result.against);
  return "differs from " + other + (layers.empty() ? "" : " in " + layers);
}

}  // namespace memsim
