#include <algorithm>
#include <optional>
#include <set>
#include <span>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>
#include <memsim/kernel/cost_names.hpp>
#include <memsim/phys/physical_memory_check.hpp>
#include "scenario/region_names.hpp"
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
constexpr std::size_t kInterruptsMax = 1024;
// Each sample tries them all.
constexpr std::size_t kProbesMax = 256;

std::span<const NodeId> capped_list(Loading& loading, MapReader& map, std::string_view key, std::size_t cap) {
  const std::vector<NodeId>& items = map.list(key);
  if (items.size() <= cap) return items;
  loading.faults.add(map.place(key), fmt::format("{}: at most {} are allowed", key, cap));
  return std::span(items).first(cap);
}

RegionConfig default_region(PageSize page_size) {
  RegionConfig region;
  region.name = kDefaultRegionName;
  region.base = PhysAddr(page_size.bytes_of(page_size.frames_covering(Bytes(kDefaultRegionBase))).count());
  region.size = page_size.bytes_of(page_size.frames_covering(Bytes(kDefaultRegionSize)));
  return region;
}

RegionConfig read_region(Loading& loading, const Node& node) {
  MapReader map(loading, node, region_group());
  RegionConfig region;
  region.name = map.text("name", "region");
  region.base = map.address("base", PhysAddr());
  region.size = map.size("size", loading.page_size.bytes());
  region.general = map.boolean("general", region.general);
  region.preference = map.signed_integer("preference", region.preference);
  return region;
}

ReservationConfig read_reservation(Loading& loading, const Node& node) {
  MapReader map(loading, node, reservation_group());
  ReservationConfig reservation;
  reservation.name = map.text("name", "reservation");
  reservation.base = map.address("base", PhysAddr());
  reservation.size = map.size("size", loading.page_size.bytes());
  return reservation;
}

InterruptSource read_interrupt(Loading& loading, const Node& node) {
  MapReader map(loading, node, interrupt_group());
  InterruptSource source;
  source.name = map.text("name", "interrupt");
  source.vector = static_cast<std::uint32_t>(map.integer("vector", 0));
  source.every = map.duration("every", source.every);
  source.first = SimTime() + map.duration("first", source.every);
  source.count = map.integer("count", source.count);
  source.priority = static_cast<std::uint8_t>(map.integer("priority", source.priority));
  return source;
}

void read_interrupts(Loading& loading, MapReader& machine, std::vector<InterruptSource>& sources) {
  for (const NodeId id : capped_list(loading, machine, "interrupts", kInterruptsMax)) {
    const Node& node = loading.tree[id];
    InterruptSource source = read_interrupt(loading, node);
    for (const InterruptSource& other : sources) {
      if (other.vector == source.vector || other.name == source.name) {
        loading.faults.add(node.place, fmt::format("there is another interrupt source with the {}",
                                                   other.vector == source.vector ? "vector" : "name"));
      }
    }
    sources.push_back(std::move(source));
  }
}

ProbeConfig read_probe(Loading& loading, const Node& node) {
  MapReader map(loading, node, probe_group());
  ProbeConfig probe;
  probe.name = map.text("name", "probe");
  probe.size = map.size("size", loading.page_size.bytes());
  probe.alignment = map.size("alignment", probe.alignment);
  probe.boundary = map.size("boundary", probe.boundary);
  const Bytes page = loading.page_size.bytes();
  for (const auto& [key, size] : {std::pair("alignment", probe.alignment), std::pair("boundary", probe.boundary)}) {
    if (size.is_zero() || (std::has_single_bit(size.count()) && size >= page)) continue;
    loading.faults.add(map.place(key), fmt::format("{}: expected a power of two of at least a page", key));
  }
  probe.window_first = map.address("above", probe.window_first);
  if (map.find("below") != nullptr) {
    probe.window_last = PhysAddr(map.address("below", PhysAddr::max()).value() - 1);
    if (probe.window_last < probe.window_first) {
      loading.faults.add(map.place("below"), "below: no address lies above 'above' and below 'below'");
    }
  }
  probe.contiguity = map.boolean("contiguous", true) ? Contiguity::contiguous : Contiguity::scattered;
  if (probe.contiguity == Contiguity::contiguous && !probe.boundary.is_zero() && probe.size > probe.boundary) {
    loading.faults.add(map.place("boundary"), "boundary: no run of the probe's size lies between two of its multiples",
                       "make it at least as large as 'size', or add 'contiguous: false'");
  }
  return probe;
}

}  // namespace

