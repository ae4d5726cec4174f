#include "sim/host/source.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <utility>

#include <memsim/host/files.hpp>
#include <memsim/host/standard_streams.hpp>

#include "sim/host/console.hpp"

namespace memsim {
namespace {

constexpr const char* kStandardInput = "-";
constexpr const char* kStandardInputPath = "<stdin>";  // in diagnostics

}  // namespace

HostResult<Scenario> ScenarioSource::load(const std::string& name, const LoadOptions& options) {
  LoadOptions once = options;
  once.store = store_;
  const HostResult<std::string> path = path_of(name, options);
  return path ? load_scenario(*path, once) : Unexpected(path.error());
}

HostResult<std::string> ScenarioSource::path_of(const std::string& name, const LoadOptions& options) {
  if (name != kStandardInput) return name;
  if (!std::exchange(has_read_, true)) {
    if (host::is_terminal(host::Stream::input)) inform("reading the scenario from the terminal; end it with Ctrl-D");
    HostResult<std::string> text = host::read_standard_input(options.caps.bytes);
    if (!text) return text;
    store_->put(kStandardInputPath, std::move(*text));
  }
  return std::string(kStandardInputPath);
}

std::vector<std::string> without_duplicates(const std::vector<std::string>& names) {
  std::vector<std::string> kept;
  std::set<std::string> seen_names;
  std::set<host::FileIdentity> seen_files;
  for (const std::string& name : names) {
    bool is_new = seen_names.insert(name).second;
    if (name != kStandardInput) {
      const std::optional<host::FileIdentity> identity = host::identity_of(name);
      is_new = (!identity || seen_files.insert(*identity).second) && is_new;
    }
    if (is_new) {
      kept.push_back(name);
    } else {
      warn(fmt::format("{} was given already; it is taken once", display_name(name)));
    }
  }
  return kept;
}

std::string stem_of(const std::string& name) {
  return name == kStandardInput ? "stdin" : std::filesystem::path(name).stem().string();
}

std::string display_name(const std::string& name) { return name == kStandardInput ? "standard input" : name; }

}  // namespace memsim
