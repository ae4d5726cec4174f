#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/check_report.hpp>

#include <memsim/view/text_table.hpp>
#include <memsim/view/value_text.hpp>
#include "campaign/baseline/difference_text.hpp"
#include "campaign/measures/distinct_texts.hpp"

namespace memsim {
namespace {

constexpr std::size_t kMeasuresShown = 12;

// "events, allocator", or "nothing".
std::string names_of(const std::vector<Layer>& layers) {
  std::string out;
  for (const Layer layer : layers) out += fmt::format("{}{}", out.empty() ? "" : ", ", name_of(layer));
  return out.empty() ? "none" : out;
}

std::string text_of_layers(const RunDifference& difference) {
  if (difference.only_between_layers) {
    return "  Layers: all as before; the order between them, times of allocations or the allocator's work changed\n";
  }
  if (difference.layers.empty()) return {};
  std::vector<Layer> changed;
  std::vector<Layer> same;
  for (const Layer layer : kLayers) {
    (difference.has_changed(layer) ? changed : same).push_back(layer);
  }
  const std::string_view remark = remark_on_decisions(difference);
  return fmt::format("  Layers changed: {}; as before: {}\n{}{}{}", names_of(changed), names_of(same),
                     remark.empty() ? "" : "  Allocator: ", remark, remark.empty() ? "" : "\n");
}

// "allocator decision 17 of 340 (285 before)", and where in the run, if the run has it.
std::string place_of(const LayerDifference& layer) {
  std::string out = fmt::format("{} {}", entry_name(layer.layer), layer.first.first);
  if (!layer.is_exact()) out = fmt::format("between {} and {}", out, layer.first.first + layer.first.count - 1);
  out += fmt::format(" of {}", layer.entries_now);
  if (layer.entries_before != layer.entries_now) out += fmt::format(" ({} before)", layer.entries_before);
  if (const EntryText* entry = first_entry(layer)) {
    out += fmt::format(", record {} at {}", entry->sequence, format_duration_human(entry->time - SimTime()));
  }
  return out;
}

void add_entry(std::string& out, char mark, std::uint64_t index, std::string_view text) {
  out += fmt::format("    {} {:>6}  {}\n", mark, index, text);
}

// A line's worth of a text, with what stands at `about`.
std::string excerpt(const std::string& text, std::size_t about) {
  constexpr std::size_t kHead = 120;
  constexpr std::size_t kLead = 80;
  if (text.size() <= kEntryTextMax) return text;
  if (about < kEntryTextMax / 2) return text.substr(0, kEntryTextMax) + "...";
  return fmt::format("{} ... {}...", text.substr(0, kHead), text.substr(about - kLead, kEntryTextMax - kHead));
}

// Where the entries that differ first do so, if both sides have one.
std::size_t first_difference_in_text(const LayerDifference& layer) {
  const EntryText* now = first_entry(layer);
  if (now == nullptr || !layer.text_before) return 0;
  const std::string& before = *layer.text_before;
  const auto end = before.begin() + static_cast<std::ptrdiff_t>(std::min(before.size(), now->text.size()));
  return static_cast<std::size_t>(std::mismatch(before.begin(), end, now->text.begin()).first - before.begin());
}

// Both sides, entry by entry: what they share, then what the one had, then what the other has.
std::string text_of_both_sides(const LayerDifference& layer) {
  std::string out;
  const std::uint64_t first = layer.first.first;
  const std::size_t about = first_difference_in_text(layer);
  const auto add_side = [&](char mark, const std::vector<EntryText>& entries, std::uint64_t count) {
    for (const EntryText& entry : entries) {
      if (entry.index < first) continue;
      add_entry(out, mark, entry.index, excerpt(entry.text, entry.index == first ? about : 0));
    }
    if (first >= count) add_entry(out, mark, first, "(no more)");
  };
  for (const EntryText& entry : layer.around) {
    if (entry.index < first) add_entry(out, ' ', entry.index, excerpt(entry.text, 0));
  }
  add_side('-', layer.around_before, layer.entries_before);
  add_side('+', layer.around, layer.entries_now);
  return out;
}

// Where two long entries differ in few members: "extents/0/frames was 2, is 4". Empty where they are no two whole JSON
// objects, or differ in many.
std::string text_of_members(const LayerDifference& layer) {
  using Members = nlohmann::json;
  constexpr std::size_t kMembersShown = 3;
  const EntryText* entry = first_entry(layer);
  if (entry == nullptr || !layer.text_before) return {};
  const Members before = Members::parse(*layer.text_before, nullptr, false).flatten();
  const Members now = Members::parse(entry->text, nullptr, false).flatten();
  const auto text_at = [](const Members& members, const std::string& pointer) {
    return members.contains(pointer) ? members[pointer].dump(-1, ' ', true, Members::error_handler_t::replace) : "none";
  };
  std::map<std::string, std::string> changed;
  for (const Members* side : {&before, &now}) {
    for (const auto& [pointer, value] : side->items()) {
      std::string was = text_at(before, pointer);
      std::string is = text_at(now, pointer);
      if (was != is) changed.emplace(pointer, fmt::format("was {}, is {}", was, is));
    }
  }
  if (changed.empty() || changed.size() > kMembersShown || changed.contains("")) return {};
  std::string out;
  for (const auto& [pointer, change] : changed) {
    out += fmt::format("           {} {}\n", escaped_for_terminal(pointer.substr(1)), escaped_for_terminal(change));
  }
  return out;
}

// The entry that differs, before and now, with its neighbours.
std::string text_of_entries(const LayerDifference& layer) {
  if (layer.knows_both_sides) return text_of_both_sides(layer);
  std::string out;
  const std::uint64_t first = layer.first.first;
  const auto add_before = [&] {
    if (layer.text_before) {
      add_entry(out, '-', first, *layer.text_before);
    } else if (layer.is_exact()) {
      const bool is_behind = first >= layer.entries_before;
      add_entry(out, '-', first,
                is_behind ? "(the baseline's run had no more)" : "(the baseline has the first 64 in words only)");
    }
  };
  for (const EntryText& entry : layer.around) {
    if (entry.index == first) add_before();
    add_entry(out, entry.index == first && layer.is_exact() ? '+' : ' ', entry.index, entry.text);
  }
  if (first_entry(layer) == nullptr) {
    add_before();
    add_entry(out, '+', first, "(the run has no more)");
  }
  return out;
}

std::string text_of_first_differences(const RunDifference& difference) {
  std::string out;
  const LayerDifference* earliest = earliest_difference(difference);
  if (earliest == nullptr) return out;
  out += fmt::format("  First difference: {}\n{}{}", place_of(*earliest), text_of_entries(*earliest),
                     text_of_members(*earliest));
  for (const LayerDifference& layer : difference.layers) {
    if (&layer == earliest) continue;
    out += fmt::format("  First in {}: {}\n", name_of(layer.layer), place_of(layer));
    if (layer.knows_both_sides) out += text_of_both_sides(layer);
  }
  return out;
}

// What the measure was and what it is.
std::pair<std::string, std::string> values_of(const MeasureDifference& measure) {
  if (!measure.before) return {"none", measure_text(*measure.now)};
  if (!measure.now) return {measure_text(*measure.before), "none"};
  const std::array<ShownValue, 2> values = {measure.before->value, measure.now->value};
  std::vector<std::string> texts = distinct_texts(*measure.now, values, 1);
  return {std::move(texts[0]), std::move(texts[1])};
}

// Those of one judgement, the largest change first.
std::vector<const MeasureDifference*> largest_first(const RunDifference& difference, Judgement judgement) {
  std::vector<const MeasureDifference*> found;
  for (const MeasureDifference& measure : difference.measures) {
    if (measure.judgement == judgement) found.push_back(&measure);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto* a, const auto* b) { return a->permille() > b->permille(); });
  return found;
}

std::string text_of_measures(const RunDifference& difference) {
  if (difference.measures.empty()) return {};
  std::string out = fmt::format(
      "  Measures of the run: {} better, {} worse, {} other\n", difference.count(Judgement::better),
      difference.count(Judgement::worse),
      difference.measures.size() - difference.count(Judgement::better) - difference.count(Judgement::worse));
  using Align = TextTable::Align;
  TextTable table({Align::left, Align::left, Align::right, Align::left, Align::left});
  std::size_t shown = 0;
  for (const Judgement judgement :
       {Judgement::worse, Judgement::better, Judgement::other, Judgement::appeared, Judgement::vanished}) {
    for (const MeasureDifference* measure : largest_first(difference, judgement)) {
      if (shown == kMeasuresShown) break;
      auto [before, now] = values_of(*measure);
      table.add_row({std::string(name_of(judgement)), measure->name(), std::move(before), "->", std::move(now)});
      ++shown;
    }
  }
  out += table.text(4);
  const std::size_t rest = difference.measures.size() - shown;
  if (rest > 0) out += fmt::format("    and {} more; --json lists all\n", rest);
  return out;
}

// What the run was compared with.
std::string text_of_other(const CheckResult& result) {
  const std::string version = escaped_for_terminal(result.difference->version_before);
  if (!result.against.empty()) {
    return fmt::format("  Compared with: {}, memsim {}\n", escaped_for_terminal(result.against), version);
  }
  return fmt::format("  Baseline: {}, written by memsim {}\n", escaped_for_terminal(result.baseline_path), version);
}

}  // namespace