namespace {

// Regions and reservations that could be read, for the check of memory as a whole, and where each of them stands.
class MemoryCheck {
 public:
  explicit MemoryCheck(Loading& loading) : loading_(loading) { config_.page_size = loading.page_size; }

  void add(const Node& node, const RegionConfig& region) {
    config_.regions.push_back(region);
    region_places_.push_back(node.place);
  }
  void add(const Node& node, const ReservationConfig& reservation) {
    config_.reservations.push_back(reservation);
    reservation_places_.push_back(node.place);
  }
  // The regions that the entries make; the entries where there are faults. What could not be read may be the region
  // that a reservation lies in.
  std::vector<RegionConfig> run(Place list, bool has_all_regions) {
    const std::vector<RegionConfig> entries = config_.regions;
    const std::vector<std::size_t> names = further_names(entries);
    // Each further name is looked at by itself: it may lie over other regions.
    bool is_sound = !names.empty();
    for (const std::size_t name : names) {
      PhysicalMemoryConfig alone;
      alone.page_size = config_.page_size;
      alone.regions = {entries[name]};
      const std::vector<MemoryFault> faults = find_memory_faults(alone);
      for (const MemoryFault& fault : faults) add_fault(region_places_[name], fault);
      is_sound = is_sound && faults.empty();
    }
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
      config_.regions.erase(config_.regions.begin() + static_cast<std::ptrdiff_t>(*name));
      region_places_.erase(region_places_.begin() + static_cast<std::ptrdiff_t>(*name));
    }
    using Subject = MemoryFault::Subject;
    is_sound = is_sound && !has_region_faults();
    if (is_sound) {
      config_.regions = disjoint_regions(entries);
      region_places_.assign(config_.regions.size(), list);
    }
    for (const MemoryFault& fault : find_memory_faults(config_)) {
      if (!has_all_regions && (fault.is_homeless || fault.subject == Subject::machine)) continue;
      const Place place = fault.subject == Subject::region        ? region_places_[fault.index]
                          : fault.subject == Subject::reservation ? reservation_places_[fault.index]
                                                                  : list;
      add_fault(place, fault);
    }
    return is_sound ? config_.regions : entries;
  }

 private:
  [[nodiscard]] bool has_region_faults() const {
    const std::vector<MemoryFault> faults = find_memory_faults(config_);
    return std::any_of(faults.begin(), faults.end(),
                       [](const MemoryFault& fault) { return fault.subject == MemoryFault::Subject::region; });
  }
  void add_fault(Place place, const MemoryFault& fault) {
    loading_.faults.add(place, fault.diagnostic.message, fault.diagnostic.help, fault.diagnostic.code);
  }

  Loading& loading_;
  PhysicalMemoryConfig config_;  // with the default policy: the scenario's own is checked where it stands
  std::vector<Place> region_places_;
  std::vector<Place> reservation_places_;
};

// Where the area lies, or a fault. Requires: an aligned region.
std::optional<PhysAddr> read_area_place(Loading& loading, MapReader& map, const RegionConfig& region, Bytes size,
                                        const std::vector<ReservationConfig>& reservations) {
  const Bytes block = page_block(loading.page_size);
  const auto add = [&](std::string_view key, std::string message, std::string help) {
    loading.faults.add(map.place(key), std::move(message), std::move(help));
    return std::nullopt;
  };
  const std::string blocks = fmt::format("page blocks of {}", format_size_exact(block));
  if (size % block != Bytes()) return add("size", fmt::format("size: a CMA area is made of {}", blocks), {});
  if (size >= region.size) return add("size", "size: a CMA area leaves some of its region to what cannot move", {});
  if (map.find("base") == nullptr) {
    const auto place = place_of_area(region, size, block, reservations);
    if (place) return place;
    return add("size", fmt::format("size: the region has no place without a reservation for an area of {}", blocks),
               "make it smaller, or the region larger");
  }
  const PhysAddr base = map.address("base", region.base);
  if (base.value() % block.count() != 0) {
    return add("base", fmt::format("base: a CMA area is made of {}", blocks),
               fmt::format("write {:#x}", base.value() / block.count() * block.count()));
  }
  if (base < region.base || base - region.base > region.size - size) {
    return add("base", "base: the area ends outside of its region", {});
  }
  for (const ReservationConfig& reserved : reservations) {
    if (base + size <= reserved.base || reserved.base + reserved.size <= base) continue;
    return add("base", fmt::format("base: reservation {} lies in the area", loader::in_quotes(reserved.name)),
               "leave out 'base', or put one of them elsewhere");
  }
  return base;
}

