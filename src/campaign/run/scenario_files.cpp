#include <memsim/campaign/scenario_files.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include <memsim/campaign/baseline.hpp>
#include <memsim/scenario/scenario.hpp>

#include <memsim/host/files.hpp>

namespace memsim {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBaselineExtension = ".baseline";

Unexpected<HostError> failure(const std::string& path, const std::error_code& error) {
  return host_failure(ExitCode::host_failed,
                      fmt::format("cannot read {}: {}", escaped_for_terminal(path), error.message()));
}

bool has_scenario_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return extension == ".yaml" || extension == ".yml";
}

// One that cannot be read is taken for a scenario: loading it tells why.
bool is_scenario(const std::string& path) {
  const HostResult<std::string> text = host::read_file(path, LoadCaps().bytes);
  return !text || claims_to_be_scenario(*text);
}

// Every file below `folder` that `wanted` holds for, sorted.
template <class Wanted>
HostResult<std::vector<std::string>> files_below(const std::string& folder, Wanted wanted) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error);
  while (!error && entries != fs::recursive_directory_iterator()) {
    const bool is_hidden = entries->path().filename().native().starts_with('.');
    std::error_code not_ours;  // a dangling link is no file, and no failure
    if (entries->is_directory(not_ours)) {
      if (is_hidden) entries.disable_recursion_pending();
    } else if (!is_hidden && entries->is_regular_file(not_ours) && wanted(entries->path())) {
      files.push_back(entries->path().lexically_normal().string());
    }
    entries.increment(error);
  }
  if (error) return failure(folder, error);
  std::sort(files.begin(), files.end());
  return files;
}

// Of one of the paths, without looking whether others lead to the same.
HostResult<FoundScenarios> scenarios_at(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return FoundScenarios{{path}, {}};
  const HostResult<std::vector<std::string>> files = files_below(path, has_scenario_extension);
  if (!files) return Unexpected(files.error());
  FoundScenarios found;
  for (const std::string& file : *files) (is_scenario(file) ? found.scenarios : found.passed_over).push_back(file);
  if (!found.scenarios.empty()) return found;
  const std::string passed_over = passed_over_text(found);
  return host_failure(
      ExitCode::bad_input, fmt::format("there is no scenario in {}", escaped_for_terminal(path)),
      passed_over.empty() ? "in a folder, a scenario is a .yaml file with a key 'memsim'" : passed_over);
}

HostResult<void> check_baselines_differ(const std::vector<std::string>& scenarios) {
  std::map<std::string, std::string> owners;
  for (const std::string& scenario : scenarios) {
    const auto [owner, is_new] = owners.emplace(baseline_path(scenario), scenario);
    if (is_new) continue;
    return host_failure(ExitCode::bad_input,
                        fmt::format("{} and {} would share the baseline {}", owner->second, scenario, owner->first),
                        "rename one of them");
  }
  return {};
}

}  // namespace

HostResult<FoundScenarios> find_scenarios(std::span<const std::string> paths) {
  FoundScenarios all;
  std::set<host::FileIdentity> seen;
  for (const std::string& path : paths) {
    if (!host::is_there(path)) return failure(path, std::make_error_code(std::errc::no_such_file_or_directory));
    HostResult<FoundScenarios> found = scenarios_at(path);
    if (!found) return found;
    for (std::string& scenario : found->scenarios) {
      const std::optional<host::FileIdentity> identity = host::identity_of(scenario);
      if (!identity || seen.insert(*identity).second) all.scenarios.push_back(std::move(scenario));
    }
    std::move(found->passed_over.begin(), found->passed_over.end(), std::back_inserter(all.passed_over));
  }
  const HostResult<void> checked = check_baselines_differ(all.scenarios);
  if (!checked) return Unexpected(checked.error());
  return all;
}

std::string passed_over_text(const FoundScenarios& found) {
  constexpr std::size_t kShown = 10;
  if (found.passed_over.empty()) return {};
  std::string names;
  for (std::size_t i = 0; i < std::min(found.passed_over.size(), kShown); ++i) {
    names += (i == 0 ? "" : ", ") + escaped_for_terminal(found.passed_over[i]);
  }
  if (found.passed_over.size() > kShown) names += fmt::format(" and {} more", found.passed_over.size() - kShown);
  return fmt::format("passed over, for want of a key 'memsim': {}", names);
}

HostResult<std::vector<std::string>> find_unreferenced_baselines(std::span<const std::string> paths) {
  const auto is_baseline = [](const fs::path& file) { return file.extension() == kBaselineExtension; };
  std::vector<std::string> unreferenced;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return failure(path, error);
    HostResult<std::vector<std::string>> files = std::vector<std::string>{};
    if (fs::is_directory(status)) {
      files = files_below(path, is_baseline);
    } else if (is_baseline(path)) {
      files->push_back(path);
    }
    if (!files) return files;
    for (const std::string& file : *files) {
      constexpr std::array kExtensions = {".yaml", ".yml", ".YAML", ".YML"};
      const bool has_owner = std::any_of(kExtensions.begin(), kExtensions.end(), [&](const char* extension) {
        return fs::exists(fs::path(file).replace_extension(extension));
      });
      if (!has_owner) unreferenced.push_back(file);
    }
  }
  return unreferenced;
}

}  // namespace memsim
