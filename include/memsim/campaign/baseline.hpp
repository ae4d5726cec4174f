// Baseline: what a scenario's run gave when somebody last looked and agreed, as a small text file beside the scenario
// (my.yaml, my.baseline). The format is described in docs/check.md.
//
// The file is made to be reviewed: one fact a line, in a fixed order, so that a change of the run shows as a change of
// few lines. It is read strictly: what is not exactly as memsim writes it is an error with its place.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/layers.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

// A measure as a baseline keeps it: which way is better is the program's knowledge, not the file's.
struct BaselineMeasure {
  std::string name;
  std::int64_t value = 0;
  bool operator==(const BaselineMeasure&) const = default;
};

// A layer with its first entries in words, kBaselineTexts of them.
inline constexpr std::uint64_t kBaselineTexts = 64;
struct BaselineLayer {
  LayerDigest digest;
  std::vector<std::string> texts;
  bool operator==(const BaselineLayer&) const = default;
};

struct Baseline {
  std::string version;  // of the memsim that wrote it
  std::uint64_t seed = 0;
  std::string policy;  // its name, then its options in order: "buddy placement=lifo"
  std::string end;     // why the run ended: "finished"
  SimTime end_time;
  std::uint64_t record_count = 0;
  std::uint64_t fingerprint = 0;  // of the whole record stream
  std::array<BaselineLayer, kLayerCount> layers;
  std::vector<BaselineMeasure> measures;

  [[nodiscard]] const BaselineLayer& layer(Layer layer) const { return layers[static_cast<std::size_t>(layer)]; }

  bool operator==(const Baseline&) const = default;
};

// Windows for a LayerView whose texts become a baseline's.
inline constexpr LayerView::Windows kBaselineWindows = {EntryWindow{0, kBaselineTexts}, EntryWindow{0, kBaselineTexts},
                                                        EntryWindow{0, kBaselineTexts}, EntryWindow{0, kBaselineTexts},
                                                        EntryWindow{0, kBaselineTexts}};

// What a run of the scenario by a memsim of that version has to say. Requires: `view`, with kBaselineWindows, saw it.
[[nodiscard]] Baseline baseline_of(const Scenario& scenario, const ScenarioRun& run, const LayerView& view,
                                   const std::string& version);

// Whether both tell of the same run; the version may differ.
[[nodiscard]] bool same_run(const Baseline& one, const Baseline& other);

// The file's text: a few kilobytes, at most about eighty. Ends with a newline.
[[nodiscard]] std::string render_baseline(const Baseline& baseline);

// Reads it back. `path` stands in the diagnostics. Errors (bad_input, with line and column): a text that
// render_baseline() does not write; one of another format version, which says so.
[[nodiscard]] HostResult<Baseline> parse_baseline(std::string_view text, const std::string& path);

// "dir/my.baseline" for "dir/my.yaml".
[[nodiscard]] std::string baseline_path(const std::string& scenario);

// A baseline larger than this is none of ours: refused without being read.
inline constexpr std::uint64_t kBaselineBytesMax = std::uint64_t{4} << 20;

// Errors: host_failed where the file cannot be read; as parse_baseline().
[[nodiscard]] HostResult<Baseline> read_baseline(const std::string& path);

// As host::replace_file().
[[nodiscard]] HostResult<void> write_baseline(const std::string& path, const Baseline& baseline);

}  // namespace memsim
