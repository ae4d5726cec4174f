#include <memsim/campaign/text_file.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace memsim {
namespace {

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
  return 0;
}

int write_in_place(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  int error = write_all(descriptor, text);
  if (::close(descriptor) != 0 && error == 0) error = errno;
  return error;
}

int write_and_rename(const std::string& partial, const std::string& path, std::string_view text) {
  struct stat old {};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) return S_ISDIR(old.st_mode) ? EISDIR : write_in_place(path, text);
  ::unlink(partial.c_str());  // left by a run that was killed
  const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return errno;
  if (exists) static_cast<void>(::fchmod(descriptor, old.st_mode & 0777));
  int error = write_all(descriptor, text);
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0 && std::rename(partial.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(partial.c_str());
  return error;
}

}  // namespace

HostResult<void> replace_file(const std::string& path, std::string_view text) {
  std::error_code not_there;
  std::filesystem::path target = std::filesystem::canonical(path, not_there);  // behind the links
  if (not_there) target = path;
  const std::filesystem::path partial = target.parent_path() / ("." + target.filename().string() + ".partial");
  const int error = write_and_rename(partial.string(), target.string(), text);
  if (error == 0) return {};
  return host_failure(ExitCode::host_failed, fmt::format("cannot write {}: {}", escaped_for_terminal(path),
                                                         std::generic_category().message(error)));
}

}  // namespace memsim
