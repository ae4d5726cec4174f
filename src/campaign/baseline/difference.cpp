#include <memsim/campaign/difference.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

void compare_head(const Baseline& before, const Baseline& now, std::vector<HeadDifference>& out) {
  const auto add = [&](const char* name, std::string old_text, std::string new_text) {
    if (old_text != new_text) out.push_back({name, std::move(old_text), std::move(new_text)});
  };
  const auto end_of = [](const Baseline& run) {
    return fmt::format("{} after {}", run.end, format_duration_exact(run.end_time - SimTime()));
  };
  add("seed", fmt::format("{}", before.seed), fmt::format("{}", now.seed));
  add("policy", before.policy, now.policy);
  add("end", end_of(before), end_of(now));
  add("records", fmt::format("{}", before.record_count), fmt::format("{}", now.record_count));
}

std::uint16_t cell_of(const LayerDigest& digest, std::uint64_t cell, std::uint64_t cell_entries) {
  const std::uint64_t factor = cell_entries / digest.cell_entries;
  std::uint16_t sum = 0;
  for (std::uint64_t i = cell * factor; i < (cell + 1) * factor && i < digest.cells.size(); ++i) {
    sum = static_cast<std::uint16_t>(sum + digest.cells[i]);
  }
  return sum;
}

// Where two layers that differ do so first, as well as their cells tell.
EntryWindow first_difference(const LayerDigest& before, const LayerDigest& now) {
  const std::uint64_t cell_entries = std::max(before.cell_entries, now.cell_entries);
  const std::uint64_t shared = std::min(before.entry_count, now.entry_count);
  const std::uint64_t longest = std::max(before.entry_count, now.entry_count);
  for (std::uint64_t first = 0; first < longest; first += cell_entries) {
    const std::uint64_t cell = first / cell_entries;
    if (cell_of(before, cell, cell_entries) == cell_of(now, cell, cell_entries) && first + cell_entries <= shared) {
      continue;
    }
    return {first, std::min(cell_entries, longest - first)};
  }
  return {0, longest};  // the hashes of all cells agree by chance
}

bool is_cut(std::string_view text) { return text.size() == kEntryTextMax; }

// The index of the first entry whose text differs among those that both have in words.
std::optional<std::uint64_t> first_difference_in_words(const BaselineLayer& before, const BaselineLayer& now) {
  const std::size_t shared = std::min(before.texts.size(), now.texts.size());
  for (std::size_t i = 0; i < shared; ++i) {
    if (before.texts[i] != now.texts[i]) return i;
    if (is_cut(now.texts[i])) return std::nullopt;  // what was cut off may differ
  }
  return std::nullopt;
}

std::optional<LayerDifference> compare_layer(Layer layer, const BaselineLayer& before, const BaselineLayer& now) {
  if (before.digest == now.digest) return std::nullopt;
  LayerDifference difference{layer, before.digest.entry_count, now.digest.entry_count, {}, {}, {}, false, {}};
  difference.first = first_difference(before.digest, now.digest);
  if (const auto in_words = first_difference_in_words(before, now)) difference.first = {*in_words, 1};
  if (difference.is_exact() && difference.first.first < before.texts.size()) {
    difference.text_before = before.texts[difference.first.first];
  }
  return difference;
}

Judgement judge(const Measure& before, const Measure& now) {
  if (now.better == Better::neither) return Judgement::other;
  return (now.value < before.value) == (now.better == Better::lower) ? Judgement::better : Judgement::worse;
}

std::vector<MeasureDifference> compare_measures(const Baseline& before, std::span<const Measure> now) {
  std::map<std::string_view, std::int64_t> old;
  for (const BaselineMeasure& measure : before.measures) old.emplace(measure.name, measure.value);
  std::vector<MeasureDifference> out;
  for (const Measure& measure : now) {
    const auto found = old.find(measure.name);
    if (found == old.end()) {
      out.push_back({Judgement::appeared, std::nullopt, measure});
      continue;
    }
    Measure was = measure;
    was.value = found->second;
    old.erase(found);
    if (was != measure) out.push_back({judge(was, measure), was, measure});
  }
  for (const BaselineMeasure& measure : before.measures) {
    if (!old.contains(measure.name)) continue;
    Measure was;
    was.name = measure.name;
    was.value = measure.value;
    out.push_back({Judgement::vanished, was, std::nullopt});
  }
  return out;
}

}  // namespace

std::string_view name_of(Judgement judgement) {
  switch (judgement) {
    case Judgement::better:
      return "better";
    case Judgement::worse:
      return "worse";
    case Judgement::other:
      return "other";
    case Judgement::appeared:
      return "appeared";
    case Judgement::vanished:
      return "vanished";
  }
  return "?";
}

std::uint64_t MeasureDifference::permille() const {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  if (!before || !now || before->value == 0 || before->value == kNeverMeasured || now->value == kNeverMeasured) {
    return kMost;
  }
  __extension__ using Wide = __int128;
  const auto magnitude = [](Wide value) { return value < 0 ? -value : value; };
  const Wide share = magnitude(Wide{now->value} - before->value) * 1000 / magnitude(before->value);
  return share < Wide{kMost} ? static_cast<std::uint64_t>(share) : kMost;
}

std::array<std::uint64_t, 3> RunDifference::size() const {
  return {has_changed(Layer::allocator) ? 1U : 0U, layers.size(), measures.size()};
}

std::uint64_t RunDifference::count(Judgement judgement) const {
  return static_cast<std::uint64_t>(std::count_if(
      measures.begin(), measures.end(), [&](const MeasureDifference& m) { return m.judgement == judgement; }));
}

bool RunDifference::has_changed(Layer layer) const {
  return std::any_of(layers.begin(), layers.end(), [&](const LayerDifference& d) { return d.layer == layer; });
}

LayerView::Windows RunDifference::windows() const {
  LayerView::Windows windows{};
  for (const LayerDifference& layer : layers) {
    const std::uint64_t first = layer.first.first - std::min(layer.first.first, kNeighbours);
    windows[static_cast<std::size_t>(layer.layer)] = {first, layer.first.first - first + 1 + kNeighbours};
  }
  return windows;
}

void RunDifference::show_neighbours(const LayerView& view) {
  for (LayerDifference& layer : layers) layer.around = view.texts(layer.layer);
}

void RunDifference::show_neighbours_before(const LayerView& view) {
  for (LayerDifference& layer : layers) {
    layer.knows_both_sides = true;
    layer.around_before = view.texts(layer.layer);
    layer.text_before.reset();
    for (const EntryText& entry : layer.around_before) {
      if (entry.index == layer.first.first) layer.text_before = entry.text;
    }
  }
}

std::optional<RunDifference> difference_of(const Baseline& before, const Baseline& now,
                                           std::span<const Measure> measures) {
  if (same_run(before, now)) return std::nullopt;
  RunDifference difference;
  difference.version_before = before.version;
  compare_head(before, now, difference.head);
  for (const Layer layer : kLayers) {
    if (auto changed = compare_layer(layer, before.layer(layer), now.layer(layer))) {
      difference.layers.push_back(std::move(*changed));
    }
  }
  difference.measures = compare_measures(before, measures);
  difference.only_between_layers = difference.layers.empty() && before.fingerprint != now.fingerprint;
  return difference;
}

}  // namespace memsim
