// `background`: recorded traces that play beside the processes.
#include <array>
#include <map>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include "scenario/recorded/background_trace.hpp"
#include "scenario/recorded/recorded_files.hpp"
#include "scenario/world_reader.hpp"

namespace memsim::loader {
namespace {

// So that any mistake in a trace is told before the run, at its line.
void read_trace(Context& context, Place place, const std::string& path, BackgroundConfig& background) {
  const HostResult<std::shared_ptr<const BackgroundTrace>> read = background_trace(context.options.store.get(), path);
  if (!read) return add_all(context, place, read.error());
  const BackgroundTrace& trace = **read;
  if (trace.page_size != context.page_size) {
    return context.faults.add(
        place, fmt::format("the pages of this trace have {}, those of the machine {}",
                           format_size_exact(trace.page_size.bytes()), format_size_exact(context.page_size.bytes())));
  }
  if (trace.events == 0) return context.faults.add(place, "no page is taken or given back in this trace");
  background.length = trace.length;
  background.open = trace.open;
  const std::array<std::uint64_t, 2> content = {trace.events, trace.content};
  note_content(context, path, content);
}

void read_one(Context& context, const Node& node, WorldConfig& world) {
  const std::size_t before = context.faults.count();
  MapReader map(context, node, background_group());
  BackgroundConfig background;
  const std::string file = map.text("trace", "");
  const std::string stem = file.substr(file.rfind('/') + 1);  // of no slash: the whole
  background.name = map.text("name", stem.substr(0, stem.find('.')));
  if (!file.empty() && map.find("name") == nullptr && !is_name(background.name)) {
    context.faults.add(map.place("trace"), fmt::format("{} is no name", loader::quoted(background.name)),
                       "give the background a name");
  }
  background.at = SimTime(map.duration("start", SimDuration()).count());
  background.passes = map.integer("repeat", background.passes);
  background.pause = map.duration("pause", background.pause);
  background.speed_percent = static_cast<std::uint32_t>(map.integer("speed_percent", background.speed_percent));
  background.share_percent = static_cast<std::uint32_t>(map.integer("share_percent", background.share_percent));
  background.frees_start = map.boolean("frees_start", background.frees_start);
  if (background.frees_start && world.start.is_empty()) {
    context.faults.add(map.place("frees_start"), "frees_start: nothing is in use at the start",
                       "say with machine.start how the recorded machine stood");
  }
  if (map.find("region") != nullptr) {
    auto regions = regions_named(context, map.place("region"), map.text("region", ""), world.memory);
    if (regions) background.from = std::move(*regions);
  }
  const std::optional<std::string> path = recorded_file(context, map.place("trace"), file);
  if (!path || context.faults.count() != before) return;
  read_trace(context, map.place("trace"), *path, background);
  world.background.push_back(std::move(background));
}

}  // namespace

void read_background(Context& context, MapReader& root, WorldConfig& world) {
  constexpr std::size_t kMost = 256;
  const std::vector<NodeId>& items = root.list("background");
  if (items.size() > kMost) {
    context.faults.add(root.place("background"), fmt::format("background: at most {} are allowed", kMost));
    return;
  }
  std::map<std::string, Place, std::less<>> places;
  for (const NodeId id : items) {
    const Node& node = context.tree[id];
    const std::size_t before = world.background.size();
    read_one(context, node, world);
    if (world.background.size() == before) continue;
    const std::string& name = world.background.back().name;
    const auto [entry, is_new] = places.emplace(name, node.place);
    if (is_new) continue;
    context.faults.add(node.place,
                       fmt::format("there is another background {}, in {}", loader::quoted(name),
                                   context.faults.describe(entry->second)),
                       "give it a name of its own");
  }
}

}  // namespace memsim::loader
