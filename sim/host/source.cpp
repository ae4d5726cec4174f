#include "sim/host/source.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "sim/host/console.hpp"

namespace memsim {
namespace {

constexpr const char* kStandardInput = "-";

// Everything up to the end, but at most one byte more than `limit`: enough for the loader to see that it is too much.
HostResult<std::string> read_standard_input(std::uint64_t limit) {
  if (::isatty(STDIN_FILENO) == 1) inform("reading the scenario from the terminal; end it with Ctrl-D");
  std::string text;
  char buffer[1 << 13];  // small: a stack may be
  while (text.size() <= limit) {
    const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count == 0) break;
    if (count > 0) {
      text.append(buffer, static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return host_failure(ExitCode::host_failed,
                          fmt::format("cannot read standard input: {}", std::generic_category().message(errno)));
    }
  }
  return text;
}

}  // namespace

HostResult<Scenario> ScenarioSource::load(const std::string& name, const LoadOptions& options) {
  if (name != kStandardInput) return load_scenario(name, options);
  if (!std::exchange(has_read_, true)) {
    HostResult<std::string> text = read_standard_input(options.caps.bytes);
    if (!text) return Unexpected(std::move(text).error());
    standard_input_ = std::move(*text);
  }
  return parse_scenario(standard_input_, "<stdin>", options);
}

std::vector<std::string> without_duplicates(const std::vector<std::string>& names) {
  std::vector<std::string> kept;
  std::set<std::string> seen_names;
  std::set<std::pair<dev_t, ino_t>> seen_files;
  for (const std::string& name : names) {
    struct stat status {};
    bool is_new = seen_names.insert(name).second;
    if (name != kStandardInput && ::stat(name.c_str(), &status) == 0) {
      is_new = seen_files.emplace(status.st_dev, status.st_ino).second && is_new;
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
