#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include "scenario/program/program_compiler.hpp"
#include "scenario/world_reader.hpp"

namespace memsim::loader {
namespace {

using ProgramPointer = std::shared_ptr<const Program>;

constexpr std::size_t kThreadsMax = 1024;

class ProcessReader {
 public:
  ProcessReader(Loading& loading, const Node& root_node, WorldConfig& world)
      : loading_(loading), names_(loading, root_node), world_(world) {}

  void run(MapReader& root) {
    read_programs(root);
    for (const NodeId id : root.list("processes")) read_process(loading_.tree[id]);
    const bool is_given = root.find("processes") != nullptr;
    if (world_.background.empty() && !is_given && root.find("background") == nullptr) {
      loading_.faults.add(root.place("processes"), "a scenario needs the key 'processes'",
                          "the processes, in the order in which they start");
    }
    if (is_given && world_.processes.empty() && root.find("background") == nullptr) {
      loading_.faults.add(root.place("processes"), "a scenario needs at least one process");
    }
    check_total(root);
  }

 private:
  void read_programs(MapReader& root);
  void read_process(const Node& node);
  void read_start(const Node& node, ProcessConfig& process);
  void read_abilities(const Node& node, Abilities& abilities);
  void read_threads(MapReader& map, const ThreadConfig& main, ProcessConfig& process);
  void check_total(MapReader& root);
  void check_names(const ProcessConfig& process, const MapReader& map);
  ProgramPointer read_program(const MapReader& map);

