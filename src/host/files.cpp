#include <memsim/host/files.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "host/nameless_file.hpp"

namespace memsim::host {
namespace {

Unexpected<HostError> cannot_read(const std::string& path, const std::string& reason) {
  return host_failure(ExitCode::host_failed, fmt::format("cannot read {}: {}", escaped_for_terminal(path), reason));
}

// Appends up to `count` bytes. Gives how many there were, or -1 with errno set.
ssize_t read_some(int descriptor, std::string& text, std::size_t count) {
  const std::size_t before = text.size();
  text.resize(before + count);
  ssize_t got = 0;
  do {
    got = ::read(descriptor, text.data() + before, count);
  } while (got < 0 && errno == EINTR);
  text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return got;
}

int write_in_place(const std::string& path, std::string_view text) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open()) return errno;
  const int error = write_all(file.number(), text);
  const int closing = file.close();
  return error != 0 ? error : closing;
}

int write_and_place(const std::filesystem::path& path, std::string_view text) {
  struct stat older {};
  const bool exists = ::stat(path.c_str(), &older) == 0;
  if (exists && !S_ISREG(older.st_mode)) return S_ISDIR(older.st_mode) ? EISDIR : write_in_place(path, text);
  const std::string parent = path.has_parent_path() ? path.parent_path().string() : ".";
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return errno;
  NamelessFile file = NamelessFile::create(folder.number(), path.filename().string());
  if (!file.is_open()) return errno;
  if (exists) static_cast<void>(::fchmod(file.number(), older.st_mode & 0777));
  int error = write_all(file.number(), text);
  if (error == 0) error = file.to_disk();
  if (error == 0) error = file.place();
  if (error == 0) file.settle();
  return error;
}

}  // namespace

HostResult<Descriptor> open_regular_file(const std::string& path) {
  // A pipe would be waited for, without O_NONBLOCK.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open() && errno == ENOENT) {
    return host_failure(ExitCode::host_failed, fmt::format("no such file: {}", escaped_for_terminal(path)),
                        is_there(path) ? "there is a link of this name that leads nowhere" : "");
  }
  struct stat status {};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) return cannot_read(path, reason_of(errno));
  if (S_ISDIR(status.st_mode)) {
    return host_failure(ExitCode::host_failed, fmt::format("{} is a directory", escaped_for_terminal(path)));
  }
  if (!S_ISREG(status.st_mode)) {
    return host_failure(ExitCode::bad_input, fmt::format("{} is no regular file", escaped_for_terminal(path)),
                        S_ISFIFO(status.st_mode) ? "what comes through a pipe must be saved first" : "");
  }
  return file;
}

HostResult<std::string> read_file(const std::string& path, std::uint64_t byte_cap) {
  HostResult<Descriptor> file = open_regular_file(path);
  if (!file) return Unexpected(std::move(file).error());
  constexpr std::size_t kPiece = 1 << 16;
  std::string bytes;
  ssize_t count = 0;
  while ((count = read_some(file->number(), bytes, kPiece)) > 0) {
    if (bytes.size() <= byte_cap) continue;
    return host_failure(ExitCode::cap_reached,
                        fmt::format("{} has more than {} bytes", escaped_for_terminal(path), byte_cap),
                        "raise the cap with --cap bytes=N");
  }
  if (count < 0) return cannot_read(path, reason_of(errno));
  return bytes;
}

HostResult<void> replace_file(const std::string& path, std::string_view text) {
  std::error_code not_there;
  std::filesystem::path target = std::filesystem::canonical(path, not_there);  // behind the links
  if (not_there) target = path;
  const int error = write_and_place(target, text);
  if (error == 0) return {};
  return host_failure(ExitCode::host_failed,
                      fmt::format("cannot write {}: {}", escaped_for_terminal(path), reason_of(error)));
}

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity(status.st_dev, status.st_ino);
}

bool is_there(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

std::optional<std::string_view> LineReader::next() {
  std::size_t searched = 0;
  while (true) {
    const std::string_view rest = std::string_view(buffer_).substr(begin_);
    if (const std::size_t end = rest.find('\n', searched); end != std::string_view::npos) {
      begin_ += end + 1;
      return rest.substr(0, end);
    }
    searched = rest.size();
    if (searched > line_max_ || !fill()) break;
  }
  is_cut_ = begin_ != buffer_.size();
  return std::nullopt;
}

// Reads on, forgetting the lines that were handed out; false at the end.
bool LineReader::fill() {
  constexpr std::size_t kPiece = std::size_t{256} << 10;
  buffer_.erase(0, std::exchange(begin_, 0));
  const ssize_t count = read_some(file_.number(), buffer_, kPiece);
  if (count < 0) error_ = errno;
  return count > 0;
}

}  // namespace memsim::host