std::string render_difference_text(const CheckResult& result) {
  if (!result.difference) return {};
  const RunDifference& difference = *result.difference;
  std::string out = text_of_other(result);
  for (const HeadDifference& head : difference.head) {
    out += fmt::format("  {}: was {}, is {}\n", head.name, escaped_for_terminal(head.before), head.now);
  }
  return out + text_of_layers(difference) + text_of_first_differences(difference) + text_of_measures(difference);
}

std::string render_check_text(const CheckResult& result) {
  // The outcome says it otherwise.
  const bool is_told = result.lacks_baseline() && result.outcome() != CheckOutcome::no_baseline;
  std::string out = fmt::format("{:11} {}{}\n", name_of(result.outcome()), escaped_for_terminal(result.scenario),
                                is_told ? " (no baseline)" : "");
  for (const HostError& errors : {result.errors, HostError(result.failed_expectations)}) {
    if (!errors.empty()) out += render(errors, Colour::off);
  }
  return out + render_difference_text(result);
}

CheckCounts count_outcomes(std::span<const CheckResult> results) {
  CheckCounts counts;
  for (const CheckResult& result : results) {
    counts.without_baseline += result.lacks_baseline() ? 1U : 0U;
    switch (result.outcome()) {
      case CheckOutcome::passed:
        ++counts.passed;
        break;
      case CheckOutcome::updated:
        ++counts.updated;
        break;
      case CheckOutcome::not_judged:
        ++counts.not_judged;
        break;
      case CheckOutcome::no_baseline:
        ++counts.no_baseline;
        break;
      case CheckOutcome::differs:
        ++counts.differing;
        break;
      case CheckOutcome::failed:
        ++counts.failed;
        break;
      case CheckOutcome::broken:
        ++counts.broken;
        break;
    }
  }
  return counts;
}

