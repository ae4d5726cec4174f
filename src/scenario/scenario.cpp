#include <memsim/scenario/scenario.hpp>

#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include "scenario/expect/expect_reader.hpp"
#include "scenario/format/map_reader.hpp"
#include "scenario/recorded/trace_scenario.hpp"
#include "scenario/warnings.hpp"
#include "scenario/world_reader.hpp"
#include "scenario/yaml/overrides.hpp"
#include "scenario/yaml/yaml_reader.hpp"

namespace memsim {
namespace {

using namespace loader;

void read_limits(Loading& loading, MapReader& root, Limits& limits) {
  const Node* node = root.find("limits");
  if (node == nullptr) return;
  MapReader map(loading, *node, limits_group());
  limits.events = map.integer("events", limits.events);
  limits.events_at_one_instant = map.integer("events_at_one_instant", limits.events_at_one_instant);
  limits.processes = static_cast<std::uint32_t>(map.integer("processes", limits.processes));
  const auto read = [&map](std::string_view name, std::uint64_t& limit) { limit = map.integer(name, limit); };
  read("pending_events", limits.pending_events);
  read("samples", limits.samples);
  read("processes_started", limits.processes_started);
  read("threads", limits.threads);
  read("variables", limits.variables);
  read("channels", limits.channels);
  read("pulses", limits.pulses);
  read("descriptors", limits.descriptors);
  read("mappings", limits.mappings);
  read("objects", limits.objects);
}

void read_scenario(Loading& loading, Scenario& scenario) {
  Node no_machine;
  no_machine.kind = Node::Kind::map;
  const Node& root_node = loading.tree[loading.tree.root];
  MapReader root(loading, root_node, root_group());
  const Node* machine_node = root.find("machine");
  MapReader machine(loading, machine_node == nullptr ? no_machine : *machine_node, machine_group());
  loading.stands_for_trace = is_trace_name(loading.source.path()) && machine.find("cpus") == nullptr;
  loading.page_size = read_page_size(loading, machine);
  static_cast<void>(root.integer("memsim", kFormatVersion));
  scenario.title = root.text("title", "");
  scenario.description = root.text("description", "");
  WorldConfig& world = scenario.world;
  world.caller_source = loading.options.caller_source;
  world.seed = root.integer("seed", world.seed);
  if (root.find("until") != nullptr) world.until = SimTime(root.duration("until", kLongestTime).count());
  read_machine(loading, machine, world);
  read_policy(loading, root, world.memory);
  read_start(loading, machine, world);
  read_semantics(loading, root, world.semantics);
  read_record(loading, root, world.record);
  read_limits(loading, root, world.limits);
  read_background(loading, root, world);
  read_processes(loading, root_node, root, world);
  read_expectations(loading, root_node, root, scenario);
  read_branches(loading, root_node, root, scenario);
}

// --until, after the scenario's own: only then can it be told which of the two is earlier. One without `until` may end
// by itself before.
void read_given_end(Loading& loading, std::uint32_t override_number, Scenario& scenario) {
  const Parsed<SimDuration> given = parse_duration(*loading.options.until);
  const Place place = Place::of_override(override_number);
  if (!given) return loading.faults.add(place, given.error());
  if (given->is_zero() || *given > kLongestTime) {
    return loading.faults.add(place, fmt::format("expected 1 ns to {}", format_duration_exact(kLongestTime)));
  }
  const SimTime end(given->count());
  scenario.is_cut_short = end < scenario.world.until;
  scenario.world.until = end;
}

HostResult<Scenario> parse_source(const SourceText& source, const LoadOptions& options, Mentions& mentions) {
  std::vector<Override> overrides = options.set;
  if (options.seed) {
    overrides.push_back({"seed", fmt::format("{}", *options.seed), fmt::format("--seed {}", *options.seed)});
  }
  const std::size_t applied = overrides.size();
  if (options.until) overrides.push_back({"until", *options.until, "--until " + *options.until});
  const auto first_branch_override = static_cast<std::uint32_t>(overrides.size() + 1);
  const std::size_t told = overrides.size();
  for (const BranchOrder& branch : options.branches) {
    overrides.insert(overrides.end(), branch.change.begin(), branch.change.end());
  }
  Faults faults(source, overrides);
  auto tree = read_yaml(source, options.caps, faults);
  if (!tree) return Unexpected(faults.take());
  apply_overrides(*tree, std::span(overrides).first(applied), faults);
  Scenario scenario;
  scenario.path = source.path();
  Loading loading{*tree, faults, options, source, mentions};
  loading.first_branch_override = first_branch_override;
  loading.content.add(std::as_bytes(std::span(source.text())));
  read_scenario(loading, scenario);
  scenario.content = loading.content.value();
  for (const Override& override : std::span(overrides).first(told)) {
    scenario.world.overridden.push_back({override.path, override.value});
  }
  if (options.until) read_given_end(loading, static_cast<std::uint32_t>(told), scenario);
  if (!faults.empty()) return Unexpected(faults.take());
  if (options.warnings == Warnings::find) scenario.warnings = find_warnings(loading, scenario.world);
  return scenario;
}

struct CapName {
  std::string_view name;
  std::uint64_t LoadCaps::*member;
  std::uint64_t maximum;
};
struct RecordingCapName {
  std::string_view name;
  std::uint64_t TraceLimits::*member;
};
constexpr std::array kRecordingCaps = std::to_array<RecordingCapName>({{"trace_events", &TraceLimits::events},
                                                                       {"list_blocks", &TraceLimits::blocks},
                                                                       {"trace_line", &TraceLimits::line_bytes}});
constexpr std::array kCapNames = std::to_array<CapName>({
    {"bytes", &LoadCaps::bytes, std::uint64_t{1} << 31},
    {"depth", &LoadCaps::depth, 256},
    {"nodes", &LoadCaps::nodes, 100'000'000},
    {"expanded_factor", &LoadCaps::expanded_factor, 1'000'000},
    {"expanded_nodes", &LoadCaps::expanded_nodes, 100'000'000},
    {"scalar_bytes", &LoadCaps::scalar_bytes, std::uint64_t{1} << 31},
    {"anchors", &LoadCaps::anchors, 10'000'000},
});

}  // namespace

std::vector<std::string_view> cap_names() {
  std::vector<std::string_view> names;
  for (const CapName& cap : kCapNames) names.push_back(cap.name);
  for (const RecordingCapName& cap : kRecordingCaps) names.push_back(cap.name);
  return names;
}

HostResult<void> set_cap(LoadCaps& caps, std::string_view name, std::string_view value) {
  const auto set = [&](std::uint64_t& cap, std::uint64_t maximum) -> HostResult<void> {
    const auto number = parse_unsigned(value);
    if (!number) return host_failure(ExitCode::bad_input, fmt::format("cap {}: {}", name, number.error()));
    if (*number < 1 || *number > maximum) {
      return host_failure(ExitCode::bad_input, fmt::format("cap {}: expected 1 to {}", name, maximum));
    }
    cap = *number;
    return {};
  };
  for (const CapName& cap : kCapNames) {
    if (cap.name == name) return set(caps.*cap.member, cap.maximum);
  }
  for (const RecordingCapName& cap : kRecordingCaps) {
    if (cap.name == name) return set(caps.recordings.*cap.member, std::uint64_t{1} << 48);
  }
  return host_failure(ExitCode::bad_input, fmt::format("there is no cap {}", in_quotes(name)),
                      suggestion(name, cap_names()));
}

HostResult<Scenario> load_scenario(const std::string& path, const LoadOptions& options) {
  if (is_trace_name(path)) {
    const HostResult<std::string> text = scenario_of_trace(path, options);
    if (!text) return Unexpected(text.error());
    return parse_scenario(*text, path, options);
  }
  const auto bytes = host::read_file(options.store.get(), path, options.caps.bytes);
  if (!bytes) return Unexpected(bytes.error());
  return parse_scenario(**bytes, path, options);
}

bool claims_to_be_scenario(std::string_view text) {
  constexpr std::string_view kKey = "memsim";
  const std::size_t at = text.find(kKey);
  if (at == std::string_view::npos) return false;
  if (text.size() > LoadCaps().bytes) return true;
  const SourceText source("", without_byte_order_mark(text));
  Faults faults(source, {});
  const auto tree = read_yaml(source, LoadCaps(), faults);
  if (tree) return tree->find((*tree)[tree->root], kKey) != nullptr;
  const std::size_t behind = text.find_first_not_of(" \t\"'", at + kKey.size());
  return behind != std::string_view::npos && text[behind] == ':';
}

HostResult<Scenario> parse_scenario(std::string_view text, std::string path, const LoadOptions& options) {
  Mentions mentions;
  return loader::parse_and_mention(text, std::move(path), options, mentions);
}

HostResult<Scenario> loader::parse_and_mention(std::string_view text, std::string path, const LoadOptions& options,
                                               Mentions& mentions) {
  if (text.size() > options.caps.bytes) {
    return host_failure(ExitCode::cap_reached, fmt::format("the scenario has more than {} bytes", options.caps.bytes),
                        "raise the cap with --cap bytes=N");
  }
  return parse_source(SourceText(std::move(path), without_byte_order_mark(text)), options, mentions);
}

}  // namespace memsim