// Each area is an entry of its own, over its region.
void read_areas(Loading& loading, MapReader& machine, const PhysicalMemoryConfig& memory, MemoryCheck& check) {
  const std::vector<NodeId>& items = machine.list("regions");
  for (std::size_t i = 0; i < std::min(items.size(), kRegionsMax); ++i) {
    const Node& node = loading.tree[items[i]];
    const RegionConfig& region = memory.regions[i];
    const Entry* entry = node.kind == Node::Kind::map ? loading.tree.find(node, "cma") : nullptr;
    if (entry == nullptr) continue;
    const std::size_t before = loading.faults.count();
    MapReader map(loading, loading.tree[entry->value], cma_group());
    const Bytes size = map.size("size", page_block(loading.page_size));
    if (!region.general) {
      loading.faults.add(entry->key_place, "cma: the region is for typed memory only, which does not move",
                         "leave out 'cma' or 'general'");
    }
    const bool is_aligned = loading.page_size.is_aligned(region.base) && loading.page_size.is_aligned(region.size);
    if (loading.faults.count() != before || !is_aligned) continue;
    const auto base = read_area_place(loading, map, region, size, memory.reservations);
    if (base) check.add(node, area_of(region, *base, size));
  }
}

void read_memory(Loading& loading, MapReader& machine, PhysicalMemoryConfig& memory) {
  MemoryCheck check(loading);
  const auto read_list = [&](std::string_view key, std::size_t cap, auto& list, auto&& read) {
    bool is_whole = true;
    for (const NodeId id : capped_list(loading, machine, key, cap)) {
      const std::size_t before = loading.faults.count();
      list.push_back(read(loading, loading.tree[id]));
      const bool is_read = loading.faults.count() == before;
      if (is_read) check.add(loading.tree[id], list.back());
      is_whole = is_whole && is_read;
    }
    return is_whole;
  };
  const std::size_t before = loading.faults.count();
  const bool has_all_regions = read_list("regions", kRegionsMax, memory.regions, read_region);
  if (machine.find("regions") == nullptr) {
    memory.regions.push_back(default_region(loading.page_size));
    check.add(Node(), memory.regions.back());
  }
  static_cast<void>(read_list("reservations", kReservationsMax, memory.reservations, read_reservation));
  read_areas(loading, machine, memory, check);
  const bool is_whole = has_all_regions && loading.faults.count() == before;
  std::vector<RegionConfig> regions = check.run(machine.place("regions"), is_whole);
  if (is_whole) memory.regions = std::move(regions);
}

}  // namespace

PageSize read_page_size(Loading& loading, MapReader& machine) {
  const Node* node = machine.find("page_size");
  if (node == nullptr) return {};
  if (node->text.find("page") != std::string::npos) {
    loading.faults.add(node->place, "page_size: a page cannot be measured in pages", "write 4KiB");
    return {};
  }
  const Bytes size = machine.size("page_size", PageSize().bytes());
  if (std::has_single_bit(size.count())) return PageSize::of(size);
  loading.faults.add(node->place, "page_size: expected a power of two from 512 B to 1 TiB");
  return {};
}

void read_costs(Loading& loading, MapReader& parent, CostModel& costs) {
  const Node* node = parent.find("costs");
  if (node == nullptr) return;
  MapReader map(loading, *node, costs_group());
  for (const CostName& cost : kCostNames) costs.*cost.member = map.duration(cost.name, costs.*cost.member);
}

void read_machine(Loading& loading, MapReader& map, WorldConfig& world) {
  world.memory.page_size = loading.page_size;
  world.cpus = static_cast<std::uint32_t>(map.integer("cpus", world.cpus));
  world.timeslice = map.duration("timeslice", world.timeslice);
  read_memory(loading, map, world.memory);
  if (const Node* memmgr = map.find("memory_manager")) {
    MapReader keys(loading, *memmgr, memory_manager_group());
    world.memmgr.threads = static_cast<std::uint32_t>(keys.integer("threads", world.memmgr.threads));
    world.memmgr.priority = static_cast<std::uint8_t>(keys.integer("priority", world.memmgr.priority));
  }
  world.contiguous_failure = static_cast<ContiguousFailure>(
      map.choice("contiguous_failure", static_cast<std::size_t>(world.contiguous_failure)));
  read_interrupts(loading, map, world.interrupts);
  read_costs(loading, map, world.costs);
}

