#include "scenario/warnings.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/typed_memory_names.hpp>
#include <memsim/kernel/world.hpp>

namespace memsim::loader {
namespace {

// The probes that fail, in the order of their samples.
class FailedProbes final : public RecordSink {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override {
    static constexpr std::array kWanted = {RecordKind::probe_result};
    return kWanted;
  }
  void on_record(const RecordView& record) override {
    const auto& result = record.as<ProbeResult>();
    if (!result.would_succeed) failed_.emplace(result.probe);
  }
  [[nodiscard]] bool contains(const std::string& probe) const { return failed_.contains(probe); }

 private:
  std::set<std::string> failed_;
};

void warn_of_pools(const Mentions& mentions, const WorldConfig& world, Faults& warnings) {
  std::vector<std::string_view> names;
  std::vector<RegionNames> regions;
  for (const RegionConfig& region : world.memory.regions) {
    regions.push_back({region.name, region.further_names});
    names.push_back(region.name);
    names.insert(names.end(), region.further_names.begin(), region.further_names.end());
  }
  for (const auto& [name, place] : mentions.pools) {
    const auto meant = regions_meant(regions, name);
    if (meant) continue;
    warnings.add(place,
                 fmt::format("no region is called {}; posix_typed_mem_open gives {}", in_quotes(name),
                             errno_name(meant.error())),
                 [&, &name = name] { return suggestion(name, names); });
  }
}

// Memory is never as free again as it is before anybody asked for some.
void warn_of_probes(const Mentions& mentions, const WorldConfig& world, Faults& warnings) {
  if (world.record.probes.empty()) return;
  WorldConfig empty = world;
  empty.processes.clear();
  auto machine = World::create(empty, nullptr);
  if (!machine) return;
  FailedProbes failed;
  machine->records().subscribe(failed);
  static_cast<void>(machine->run());
  for (std::size_t i = 0; i < world.record.probes.size(); ++i) {
    const std::string& name = world.record.probes[i].name;
    if (!failed.contains(name)) continue;
    warnings.add(
        mentions.probes[i],
        fmt::format("the probe {} fails even while no process has memory, so it can never succeed", in_quotes(name)),
        "compare its size, alignment and window with the regions, and with the options of the policy");
  }
}

void warn_of_templates(const Mentions& mentions, const WorldConfig& world, Faults& warnings) {
  if (mentions.spawns_unknown) return;
  for (std::size_t i = 0; i < world.processes.size(); ++i) {
    const ProcessConfig& process = world.processes[i];
    if (process.start || mentions.spawned.contains(process.name)) continue;
    warnings.add(mentions.processes[i],
                 fmt::format("nobody spawns {}, and it does not start by itself", in_quotes(process.name)));
  }
}

}  // namespace

std::vector<Diagnostic> find_warnings(const Loading& loading, const WorldConfig& world) {
  Faults warnings(loading.source, loading.options.set);
  warn_of_pools(loading.mentions, world, warnings);
  warn_of_probes(loading.mentions, world, warnings);
  warn_of_templates(loading.mentions, world, warnings);
  std::vector<Diagnostic> found = warnings.take();
  for (Diagnostic& warning : found) warning.code = ExitCode::ok;
  return found;
}

}  // namespace memsim::loader
