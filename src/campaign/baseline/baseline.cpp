#include <memsim/campaign/baseline.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/view/render.hpp>

#include "campaign/baseline/baseline_format.hpp"

namespace memsim {
namespace {

constexpr std::size_t kCellsPerLine = 16;

std::string cells_text(const LayerDigest& digest) {
  std::string out;
  for (std::size_t i = 0; i < digest.cells.size(); ++i) {
    out += fmt::format("{:04x}", digest.cells[i]);
    if (i % kCellsPerLine == kCellsPerLine - 1 || i == digest.cells.size() - 1) out += '\n';
  }
  return out;
}

// One line for each group of measures that follow each other: "GROUP: NAME=VALUE NAME=VALUE".
std::string measures_text(const std::vector<BaselineMeasure>& measures) {
  std::string out;
  std::string_view current;
  for (const BaselineMeasure& measure : measures) {
    MEMSIM_CHECK(measure.name.find_first_of("\n =:") == std::string::npos);  // names of scenarios have none of them
    const std::string_view name = measure.name;
    const std::size_t slash = name.rfind('/');
    const std::string_view group = slash == std::string_view::npos ? kWholeRun : name.substr(0, slash);
    if (group != current) out += fmt::format("{}{}:", out.empty() ? "" : "\n", group);
    out += fmt::format(" {}={}", name.substr(slash == std::string_view::npos ? 0 : slash + 1), measure.value);
    current = group;
  }
  return out.empty() ? out : out + '\n';
}

}  // namespace

Baseline baseline_of(const Scenario& scenario, const ScenarioRun& run, const LayerView& view,
                     const std::string& version) {
  Baseline baseline;
  baseline.version = version;
  baseline.seed = run.summary.seed;
  // Records name the policy without its options.
  const PhysicalMemoryConfig& memory = scenario.world.memory;
  baseline.policy = run.summary.policy == memory.policy ? policy_text(memory) : run.summary.policy;
  baseline.end = name_of(run.summary.stop_reason);
  baseline.end_time = run.summary.end_time;
  baseline.record_count = run.summary.records;
  baseline.fingerprint = run.summary.fingerprint;
  for (const Layer layer : kLayers) {
    BaselineLayer& kept = baseline.layers[static_cast<std::size_t>(layer)];
    kept.digest = view.digest(layer);
    for (const EntryText& entry : view.texts(layer)) kept.texts.push_back(entry.text);
  }
  for (const Measure& measure : run.measures) baseline.measures.push_back({measure.name, measure.value});
  return baseline;
}

bool same_run(const Baseline& one, const Baseline& other) {
  Baseline same_version = other;
  same_version.version = one.version;
  return one == same_version;
}

std::string render_baseline(const Baseline& baseline) {
  std::string out = "memsim baseline 1\n";
  out += fmt::format("version {}\nseed {}\npolicy {}\n", baseline.version, baseline.seed, baseline.policy);
  out += fmt::format("end {} {}\n", baseline.end, baseline.end_time.value());
  out += fmt::format("records {}\nstream {}\n", baseline.record_count, fingerprint_text(baseline.fingerprint));
  for (const Layer layer : kLayers) {
    const LayerDigest& digest = baseline.layer(layer).digest;
    out += fmt::format("layer {} {} {}\n", key_of(layer), digest.entry_count, fingerprint_text(digest.fingerprint));
  }
  out += "\nmeasures\n";
  out += measures_text(baseline.measures);
  for (const Layer layer : kLayers) {
    out += fmt::format("\nentries {}\n", key_of(layer));
    for (const std::string& text : baseline.layer(layer).texts) out += text + '\n';
  }
  for (const Layer layer : kLayers) {
    const LayerDigest& digest = baseline.layer(layer).digest;
    out += fmt::format("\ncells {} {}\n{}", key_of(layer), digest.cell_entries, cells_text(digest));
  }
  return out;
}

std::string baseline_path(const std::string& scenario) {
  return std::filesystem::path(scenario).replace_extension(".baseline").string();
}

}  // namespace memsim
