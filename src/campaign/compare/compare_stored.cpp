#include <memsim/campaign/compare.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include <memsim/view/database/stored_runs.hpp>

namespace memsim {
namespace {

// The runs of one scenario.
using Group = std::vector<MeasuredRun>;

bool is_same(const SettingSummary& a, const SettingSummary& b) { return a.name == b.name && a.value == b.value; }

bool has(const MeasuredRun& run, const SettingSummary& setting) {
  const auto& all = run.made_by.overridden;
  return std::any_of(all.begin(), all.end(), [&](const SettingSummary& other) { return is_same(setting, other); });
}

// What the seed and the policy are told apart by elsewhere.
bool says_itself(const SettingSummary& setting) {
  return setting.name == "seed" || setting.name == "policy" || setting.name.starts_with("policy.");
}

ScenarioOrigin common_origin(const Group& group) {
  ScenarioOrigin origin = group.front().made_by;
  const auto is_for_all = [&](const SettingSummary& setting) {
    return std::all_of(group.begin(), group.end(), [&](const MeasuredRun& run) { return has(run, setting); });
  };
  std::erase_if(origin.overridden, [&](const auto& setting) { return says_itself(setting) || !is_for_all(setting); });
  const auto is_other = [&](const MeasuredRun& run) { return run.made_by.version != origin.version; };
  if (std::any_of(group.begin(), group.end(), is_other)) origin.version.clear();
  return origin;
}

std::string contestant_of(const MeasuredRun& run, const ScenarioOrigin& common) {
  std::string name = run.made_by.policy;
  for (const SettingSummary& option : run.made_by.policy_options) {
    name += fmt::format(" {}={}", option.name, option.value);
  }
  const auto is_common = [&](const SettingSummary& setting) {
    return std::any_of(common.overridden.begin(), common.overridden.end(),
                       [&](const SettingSummary& other) { return is_same(setting, other); });
  };
  for (const SettingSummary& setting : run.made_by.overridden) {
    if (!says_itself(setting) && !is_common(setting)) name += fmt::format(", {}={}", setting.name, setting.value);
  }
  return common.version.empty() ? fmt::format("{}, memsim {}", name, run.made_by.version) : name;
}

// Runs by contestant and seed, and the contestants in the order in which they came.
struct Field {
  std::vector<std::string> contestants;
  std::map<std::pair<std::string, std::uint64_t>, const MeasuredRun*> runs;
  std::set<std::uint64_t> seeds;
};

HostResult<Field> field_of(const Group& group, const ScenarioOrigin& common) {
  Field field;
  for (const MeasuredRun& run : group) {
    const std::string name = contestant_of(run, common);
    if (std::find(field.contestants.begin(), field.contestants.end(), name) == field.contestants.end()) {
      field.contestants.push_back(name);
    }
    field.seeds.insert(run.made_by.seed);
    const auto [entry, is_new] = field.runs.try_emplace({name, run.made_by.seed}, &run);
    if (is_new || entry->second->fingerprint == run.fingerprint) continue;
    return host_failure(
        ExitCode::bad_input,
        fmt::format("{}: two runs under {}, seed {}, are not the same: {} and {}", escaped_for_terminal(run.scenario),
                    escaped_for_terminal(name), run.made_by.seed, escaped_for_terminal(entry->second->fingerprint),
                    escaped_for_terminal(run.fingerprint)),
        "they are of programs that differ; keep the runs of each in a database of its own");
  }
  return field;
}

HostResult<void> check_whole(const std::string& scenario, const Field& field) {
  if (field.contestants.size() < 2) {
    return host_failure(ExitCode::bad_input,
                        fmt::format("{}: all runs are under {}, and a comparison needs two policies or other settings",
                                    escaped_for_terminal(scenario), escaped_for_terminal(field.contestants.front())),
                        "add the others: memsim run --db FILE --policy POLICY SCENARIO");
  }
  for (const std::string& contestant : field.contestants) {
    for (const std::uint64_t seed : field.seeds) {
      if (field.runs.contains({contestant, seed})) continue;
      return host_failure(ExitCode::bad_input,
                          fmt::format("{}: there is no run under {}, seed {}", escaped_for_terminal(scenario),
                                      escaped_for_terminal(contestant), seed),
                          "each policy must have been run under the same seeds");
    }
  }
  if (*field.seeds.rbegin() - *field.seeds.begin() == field.seeds.size() - 1) return {};
  return host_failure(
      ExitCode::bad_input,
      fmt::format("{}: the seeds of the runs do not follow one another", escaped_for_terminal(scenario)),
      "run those between too, or keep the runs that belong together in a database of their own");
}

HostResult<Comparison> compare_group(const Group& group, const std::vector<std::string>& measures) {
  Comparison head;
  head.scenario = group.front().scenario;
  head.title = group.front().title;
  head.origin = common_origin(group);
  const HostResult<Field> field = field_of(group, head.origin);
  if (!field) return Unexpected(field.error());
  const HostResult<void> whole = check_whole(head.scenario, *field);
  if (!whole) return Unexpected(whole.error());
  head.first_seed = *field->seeds.begin();
  head.seeds = field->seeds.size();
  head.contestants = field->contestants;
  std::vector<RunResult> runs;
  for (const std::string& contestant : field->contestants) {
    for (const std::uint64_t seed : field->seeds) {
      const MeasuredRun& run = *field->runs.at({contestant, seed});
      RunResult& result = runs.emplace_back();
      result.seed = seed;
      result.end_time = run.end_time;
      result.measures = run.measures;
    }
  }
  return compare_runs(std::move(head), runs, measures);
}

}  // namespace

HostResult<std::vector<Comparison>> compare_stored(const std::vector<std::string>& databases,
                                                   const std::vector<std::string>& measures) {
  std::vector<Group> groups;
  std::map<std::pair<std::string, std::optional<std::uint64_t>>, std::size_t> index;
  for (const std::string& database : databases) {
    HostResult<std::vector<MeasuredRun>> runs = read_measured_runs(database);
    if (!runs) return Unexpected(std::move(runs).error());
    for (MeasuredRun& run : *runs) {
      const auto [entry, is_new] = index.try_emplace({run.scenario, run.made_by.content}, groups.size());
      if (is_new) groups.emplace_back();
      groups[entry->second].push_back(std::move(run));
    }
  }
  if (groups.empty()) {
    return host_failure(ExitCode::bad_input, "there is no run in the database", "memsim run --db FILE adds runs");
  }
  std::vector<Comparison> comparisons;
  for (const Group& group : groups) {
    HostResult<Comparison> comparison = compare_group(group, measures);
    if (!comparison) return Unexpected(std::move(comparison).error());
    comparisons.push_back(std::move(*comparison));
  }
  return comparisons;
}

}  // namespace memsim