ExitCode exit_code(std::span<const CheckResult> results) {
  ExitCode code = ExitCode::ok;
  for (const CheckResult& result : results) code = std::max(code, result.code());
  return code;
}

std::string render_counts(const CheckCounts& counts) {
  const std::uint64_t total = counts.passed + counts.updated + counts.not_judged + counts.no_baseline +
                              counts.differing + counts.failed + counts.broken;
  std::string out = fmt::format("{}: {} passed", counted(total, "scenario"), counts.passed);
  if (counts.updated > 0) out += fmt::format(", {} updated", counts.updated);
  if (counts.differing > 0)
    out += fmt::format(", {} {}", counts.differing, counts.differing == 1 ? "differs" : "differ");
  if (counts.failed > 0) out += fmt::format(", {} failed", counts.failed);
  if (counts.broken > 0) out += fmt::format(", {} broken", counts.broken);
  if (counts.no_baseline > 0) out += fmt::format(", {} without the required baseline", counts.no_baseline);
  if (counts.not_judged > 0) out += fmt::format(", {} not judged", counts.not_judged);
  out += '\n';
  if (counts.without_baseline == 0) return out;
  return out + fmt::format("{} ran without a baseline; help: --update writes {}\n", counts.without_baseline,
                           counts.without_baseline == 1 ? "it" : "them");
}

}  // namespace memsim
