#include <fmt/format.h>

#include <utility>

#include <memsim/campaign/baseline.hpp>
#include <memsim/host/files.hpp>

namespace memsim {

HostResult<Baseline> read_baseline(const std::string& path) {
  HostResult<std::string> text = host::read_file(path, kBaselineBytesMax);
  if (text) return parse_baseline(*text, path);
  HostError error = std::move(text).error();
  if (exit_code(error) == ExitCode::cap_reached) {
    return host_failure(ExitCode::bad_input, fmt::format("{} is too large for a baseline", escaped_for_terminal(path)));
  }
  return Unexpected(std::move(error));
}

HostResult<void> write_baseline(const std::string& path, const Baseline& baseline) {
  return host::replace_file(path, render_baseline(baseline));
}

}  // namespace memsim
