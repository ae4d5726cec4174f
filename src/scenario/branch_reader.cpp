#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include "scenario/program/process_names.hpp"
#include "scenario/world_reader.hpp"
#include "scenario/yaml/overrides.hpp"

namespace memsim::loader {
namespace {

// Each is a whole world.
constexpr std::size_t kBranchesMax = 256;
constexpr std::uint64_t kSpawnMax = 16'000'000;

// Reads the changes of one branch, wherever they stand.
class ChangeReader {
 public:
  ChangeReader(Loading& loading, const ProcessNames& names, const WorldConfig& world)
      : loading_(loading), names_(names), world_(world) {}

  // What the map says of the policy, the costs and the semantics, on top of what the scenario says of them.
  void read_settings(Loading& loading, MapReader& costs_parent, MapReader& map) {
    if (map.find("policy") != nullptr) {
      PhysicalMemoryConfig memory;
      read_policy(loading, map, memory);
      change.policy = PolicyChoice{memory.policy, memory.policy_options};
    }
    if (costs_parent.find("costs") != nullptr) {
      change.costs = world_.costs;
      read_costs(loading, costs_parent, *change.costs);
    }
    if (const Node* node = map.find("semantics")) {
      change.semantics = world_.semantics;
      read_semantics(loading, map, *change.semantics);
      const std::string_view fixed = fixed_semantics(world_.semantics, *change.semantics);
      if (const Entry* entry = loading.tree.find(*node, fixed); entry != nullptr) {
        cannot_change(loading.tree[entry->value].place, fmt::format("semantics.{}", fixed));
      }
    }
  }

  void cannot_change(Place place, std::string_view path) {
    loading_.faults.add(place, fmt::format("{} cannot change in the middle of a run", path),
                        "policy, machine.costs and semantics can; the rest is for the scenario");
  }

  // "camera" or "camera*3".
  void spawn(Place place, std::string_view text) {
    const std::size_t star = std::min(text.find('*'), text.size());
    ProcessStarts starts{std::string(text.substr(0, star)), 1};
    if (!names_.is_process(starts.process)) return no_process(place, starts.process);
    if (star < text.size()) {
      const Parsed<std::uint64_t> count = parse_unsigned(text.substr(star + 1));
      if (!count || *count == 0 || *count > kSpawnMax) {
        return loading_.faults.add(place, fmt::format("spawn: {} is no NAME*COUNT", in_quotes(text)),
                                   fmt::format("COUNT is 1 to {}", kSpawnMax));
      }
      starts.count = static_cast<std::uint32_t>(*count);
    }
    loading_.mentions.spawned.insert(starts.process);
    change.spawn.push_back(std::move(starts));
  }

  void kill(Place place, const std::string& name) {
    if (!names_.is_process_or_instance(name)) return no_process(place, name);
    change.kill.push_back(name);
  }

  WorldChange change;

 private:
  void no_process(Place place, const std::string& name) {
    loading_.faults.add(place, fmt::format("there is no process {}", in_quotes(name)),
                        [&] { return suggestion(name, names_.names()); });
  }

  Loading& loading_;
  const ProcessNames& names_;
  const WorldConfig& world_;
};

// The section of the file.
class SectionReader {
 public:
  SectionReader(Loading& loading, const ProcessNames& names, Scenario& scenario)
      : loading_(loading), names_(names), scenario_(scenario) {}

  void run(const Node& node) {
    MapReader map(loading_, node, branches_group());
    read_moment(map);
    for (const NodeId id : map.list("each")) {
      if (scenario_.branches.size() < kBranchesMax) {
        read_branch(loading_.tree[id]);
        continue;
      }
      return loading_.faults.add(map.place("each"), fmt::format("each: at most {} are allowed", kBranchesMax));
    }
  }

 private:
  void read_moment(MapReader& map) {
    const std::string at = map.text("at", "failure");
    scenario_.has_branch_moment = true;
    if (at == "failure") return;
    const Parsed<SimDuration> time = parse_duration(at);
    if (time && *time <= kLongestTime) {
      scenario_.branch_at = SimTime(time->count());
    } else {
      loading_.faults.add(map.place("at"), fmt::format("at: {}", time ? "that is after 146 years" : time.error()),
                          "or failure: before a contiguous request is refused first");
    }
  }

