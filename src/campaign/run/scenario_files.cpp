#include <memsim/campaign/scenario_files.hpp>

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include <memsim/campaign/baseline.hpp>
#include <memsim/scenario/scenario.hpp>

#include <memsim/scenario/source_text.hpp>

namespace memsim {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBaselineExtension = ".baseline";
constexpr std::string_view kFormatKey = "memsim:";

Unexpected<HostError> failure(const std::string& path, const std::error_code& error) {
  return host_failure(ExitCode::host_failed,
                      fmt::format("cannot read {}: {}", escaped_for_terminal(path), error.message()));
}

bool has_scenario_extension(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

// Whether the file says that it is ours. One that cannot be read is taken for a scenario: loading it tells why.
bool claims_to_be_scenario(const std::string& path) {
  const HostResult<std::string> text = loader::read_file(path, LoadCaps().bytes);
  if (!text) return true;
  const std::string_view body = loader::without_byte_order_mark(*text);
  return body.starts_with(kFormatKey) || body.find(fmt::format("\n{}", kFormatKey)) != std::string_view::npos;
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

HostResult<std::vector<std::string>> scenarios_at(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  HostResult<std::vector<std::string>> found = files_below(
      path, [](const fs::path& file) { return has_scenario_extension(file) && claims_to_be_scenario(file.string()); });
  if (found && found->empty()) {
    return host_failure(ExitCode::bad_input, fmt::format("there is no scenario in {}", escaped_for_terminal(path)),
                        "in a folder, a scenario is a .yaml file with a line 'memsim: 1'");
  }
  return found;
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

HostResult<std::vector<std::string>> find_scenarios(std::span<const std::string> paths) {
  std::vector<std::string> scenarios;
  std::set<std::pair<dev_t, ino_t>> seen;
  for (const std::string& path : paths) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return failure(path, std::error_code(errno, std::generic_category()));
    HostResult<std::vector<std::string>> found = scenarios_at(path);
    if (!found) return found;
    for (std::string& scenario : *found) {
      if (::stat(scenario.c_str(), &status) == 0 && !seen.emplace(status.st_dev, status.st_ino).second) continue;
      scenarios.push_back(std::move(scenario));
    }
  }
  const HostResult<void> checked = check_baselines_differ(scenarios);
  if (!checked) return Unexpected(checked.error());
  return scenarios;
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
      const bool has_owner =
          fs::exists(fs::path(file).replace_extension(".yaml")) || fs::exists(fs::path(file).replace_extension(".yml"));
      if (!has_owner) unreferenced.push_back(file);
    }
  }
  return unreferenced;
}

}  // namespace memsim