  Loading& loading_;
  ProcessNames names_;
  WorldConfig& world_;
  TableBudget budget_;
  std::map<std::string, ProgramPointer, std::less<>> programs_;
  std::map<std::string, Place, std::less<>> places_;  // of the processes so far, by name
};

void ProcessReader::read_programs(MapReader& root) {
  const Node* node = root.find("programs");
  if (node == nullptr) return;
  if (node->kind != Node::Kind::map) {
    loading_.faults.add(node->place,
                        fmt::format("programs is a map of names and steps, not {}", kind_name(node->kind)));
    return;
  }
  for (const Entry& entry : node->entries) {
    if (!is_name(entry.key)) {
      loading_.faults.add(entry.key_place, fmt::format("{} is no name", in_quotes(entry.key)),
                          "a name has 1 to 64 of A-Z a-z 0-9 _ . -");
    }
    programs_[entry.key] = compile_program(loading_, names_, budget_, loading_.tree[entry.value]);
  }
}

ProgramPointer ProcessReader::read_program(const MapReader& map) {
  const Node* node = map.find("program");
  if (node == nullptr) return nullptr;
  if (node->kind != Node::Kind::scalar) return compile_program(loading_, names_, budget_, *node);
  const auto found = programs_.find(node->text);
  if (found != programs_.end()) return found->second;
  loading_.faults.add(node->place, fmt::format("there is no program {}", in_quotes(node->text)), [&] {
    std::vector<std::string_view> known;
    for (const auto& [name, program] : programs_) known.push_back(name);
    return suggestion(node->text, known);
  });
  return nullptr;
}

void ProcessReader::read_start(const Node& node, ProcessConfig& process) {
  const std::string* text = scalar_text(loading_, node, "a time such as 10ms, or never");
  if (text == nullptr) return;
  if (*text == "never") {
    process.start = false;
    return;
  }
  const auto time = parse_duration(*text);
  if (time && *time <= kLongestTime) {
    process.start_at = SimTime(time->count());
  } else {
    loading_.faults.add(node.place, time ? "start: the time is longer than 146 years" : "start: " + time.error());
  }
}

void ProcessReader::read_abilities(const Node& node, Abilities& abilities) {
  std::vector<std::string_view> known;
  for (const AbilityName& ability : ability_names()) known.push_back(ability.name);
  if (node.kind == Node::Kind::scalar && node.text == "all") return;
  for (const AbilityName& ability : ability_names()) abilities.*ability.member = false;
  if (node.kind == Node::Kind::scalar && node.text == "none") return;
  if (node.kind != Node::Kind::sequence) {
    loading_.faults.add(node.place, "abilities: expected a list of names, all or none",
                        fmt::format("known: {}", fmt::join(known, ", ")));
    return;
  }
  for (const NodeId id : node.items) {
    const Node& item = loading_.tree[id];
    const std::string* name = scalar_text(loading_, item, "the name of an ability");
    if (name == nullptr) continue;
    const auto found = std::find(known.begin(), known.end(), *name);
    if (found != known.end()) {
      abilities.*ability_names()[static_cast<std::size_t>(found - known.begin())].member = true;
    } else {
      loading_.faults.add(item.place, fmt::format("there is no ability {}", in_quotes(*name)),
                          [&] { return suggestion(*name, known); });
    }
  }
}

void ProcessReader::read_threads(MapReader& map, const ThreadConfig& main, ProcessConfig& process) {
  const std::vector<NodeId>& items = map.list("threads");
  if (items.size() > kThreadsMax) {
    loading_.faults.add(map.place("threads"), fmt::format("threads: at most {} are allowed", kThreadsMax));
    return;
  }
  std::set<std::string> names = {main.name};
  for (const NodeId id : items) {
    MapReader keys(loading_, loading_.tree[id], thread_group());
    ThreadConfig thread;
    thread.name = keys.text("name", "thread");
    thread.priority = static_cast<std::uint8_t>(keys.integer("priority", main.priority));
    thread.scheduling = static_cast<Scheduling>(keys.choice("scheduling", static_cast<std::size_t>(main.scheduling)));
    thread.start = keys.choice("start", 0) == 0;
    thread.program = read_program(keys);
    if (!names.insert(thread.name).second) {
      loading_.faults.add(keys.place("name"),
                          fmt::format("there is another thread {} in this process", in_quotes(thread.name)),
                          "'main' is the thread of 'program'");
    }
    process.threads.push_back(std::move(thread));
  }
}

// No two processes may have one name, and no process the name of a fleet's instance.
void ProcessReader::check_names(const ProcessConfig& process, const MapReader& map) {
  const Place place = map.place("name");
  const auto [known, is_new] = places_.emplace(process.name, place);
  if (!is_new) {
    loading_.faults.add(place, fmt::format("there is another process {} on {}", in_quotes(process.name),
                                           loading_.faults.describe(known->second)));
  } else if (const std::size_t dot = process.name.rfind('.');
             dot != std::string::npos && names_.is_instance(process.name)) {
    loading_.faults.add(place, fmt::format("{} is the name of an instance of the fleet {}", in_quotes(process.name),
                                           in_quotes(process.name.substr(0, dot))));
  }
}

void ProcessReader::read_process(const Node& node) {
  MapReader map(loading_, node, process_group());
  ProcessConfig process;
  process.name = map.text("name", "process");
  process.fleet = map.find("count") != nullptr;
  process.count = static_cast<std::uint32_t>(map.integer("count", 1));
  process.start_gap = map.duration("start_gap", process.start_gap);
  process.uid = static_cast<std::uint32_t>(map.integer("uid", process.uid));
  process.umask = map.permissions("umask", process.umask);
  if (const Node* start = map.find("start")) read_start(*start, process);
  if (const Node* abilities = map.find("abilities")) read_abilities(*abilities, process.abilities);
  ThreadConfig main;
  main.name = "main";
  main.priority = static_cast<std::uint8_t>(map.integer("priority", main.priority));
  main.scheduling = static_cast<Scheduling>(map.choice("scheduling", static_cast<std::size_t>(main.scheduling)));
  const Node* program = map.find("program");
  const Node* device = map.find("device");
  if ((program == nullptr) == (device == nullptr)) {
    loading_.faults.add(map.place("program"), "a process needs the key 'program' or the key 'device', one of them");
  }
  if (device != nullptr) {
    main.device = read_process_device(loading_, *device);
  } else if (program != nullptr && program->kind == Node::Kind::map) {
    main.host_program = read_host_program(loading_, *program, process.name);
  } else {
    main.program = read_program(map);
  }
  process.threads.push_back(main);
  read_threads(map, main, process);
  if (const Node* name = map.find("name"); name != nullptr && name->text == process.name) check_names(process, map);
  const auto gaps = checked_multiply(process.start_gap, process.count);
  if (!gaps || saturating_add(process.start_at, *gaps).value() > kLongestTime.count()) {
    loading_.faults.add(map.place("start_gap"), "start_gap: the last instance would start after more than 146 years");
  }
  world_.processes.push_back(std::move(process));
  loading_.mentions.processes.push_back(map.place("name"));
}

void ProcessReader::check_total(MapReader& root) {
  std::uint64_t total = 0;  // at most 500,000 lists of at most 16 million
  for (const ProcessConfig& process : world_.processes) total += process.start ? process.count : 0;
  if (total <= world_.limits.processes) return;
  loading_.faults.add(root.place("processes"),
                      fmt::format("{} processes; at most {} may live at once", total, world_.limits.processes),
                      "raise the cap with 'limits: {processes: N}'", ExitCode::cap_reached);
}

}  // namespace

void read_processes(Loading& loading, const Node& root_node, MapReader& root, WorldConfig& world) {
  ProcessReader(loading, root_node, world).run(root);
}

}  // namespace memsim::loader
