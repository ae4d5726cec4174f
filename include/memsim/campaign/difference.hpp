// RunDifference: what became of a run since its baseline was written, or since another memsim program ran it: which
// layers changed and where each changed first, and the measures that are better, worse or merely other.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <memsim/campaign/baseline.hpp>
#include <memsim/campaign/layers.hpp>
#include <memsim/view/run_measures.hpp>

namespace memsim {

// A line of the baseline's head that reads otherwise now: the seed, the policy, the end.
struct HeadDifference {
  std::string name;
  std::string before;
  std::string now;
};

enum class Judgement : std::uint8_t { better, worse, other, appeared, vanished };
[[nodiscard]] std::string_view name_of(Judgement judgement);

struct MeasureDifference {
  Judgement judgement = Judgement::other;
  std::optional<Measure> before;  // with the unit and the sense of the measure now; nothing: it appeared
  std::optional<Measure> now;     // nothing: it vanished
  [[nodiscard]] const std::string& name() const { return now ? now->name : before->name; }
  // How much of what it was the change is, in thousandths; the greatest number where it was nothing, appeared,
  // vanished, or where a moment never came.
  [[nodiscard]] std::uint64_t permille() const;
};

struct LayerDifference {
  Layer layer = Layer::events;
  std::uint64_t entries_before = 0;
  std::uint64_t entries_now = 0;
  // The first entry that differs is one of these: one entry where the baseline knows it exactly, which it does for the
  // first entries and for layers of up to LayerDigest::kCellsMax. It may lie behind the last entry of either run.
  EntryWindow first;
  std::optional<std::string> text_before;  // of that entry, where it is known exactly and the baseline has its text
  std::vector<EntryText> around;           // entries of the run now: up to kNeighbours before it, it, and after it
  bool knows_both_sides = false;           // all of the run before is known, not only what a baseline keeps:
  std::vector<EntryText> around_before;    // likewise of the run before

  [[nodiscard]] bool is_exact() const { return first.count == 1; }
};
inline constexpr std::uint64_t kNeighbours = 2;

struct RunDifference {
  std::string version_before;  // of the memsim that wrote the baseline or ran the scenario
  std::vector<HeadDifference> head;
  std::vector<LayerDifference> layers;      // those that changed, in order
  std::vector<MeasureDifference> measures;  // those that changed, in the order of the run's list
  // No layer changed, and yet the record stream did: the order between layers, times outside of events, or the
  // allocator's work.
  bool only_between_layers = false;

  [[nodiscard]] std::uint64_t count(Judgement judgement) const;
  [[nodiscard]] bool has_changed(Layer layer) const;
  // The allocator took the same decisions in the same order. Where the free maps changed nevertheless, only the times
  // changed: the samples found those decisions at other stages.
  [[nodiscard]] bool has_same_decisions() const { return !has_changed(Layer::allocator); }
  // For showing the largest change first: whether the allocator decided otherwise, then how many layers changed, then
  // how many measures.
  [[nodiscard]] std::array<std::uint64_t, 3> size() const;
  // The entries of a run that show each layer's first difference with its neighbours.
  [[nodiscard]] LayerView::Windows windows() const;
  // Fills in `around` from a view of the run now with these windows.
  void show_neighbours(const LayerView& view);
  // Fills in `around_before` from a view of the run before, whole, with these windows.
  void show_neighbours_before(const LayerView& view);
};

// The difference of two runs, or nothing where they are the same run. `measures` are those of `now`, with their senses.
// The neighbours stay empty.
[[nodiscard]] std::optional<RunDifference> difference_of(const Baseline& before, const Baseline& now,
                                                         std::span<const Measure> measures);

}  // namespace memsim
