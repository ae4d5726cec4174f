#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <memsim/campaign/baseline.hpp>

#include "scenario/source_text.hpp"

namespace memsim {
namespace {

Unexpected<HostError> failure(const std::string& path, int error) {
  return host_failure(ExitCode::host_failed, fmt::format("cannot write {}: {}", escaped_for_terminal(path),
                                                         std::generic_category().message(error)));
}

// 0, or the host's errno.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return ::fsync(descriptor) == 0 ? 0 : errno;
}

// Writes `text` to `partial` and gives it the name `path`. 0, or the host's errno; then nothing of it stays.
int write_and_rename(const std::string& partial, const std::string& path, std::string_view text) {
  ::unlink(partial.c_str());  // left by a run that was killed
  const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return errno;
  struct stat old {};
  if (::stat(path.c_str(), &old) == 0) static_cast<void>(::fchmod(descriptor, old.st_mode & 0777));
  int error = write_all(descriptor, text);
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0 && std::rename(partial.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(partial.c_str());
  return error;
}

}  // namespace

HostResult<Baseline> read_baseline(const std::string& path) {
  HostResult<std::string> text = loader::read_file(path, kBaselineBytesMax);
  if (text) return parse_baseline(*text, path);
  HostError error = std::move(text).error();
  if (exit_code(error) == ExitCode::cap_reached) {
    return host_failure(ExitCode::bad_input, fmt::format("{} is too large for a baseline", escaped_for_terminal(path)));
  }
  return Unexpected(std::move(error));
}

HostResult<void> write_baseline(const std::string& path, const Baseline& baseline) {
  std::error_code error;
  std::filesystem::path target = std::filesystem::canonical(path, error);  // behind the links
  if (error) target = path;
  const std::filesystem::path partial = target.parent_path() / ("." + target.filename().string() + ".partial");
  const int failed = write_and_rename(partial.string(), target.string(), render_baseline(baseline));
  if (failed != 0) return failure(path, failed);
  return {};
}

}  // namespace memsim
