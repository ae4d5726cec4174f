// `machine.start`: what is in use when the run begins.
#include <algorithm>

#include <fmt/format.h>

#include <memsim/phys/physical_memory_check.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/replay/import_machine.hpp>
#include <memsim/replay/recorded_state.hpp>

#include "scenario/recorded/recorded_files.hpp"
#include "scenario/world_reader.hpp"

namespace memsim::loader {
namespace {

// Which of the regions is the zone; nothing after a fault.
std::optional<RegionId> region_of(Loading& loading, MapReader& map, const PhysicalMemoryConfig& memory) {
  const std::string name = map.text("region", "");
  if (name.empty()) return RegionId(0);
  const std::optional<std::vector<RegionId>> regions = regions_named(loading, map.place("region"), name, memory);
  return regions ? std::optional(regions->front()) : std::nullopt;
}

// What the recorded machine says of its lists, where the scenario does not.
void take_limits(Loading& loading, Place place, const PolicyOptions& recorded, PhysicalMemoryConfig& memory) {
  if (memory.policy != "linux") return;
  PolicyOptions& options = memory.policy_options;
  const auto lists = options.find("pcp");
  const bool has_lists = lists == options.end() || lists->second == "on";
  for (const auto& [name, value] : recorded) {
    const bool is_shape = name == "pageblock_order" || name == "top_order";
    if (!has_lists && !is_shape) continue;
    if (options.emplace(name, value).second && !is_shape) loading.told_limits.push_back(name);
  }
  HostResult<void> valid = check_policy_options(*find_policy(memory.policy), options);
  if (!valid) add_all(loading, place, std::move(valid).error());
}

// The zone that was recorded is the machine's memory, where the scenario says nothing of that.
void take_region(Loading& loading, const RecordedState& state, PhysicalMemoryConfig& memory) {
  memory.regions.resize(1);
  memory.regions[0].name = is_path(state.zone) ? state.zone : "zone";
  memory.regions[0].base = loading.page_size.address_of(state.extent.first);
  memory.regions[0].size = loading.page_size.bytes_of(state.extent.count);
}

void read_zone(Loading& loading, MapReader& map, bool has_regions, WorldConfig& world) {
  const std::string_view key = map.find("lists") == nullptr ? "buddyinfo" : "lists";
  const Place place = map.place(key);
  const std::optional<std::string> path = recorded_file(loading, place, map.text(key, ""));
  const std::optional<RegionId> region = region_of(loading, map, world.memory);
  if (!path || !region) return;
  const std::string& name = world.memory.regions[region->value()].name;
  const auto has_area = [&](const RegionConfig& other) {
    const std::vector<std::string>& names = other.further_names;
    return other.cma && (other.name == name || std::find(names.begin(), names.end(), name) != names.end());
  };
  if (std::any_of(world.memory.regions.begin(), world.memory.regions.end(), has_area)) {
    return loading.faults.add(place, fmt::format("{}: a region that begins as a recorded zone has no CMA area", key),
                              "leave out 'cma'");
  }
  const std::string zone = map.text("zone", "Normal");
  MachineStart::Zone read{.region = *region, .lists = {}, .counts = {}};
  if (key == "lists") {
    HostResult<RecordedState> state = read_recorded_state(*path, zone, loading.options.caps.recordings);
    if (!state) return add_all(loading, place, std::move(state).error());
    read.page_block_order = state->page_block_order;
    note_content(loading, *path, state->lists);
    take_limits(loading, place, state->limits, world.memory);
    if (!has_regions && map.find("region") == nullptr) take_region(loading, *state, world.memory);
    LinuxFreeLists lists = std::move(state->lists);
    const RegionConfig& memory = world.memory.regions[region->value()];
    const Extent extent = frames_of(loading.page_size, memory.base, memory.size);
    if (!lists_lie_in(lists, extent)) {
      return loading.faults.add(
          place,
          fmt::format("{}: zone {} spans {:#x} to {:#x}, in frames, and the region {:#x} to {:#x}", key,
                      loader::in_quotes(zone), state->extent.first.value(), state->extent.end().value(),
                      extent.first.value(), extent.end().value()),
          fmt::format("give the region base: {:#x} and size: {}B",
                      loading.page_size.address_of(state->extent.first).value(),
                      loading.page_size.bytes_of(state->extent.count).count()));
    }
    // Of all page blocks of the region, of which the zone may span fewer.
    loading.told_types = note_page_block_types(lists, extent, read.page_block_order);
    read.lists = std::make_shared<const LinuxFreeLists>(std::move(lists));
  } else {
    const std::string node = map.find("node") == nullptr ? "" : fmt::format("{}", map.integer("node", 0));
    HostResult<FreeBlockCounts> counts = read_buddyinfo(*path, zone, node, loading.options.caps.recordings);
    if (!counts) return add_all(loading, place, std::move(counts).error());
    note_content(loading, *path, *counts);
    read.counts = *counts;
    read.page_block_order = counts->page_block_order;
  }
  world.start.zone = std::move(read);
}

void read_held(Loading& loading, MapReader& map, WorldConfig& world) {
  std::vector<std::pair<Extent, Place>> held;
  const std::uint64_t page = loading.page_size.bytes().count();
  for (const NodeId id : map.list("held")) {
    const Node& node = loading.tree[id];
    const std::size_t before = loading.faults.count();
    MapReader keys(loading, node, held_group());
    const PhysAddr base = keys.address("base", PhysAddr());
    const Bytes size = keys.size("size", loading.page_size.bytes());
    if (loading.faults.count() != before) continue;
    if (base.value() % page != 0 || size.count() % page != 0) {
      loading.faults.add(node.place, "a range in use begins at a multiple of the page size and has whole pages");
      continue;
    }
    const Extent extent = frames_of(loading.page_size, base, size);
    const auto holds = [&](const RegionConfig& region) {
      return frames_of(loading.page_size, region.base, region.size).contains(extent);
    };
    const auto home = std::find_if(world.memory.regions.begin(), world.memory.regions.end(), holds);
    if (home == world.memory.regions.end() || home->cma) {
      loading.faults.add(node.place, home == world.memory.regions.end()
                                         ? "a range in use that lies in no region"
                                         : "a range in use in a CMA area, where nothing stays");
      continue;
    }
    held.emplace_back(extent, node.place);
  }
  std::sort(held.begin(), held.end(), [](const auto& a, const auto& b) { return a.first.first < b.first.first; });
  for (std::size_t i = 0; i < held.size(); ++i) {
    world.start.held.push_back(held[i].first);
    if (i == 0 || !held[i - 1].first.overlaps(held[i].first)) continue;
    loading.faults.add(held[i].second, fmt::format("a range in use that overlaps that of {}",
                                                   loading.faults.describe(held[i - 1].second)));
  }
}

}  // namespace

void read_start(Loading& loading, MapReader& machine, WorldConfig& world) {
  const Node* node = machine.find("start");
  if (node == nullptr) return;
  const std::size_t before = loading.faults.count();
  MapReader map(loading, *node, start_group());
  std::size_t given = 0;
  for (const std::string_view key : start_group().one_of) given += map.find(key) == nullptr ? 0U : 1U;
  if (given != 1) {
    loading.faults.add(node->place, "a start needs one of the keys 'buddyinfo', 'lists' and 'held'");
  }
  // What is wrong with memory has been told, and a start of it would be wrong for that alone.
  if (before != 0 || loading.faults.count() != before) return;
  if (map.find("held") == nullptr) {
    read_zone(loading, map, machine.find("regions") != nullptr, world);
  } else {
    read_held(loading, map, world);
  }
  if (loading.faults.count() != before) return;
  HostResult<StartState> laid_out = lay_out(world.memory, world.start, world.seed);
  if (!laid_out) add_all(loading, node->place, std::move(laid_out).error());
}

}  // namespace memsim::loader
