// `background`: recorded traces that play beside the processes.
#include <array>
#include <map>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>
#include <memsim/replay/trace.hpp>

#include "scenario/recorded/recorded_files.hpp"
#include "scenario/world_reader.hpp"

namespace memsim::loader {
namespace {

// What a look at the whole trace finds.
struct TraceLook {
  std::uint64_t events = 0;  // that a background plays
  SimDuration length;
  ByteHasher content;
};

void note(ByteHasher& content, const TraceEvent& event) {
  const std::array<std::uint64_t, 3> numbers = {
      event.time.value(), event.first.value() << 32U | event.count,
      std::uint64_t{event.cpu.value()} << 32U | static_cast<std::uint64_t>(event.op) << 24U |
          static_cast<std::uint64_t>(event.mobility) << 16U | std::uint64_t{event.flags} << 8U | event.alignment_log2};
  for (const std::uint64_t number : numbers) {
    std::array<std::uint8_t, 8> bytes{};
    for (unsigned i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    content.add(std::as_bytes(std::span(bytes)));
  }
}

HostResult<TraceLook> look_at(TraceReader& trace) {
  TraceLook look;
  for (std::vector<TraceEvent> events;;) {
    HostResult<void> read = trace.next(events);
    if (!read) return Unexpected(std::move(read).error());
    if (events.empty()) return look;
    for (const TraceEvent& event : events) {
      if (event.op != TraceOp::allocate && event.op != TraceOp::release) continue;
      ++look.events;
      note(look.content, event);
    }
    look.length = events.back().time - SimTime();
  }
}

// So that any mistake in a trace is told before the run, at its line.
void read_trace(Context& context, Place place, const std::string& path, BackgroundConfig& background) {
  HostResult<std::unique_ptr<TraceReader>> trace = open_trace(path);
  if (!trace) return add_all(context, place, std::move(trace).error());
  const PageSize page_size = (*trace)->header().page_size;
  if (page_size != context.page_size) {
    return context.faults.add(
        place, fmt::format("the pages of this trace have {}, those of the machine {}",
                           format_size_exact(page_size.bytes()), format_size_exact(context.page_size.bytes())));
  }
  HostResult<TraceLook> look = look_at(**trace);
  if (!look) return add_all(context, place, std::move(look).error());
  if (look->events == 0) return context.faults.add(place, "no page is taken or given back in this trace");
  background.length = look->length;
  background.open = [path] { return open_trace(path); };
  const std::array<std::uint64_t, 2> content = {look->events, look->content.value()};
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
