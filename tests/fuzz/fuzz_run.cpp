#include <algorithm>
#include <cstdint>

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>

#include "fuzz/targets.hpp"

namespace memsim::fuzz {
namespace {

// Enough for every call to meet every other, and little enough for some hundred runs a second.
constexpr std::uint64_t kEventsMax = 2'000;
constexpr std::uint64_t kProcessesMax = 100;
constexpr std::uint64_t kObjectsMax = 1'000;
constexpr std::uint64_t kFramesMax = 1 << 16;

bool is_small(const WorldConfig& world) {
  std::uint64_t frames = 0;
  for (const RegionConfig& region : world.memory.regions) {
    const std::uint64_t count = region.size.count() >> world.memory.page_size.shift();
    if (count > kFramesMax - std::min(frames, kFramesMax)) return false;
    frames += count;
  }
  std::uint64_t processes = 0;
  for (const ProcessConfig& process : world.processes) processes += process.count;
  return processes <= kProcessesMax && world.memmgr.threads <= kProcessesMax;
}

}  // namespace

void fuzz_run(std::string_view text) {
  LoadOptions options;
  options.caps.bytes = 1 << 16;
  options.caps.expanded_nodes = 5'000;
  options.files = FileAccess::refuse;
  auto scenario = parse_scenario(text, "fuzz.yaml", options);
  if (!scenario || !is_small(scenario->world)) return;
  Limits& limits = scenario->world.limits;
  limits.events = std::min(limits.events, kEventsMax);
  limits.processes = std::min<std::uint32_t>(limits.processes, kProcessesMax);
  limits.objects = std::min(limits.objects, kObjectsMax);
  auto world = World::create(scenario->world, find_deadlocks);
  if (!world) return;
  static_cast<void>(world->run());
  world->check_invariants();
}

}  // namespace memsim::fuzz