  void read_branch(const Node& node) {
    MapReader map(loading_, node, what_if_group());
    ChangeReader reader(loading_, names_, scenario_.world);
    const std::string name = map.text("name", "branch");
    if (map.find("name") != nullptr && !seen_.insert(name).second) {
      loading_.faults.add(map.place("name"), fmt::format("there is another branch {}", in_quotes(name)));
    }
    reader.read_settings(loading_, map, map);
    if (map.find("seed") != nullptr) reader.change.seed = map.integer("seed", 0);
    for (const NodeId id : map.list("spawn")) {
      const Node& item = loading_.tree[id];
      if (const std::string* text = scalar_text(loading_, item, "a process such as camera*2")) {
        reader.spawn(item.place, *text);
      }
    }
    for (const NodeId id : map.list("kill")) {
      const Node& item = loading_.tree[id];
      if (const std::string* text = scalar_text(loading_, item, "a process")) reader.kill(item.place, *text);
    }
    scenario_.branches.push_back({name, std::move(reader.change)});
  }

  Loading& loading_;
  const ProcessNames& names_;
  Scenario& scenario_;
  std::set<std::string> seen_;
};

bool can_change(std::string_view path) {
  return path == "policy" || path.starts_with("policy.") || path.starts_with("machine.costs.") ||
         path.starts_with("semantics.");
}

// What the scenario says where `tree` has the assignments of a branch.
void read_changed_tree(Loading& loading, const Tree& tree, const BranchOrder& order, ChangeReader& reader) {
  Loading changed{tree, loading.faults, loading.options, loading.source, loading.mentions, loading.page_size};
  Node no_machine;
  no_machine.kind = Node::Kind::map;
  MapReader root(changed, tree[tree.root], root_group());
  const Entry* machine = tree.find(tree[tree.root], "machine");
  MapReader map(changed, machine == nullptr ? no_machine : tree[machine->value], machine_group());
  reader.read_settings(changed, map, root);
  const bool changes_policy = std::any_of(order.change.begin(), order.change.end(),
                                          [](const Override& one) { return one.path.starts_with("policy"); });
  if (!changes_policy) reader.change.policy.reset();
}

// What a branch of the command line changes, its first assignment having the number `first` among the overrides.
WorldChange read_order(Loading& loading, const ProcessNames& names, const WorldConfig& world, const BranchOrder& order,
                       std::uint32_t first) {
  ChangeReader reader(loading, names, world);
  Tree tree = loading.tree;
  bool sets = false;
  for (std::uint32_t i = 0; i < order.change.size(); ++i) {
    const Override& one = order.change[i];
    const Place place = Place::of_override(first + i);
    if (one.path == "spawn") {
      reader.spawn(place, one.value);
    } else if (one.path == "kill") {
      reader.kill(place, one.value);
    } else if (one.path == "seed") {
      const Parsed<std::uint64_t> seed = parse_unsigned(one.value);
      if (!seed) loading.faults.add(place, fmt::format("seed: {}", seed.error()));
      if (seed) reader.change.seed = *seed;
    } else if (can_change(one.path)) {
      apply_overrides(tree, std::span(&one, 1), loading.faults, first + i);
      sets = true;
    } else {
      reader.cannot_change(place, one.path);
    }
  }
  if (sets && loading.faults.empty()) read_changed_tree(loading, tree, order, reader);
  return std::move(reader.change);
}

}  // namespace

void read_branches(Loading& loading, const Node& root_node, MapReader& root, Scenario& scenario) {
  const ProcessNames names(loading, root_node);
  if (const Node* node = root.find("branches")) SectionReader(loading, names, scenario).run(*node);
  if (loading.options.branches.empty() || !loading.faults.empty()) return;
  scenario.branches.clear();
  std::uint32_t first = loading.first_branch_override;
  for (const BranchOrder& order : loading.options.branches) {
    scenario.branches.push_back({order.name, read_order(loading, names, scenario.world, order, first)});
    first += static_cast<std::uint32_t>(order.change.size());
  }
}

}  // namespace memsim::loader
