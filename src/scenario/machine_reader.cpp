#include <algorithm>
#include <set>
#include <span>

#include <fmt/format.h>

#include <memsim/kernel/cost_names.hpp>
#include <memsim/phys/physical_memory_check.hpp>
#include "scenario/world_reader.hpp"

namespace memsim::loader {
namespace {

// Where no region is listed: 64 MiB behind the first MiB, which firmware likes to keep.
constexpr std::string_view kDefaultRegionName = "memory/below4G/ram/sysram";
constexpr std::uint64_t kDefaultRegionBase = std::uint64_t{1} << 20;
constexpr std::uint64_t kDefaultRegionSize = std::uint64_t{64} << 20;

// Real machines have a handful of each.
constexpr std::size_t kRegionsMax = 1024;
constexpr std::size_t kReservationsMax = 4096;

std::span<const NodeId> capped_list(Context& context, MapReader& map, std::string_view key, std::size_t cap) {
  const std::vector<NodeId>& items = map.list(key);
  if (items.size() <= cap) return items;
  context.faults.add(map.place(key), fmt::format("{}: at most {} are allowed", key, cap));
  return std::span(items).first(cap);
}

RegionConfig default_region(PageSize page_size) {
  RegionConfig region;
  region.name = kDefaultRegionName;
  region.base = PhysAddr(page_size.bytes_of(page_size.frames_covering(Bytes(kDefaultRegionBase))).count());
  region.size = page_size.bytes_of(page_size.frames_covering(Bytes(kDefaultRegionSize)));
  return region;
}

RegionConfig read_region(Context& context, const Node& node) {
  MapReader map(context, node, region_group());
  RegionConfig region;
  region.name = map.text("name", "region");
  region.base = map.address("base", PhysAddr());
  region.size = map.size("size", context.page_size.bytes());
  region.general = map.boolean("general", region.general);
  region.preference = map.signed_integer("preference", region.preference);
  return region;
}

ReservationConfig read_reservation(Context& context, const Node& node) {
  MapReader map(context, node, reservation_group());
  ReservationConfig reservation;
  reservation.name = map.text("name", "reservation");
  reservation.base = map.address("base", PhysAddr());
  reservation.size = map.size("size", context.page_size.bytes());
  return reservation;
}

void read_costs(Context& context, const Node& node, CostModel& costs) {
  MapReader map(context, node, costs_group());
  for (const CostName& cost : kCostNames) costs.*cost.member = map.duration(cost.name, costs.*cost.member);
}

ProbeConfig read_probe(Context& context, const Node& node) {
  MapReader map(context, node, probe_group());
  ProbeConfig probe;
  probe.name = map.text("name", "probe");
  probe.size = map.size("size", context.page_size.bytes());
  probe.alignment = map.size("alignment", probe.alignment);
  probe.boundary = map.size("boundary", probe.boundary);
  const Bytes page = context.page_size.bytes();
  for (const auto& [key, size] : {std::pair("alignment", probe.alignment), std::pair("boundary", probe.boundary)}) {
    if (size.is_zero() || (std::has_single_bit(size.count()) && size >= page)) continue;
    context.faults.add(map.place(key), fmt::format("{}: expected a power of two of at least a page", key));
  }
  probe.window_first = map.address("above", probe.window_first);
  if (map.find("below") != nullptr) {
    probe.window_last = PhysAddr(map.address("below", PhysAddr::max()).value() - 1);
    if (probe.window_last < probe.window_first) {
      context.faults.add(map.place("below"), "below: no address lies above 'above' and below 'below'");
    }
  }
  probe.contiguity = map.boolean("contiguous", true) ? Contiguity::contiguous : Contiguity::scattered;
  if (probe.contiguity == Contiguity::contiguous && !probe.boundary.is_zero() && probe.size > probe.boundary) {
    context.faults.add(map.place("boundary"), "boundary: no run of the probe's size lies between two of its multiples",
                       "make it at least as large as 'size', or add 'contiguous: false'");
  }
  return probe;
}

}  // namespace

void read_page_size(Context& context, const Node& root) {
  const Entry* machine = context.tree.find(root, "machine");
  if (machine == nullptr || context.tree[machine->value].kind != Node::Kind::map) return;
  const Entry* entry = context.tree.find(context.tree[machine->value], "page_size");
  if (entry == nullptr) return;
  // Its own unit "pages" would be circular; read with a machine of 4 KiB, it is refused below.
  const Node& node = context.tree[entry->value];
  if (node.text.find("page") != std::string::npos) {
    context.faults.add(node.place, "page_size: a page cannot be measured in pages", "write 4KiB");
    return;
  }
  Faults unreported(context.source, context.options.set);
  Context quiet{context.tree, unreported, context.options, context.source};
  const Bytes size = MapReader(quiet, context.tree[machine->value], machine_group()).size("page_size", Bytes(0));
  if (size.is_zero()) return;  // reported when the machine is read
  if (!std::has_single_bit(size.count())) {
    context.faults.add(node.place, "page_size: expected a power of two from 512 B to 1 TiB");
    return;
  }
  context.page_size = PageSize::of(size);
}

void read_machine(Context& context, MapReader& root, WorldConfig& world) {
  world.memory.page_size = context.page_size;
  const Node* node = root.find("machine");
  if (node != nullptr) {
    MapReader map(context, *node, machine_group());
    static_cast<void>(map.size("page_size", context.page_size.bytes()));
    world.cpus = static_cast<std::uint32_t>(map.integer("cpus", world.cpus));
    world.timeslice = map.duration("timeslice", world.timeslice);
    for (const NodeId id : capped_list(context, map, "regions", kRegionsMax)) {
      world.memory.regions.push_back(read_region(context, context.tree[id]));
    }
    for (const NodeId id : capped_list(context, map, "reservations", kReservationsMax)) {
      world.memory.reservations.push_back(read_reservation(context, context.tree[id]));
    }
    if (const Node* memmgr = map.find("memory_manager")) {
      MapReader keys(context, *memmgr, memory_manager_group());
      world.memmgr.threads = static_cast<std::uint32_t>(keys.integer("threads", world.memmgr.threads));
      world.memmgr.priority = static_cast<std::uint8_t>(keys.integer("priority", world.memmgr.priority));
    }
    world.contiguous_failure = static_cast<ContiguousFailure>(
        map.choice("contiguous_failure", static_cast<std::size_t>(world.contiguous_failure)));
    if (const Node* costs = map.find("costs")) read_costs(context, *costs, world.costs);
    if (map.find("regions") != nullptr) return;
  }
  world.memory.regions.push_back(default_region(context.page_size));
}

void read_policy(Context& context, MapReader& root, PhysicalMemoryConfig& memory) {
  const Node* node = root.find("policy");
  if (node == nullptr) return;
  if (node->kind == Node::Kind::scalar) {
    memory.policy = node->text;
  } else if (node->kind == Node::Kind::map) {
    for (const Entry& entry : node->entries) {
      const std::string* text = scalar_text(context, context.tree[entry.value], "a single value");
      if (text == nullptr) continue;
      if (entry.key == "name") {
        memory.policy = *text;
      } else {
        memory.policy_options[entry.key] = *text;
      }
    }
  } else {
    context.faults.add(node->place, fmt::format("a policy is a name or a map, not {}", kind_name(node->kind)));
    return;
  }
  const Policy* policy = find_policy(memory.policy);
  if (policy == nullptr) {
    std::vector<std::string_view> names;
    for (const Policy& known : policies()) names.push_back(known.name);
    const Entry* name = context.tree.find(*node, "name");
    context.faults.add(name == nullptr ? node->place : context.tree[name->value].place,
                       fmt::format("there is no policy {}", quoted(memory.policy)), suggestion(memory.policy, names));
    memory.policy = PhysicalMemoryConfig().policy;
    memory.policy_options.clear();
    return;
  }
  for (const auto& [name, value] : memory.policy_options) {
    const auto checked = check_policy_option(*policy, memory.policy_options, name);
    if (checked) continue;
    const Diagnostic& diagnostic = checked.error().front();
    context.faults.add(context.tree.find(*node, name)->key_place, diagnostic.message, diagnostic.help);
  }
}

void read_record(Context& context, MapReader& root, RecordConfig& record) {
  const Node* node = root.find("record");
  if (node == nullptr) return;
  MapReader map(context, *node, record_group());
  record.every = map.duration("every", record.every);
  record.at_each_change = map.boolean("at_each_change", record.at_each_change);
  record.segment_lengths = map.boolean("segment_lengths", record.segment_lengths);
  std::set<std::string> names;
  for (const NodeId id : map.list("probes")) {
    const Node& probe = context.tree[id];
    record.probes.push_back(read_probe(context, probe));
    const std::string& name = record.probes.back().name;
    if (!names.insert(name).second) {
      context.faults.add(probe.place, fmt::format("there is another probe {}", quoted(name)));
    }
  }
  names.clear();
  for (const NodeId id : map.list("devices")) {
    const Node& device = context.tree[id];
    record.devices.push_back(read_device(context, device));
    const std::string& name = record.devices.back().name;
    if (!names.insert(name).second) {
      context.faults.add(device.place, fmt::format("there is another device {}", quoted(name)));
    }
  }
}

// A region or reservation that is wrong in itself is reported where it stands; what is wrong between them, at the list.
void check_memory(Context& context, MapReader& root, const PhysicalMemoryConfig& memory) {
  const Node* machine_node = root.find("machine");
  static const Node kNothing;
  const Node& machine = machine_node == nullptr ? kNothing : *machine_node;
  const Entry* regions = context.tree.find(machine, "regions");
  const std::size_t before = context.faults.count();
  PhysicalMemoryConfig single;  // with the default policy: the scenario's own is checked where it stands
  single.page_size = memory.page_size;
  for (std::size_t i = 0; regions != nullptr && i < memory.regions.size(); ++i) {
    single.regions.assign(1, memory.regions[i]);
    const auto checked = check_physical_memory(single);
    if (checked) continue;
    const Node& region = context.tree[context.tree[regions->value].items[i]];
    context.faults.add(region.place, checked.error().front().message, checked.error().front().help);
  }
  if (context.faults.count() != before) return;
  single.regions = memory.regions;
  single.reservations = memory.reservations;
  const auto checked = check_physical_memory(single);
  if (checked) return;
  for (const Diagnostic& diagnostic : checked.error()) {
    const bool is_reserved = diagnostic.message.starts_with("reservation");
    const Entry* list = is_reserved ? context.tree.find(machine, "reservations") : regions;
    const Place place = list == nullptr ? machine.place : context.tree[list->value].place;
    context.faults.add(place, diagnostic.message, diagnostic.help, diagnostic.code);
  }
}

}  // namespace memsim::loader