void read_policy(Loading& loading, MapReader& root, PhysicalMemoryConfig& memory) {
  const Node* node = root.find("policy");
  if (node == nullptr) return;
  if (node->kind == Node::Kind::scalar) {
    memory.policy = node->text;
  } else if (node->kind == Node::Kind::map) {
    for (const Entry& entry : node->entries) {
      const std::string* text = scalar_text(loading, loading.tree[entry.value], "a single value");
      if (text == nullptr) continue;
      if (entry.key == "name") {
        memory.policy = *text;
      } else {
        memory.policy_options[entry.key] = *text;
      }
    }
  } else {
    loading.faults.add(node->place, fmt::format("a policy is a name or a map, not {}", kind_name(node->kind)));
    return;
  }
  const Policy* policy = find_policy(memory.policy);
  if (policy == nullptr) {
    std::vector<std::string_view> names;
    for (const Policy& known : policies()) names.push_back(known.name);
    const Entry* name = loading.tree.find(*node, "name");
    loading.faults.add(name == nullptr ? node->place : loading.tree[name->value].place,
                       fmt::format("there is no policy {}", loader::in_quotes(memory.policy)),
                       suggestion(memory.policy, names));
    memory.policy = PhysicalMemoryConfig().policy;
    memory.policy_options.clear();
    return;
  }
  for (const Entry& entry : node->entries) {
    if (!memory.policy_options.contains(entry.key)) continue;
    const auto checked = check_policy_option(*policy, memory.policy_options, entry.key);
    if (checked) continue;
    const Diagnostic& diagnostic = checked.error().front();
    loading.faults.add(entry.key_place, diagnostic.message, diagnostic.help);
  }
}

void read_semantics(Loading& loading, MapReader& parent, Semantics& semantics) {
  const Node* node = parent.find("semantics");
  if (node == nullptr) return;
  MapReader map(loading, *node, semantics_group());
  semantics.not_physical_errno = map.errno_value("not_physical_errno", semantics.not_physical_errno);
  semantics.merge_touching_segments = map.boolean("merge_touching_segments", semantics.merge_touching_segments);
  const bool is_literal = map.choice("already_special_errno", 0) == 1;
  semantics.already_special_errno = is_literal ? Errno::ebadf : Errno::einval;
  semantics.anon_phys_needs_ability = map.boolean("anon_phys_needs_ability", semantics.anon_phys_needs_ability);
  semantics.memmgr_priority_inheritance =
      map.boolean("memmgr_priority_inheritance", semantics.memmgr_priority_inheritance);
  semantics.mem_offset_marks_unmovable =
      map.boolean("mem_offset_marks_unmovable", semantics.mem_offset_marks_unmovable);
  semantics.flags_of_6x = map.boolean("flags_of_6x", semantics.flags_of_6x);
}

void read_record(Loading& loading, MapReader& root, RecordConfig& record) {
  const Node* node = root.find("record");
  if (node == nullptr) return;
  MapReader map(loading, *node, record_group());
  record.every = map.duration("every", record.every);
  record.at_each_change = map.boolean("at_each_change", record.at_each_change);
  record.segment_lengths = map.boolean("segment_lengths", record.segment_lengths);
  std::set<std::string> names;
  for (const NodeId id : capped_list(loading, map, "probes", kProbesMax)) {
    const Node& probe = loading.tree[id];
    record.probes.push_back(read_probe(loading, probe));
    loading.mentions.probes.push_back(probe.place);
    const std::string& name = record.probes.back().name;
    if (!names.insert(name).second) {
      loading.faults.add(probe.place, fmt::format("there is another probe {}", loader::in_quotes(name)));
    }
  }
  names.clear();
  for (const NodeId id : map.list("devices")) {
    const Node& device = loading.tree[id];
    record.devices.push_back(read_device(loading, device));
    const std::string& name = record.devices.back().name;
    if (!names.insert(name).second) {
      loading.faults.add(device.place, fmt::format("there is another device {}", loader::in_quotes(name)));
    }
  }
}

}  // namespace memsim::loader
