// `background`: recorded traces that play beside the processes.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>
#include <memsim/phys/physical_memory_check.hpp>

#include "scenario/recorded/background_trace.hpp"
#include "scenario/recorded/recorded_files.hpp"
#include "scenario/world_reader.hpp"

namespace memsim::loader {
namespace {

// So that any mistake in a trace is told before the run, at its line.
void read_trace(Loading& loading, Place place, const std::string& path, WorldConfig& world,
                BackgroundConfig& background) {
  RecordedAs as{.layer = background.layer, .limits = loading.options.caps.recordings};
  if (background.zone) {
    as.zone = *background.zone;
    as.page_block_order = world.start.zone->page_block_order;
  }
  const HostResult<std::shared_ptr<const BackgroundTrace>> read =
      background_trace(loading.options.store.get(), path, as);
  if (!read) return add_all(loading, place, read.error());
  const BackgroundTrace& trace = **read;
  if (trace.page_size != loading.page_size) {
    return loading.faults.add(
        place, fmt::format("the pages of this trace have {}, those of the machine {}",
                           format_size_exact(trace.page_size.bytes()), format_size_exact(loading.page_size.bytes())));
  }
  if (trace.events == 0) return loading.faults.add(place, "no page is taken or given back in this trace");
  background.length = trace.length;
  background.open = trace.open;
  const std::array<std::uint64_t, 2> content = {trace.events, trace.content};
  note_content(loading, path, content);
  if (background.zone && world.memory.policy == "linux") {
    LinuxFreeLists lists = *world.start.zone->lists;
    trace.inference.complete(lists.page_block_types, loading.told_types);
    world.start.zone->lists = std::make_shared<const LinuxFreeLists>(std::move(lists));
  }
  if (background.keeps_house) background.decays = trace.inference.decays();
  // A trace that is run by itself has as many processors as it tells of.
  if (loading.stands_for_trace) world.cpus = std::max(world.cpus, trace.cpus);
}

// The zone layer lies behind the lists per processor.
void leave_out_cpu_lists(Loading& loading, Place place, PhysicalMemoryConfig& memory) {
  if (memory.policy != "linux") return;
  if (memory.policy_options.emplace("pcp", "off").first->second == "off") {
    for (const std::string& limit : loading.told_limits) memory.policy_options.erase(limit);
    return;
  }
  loading.faults.add(place, "the zone layer lies behind the lists per processor",
                     "leave out pcp, or take the page layer");
}

void read_one(Loading& loading, const Node& node, WorldConfig& world) {
  const std::size_t before = loading.faults.count();
  MapReader map(loading, node, background_group());
  BackgroundConfig background;
  const std::string file = map.text("trace", "");
  const std::string stem = file.substr(file.rfind('/') + 1);  // of no slash: the whole
  background.name = map.text("name", stem.substr(0, stem.find('.')));
  if (!file.empty() && map.find("name") == nullptr && !is_name(background.name)) {
    loading.faults.add(map.place("trace"), fmt::format("{} is no name", loader::in_quotes(background.name)),
                       "give the background a name");
  }
  background.at = SimTime(map.duration("start", SimDuration()).count());
  background.passes = map.integer("repeat", background.passes);
  background.pause = map.duration("pause", background.pause);
  background.speed_percent = static_cast<std::uint32_t>(map.integer("speed_percent", background.speed_percent));
  background.share_percent = static_cast<std::uint32_t>(map.integer("share_percent", background.share_percent));
  background.frees_start = map.boolean("frees_start", background.frees_start);
  if (background.frees_start && world.start.is_empty()) {
    loading.faults.add(map.place("frees_start"), "frees_start: nothing is in use at the start",
                       "say with machine.start how the recorded machine stood");
  }
  if (map.find("region") != nullptr) {
    auto regions = regions_named(loading, map.place("region"), map.text("region", ""), world.memory);
    if (regions) background.from = std::move(*regions);
  }
  background.layer = static_cast<TraceLayer>(map.choice("layer", static_cast<std::size_t>(background.layer)));
  background.keeps_house = map.boolean("housekeeping", background.keeps_house);
  if (background.layer == TraceLayer::zone) leave_out_cpu_lists(loading, map.place("layer"), world.memory);
  if (background.frees_start && world.start.zone && world.start.zone->lists) {
    const RegionConfig& region = world.memory.regions[world.start.zone->region.value()];
    background.zone = frames_of(loading.page_size, region.base, region.size);
  }
  const std::optional<std::string> path = recorded_file(loading, map.place("trace"), file);
  if (!path || loading.faults.count() != before) return;
  read_trace(loading, map.place("trace"), *path, world, background);
  world.background.push_back(std::move(background));
}

}  // namespace

void read_background(Loading& loading, MapReader& root, WorldConfig& world) {
  constexpr std::size_t kMost = 256;
  const std::vector<NodeId>& items = root.list("background");
  if (items.size() > kMost) {
    loading.faults.add(root.place("background"), fmt::format("background: at most {} are allowed", kMost));
    return;
  }
  std::map<std::string, Place, std::less<>> places;
  for (const NodeId id : items) {
    const Node& node = loading.tree[id];
    const std::size_t before = world.background.size();
    read_one(loading, node, world);
    if (world.background.size() == before) continue;
    const std::string& name = world.background.back().name;
    const auto [entry, is_new] = places.emplace(name, node.place);
    if (is_new) continue;
    loading.faults.add(node.place,
                       fmt::format("there is another background {}, in {}", loader::in_quotes(name),
                                   loading.faults.describe(entry->second)),
                       "give it a name of its own");
  }
}

}  // namespace memsim::loader
