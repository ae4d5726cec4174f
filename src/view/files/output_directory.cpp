#include "view/files/output_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace memsim {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

std::string partial_name(std::string_view name) { return fmt::format(".{}.partial", name); }

// How the host names an open file that has no name.
std::string own_path(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

// A file in the directory that has no name, or -1 where the host has none or could not give it one later.
int open_nameless(int directory) {
  const int file = ::openat(directory, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  if (file < 0 || ::access(own_path(file).c_str(), F_OK) == 0) return file;
  ::close(file);
  return -1;
}

Unexpected<HostError> directory_failure(const std::string& path, int error) {
  return host_failure(ExitCode::host_failed,
                      fmt::format("cannot use output directory '{}': {}", escaped_for_terminal(path), reason(error)));
}

// Makes `path` and its parents. Gives 0 or the host's errno; `created` lists those that were missing.
int make_directories(const std::string& path, std::vector<std::string>& created) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0777) == 0) {
      created.push_back(part);
    } else if (errno != EEXIST) {
      return errno;
    }
    if (end == std::string::npos) return 0;
  }
}

void remove_directories(const std::vector<std::string>& created) {
  for (auto path = created.rbegin(); path != created.rend(); ++path) ::rmdir(path->c_str());
}

}  // namespace

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void OutputFile::flush() {
  is_written_ = is_written_ || !buffer_.empty();
  std::string_view rest = buffer_;
  while (!rest.empty() && error_ == 0) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

int OutputFile::give_temporary_name(int directory) const {
  const std::string self = own_path(descriptor_);
  const std::string partial = partial_name(name_);
  return ::linkat(AT_FDCWD, self.c_str(), directory, partial.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

int OutputFile::finish(int directory) {
  flush();
  if (error_ == 0 && ::fsync(descriptor_) != 0) error_ = errno;
  if (error_ == 0 && named_ == Named::no) error_ = give_temporary_name(directory);
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0 && error_ == 0) error_ = errno;
  return error_;
}

OutputDirectory::OutputDirectory(std::string path, int descriptor, std::vector<std::string> created,
                                 std::vector<std::string> names)
    : path_(std::move(path)),
      descriptor_(descriptor),
      created_directories_(std::move(created)),
      names_(std::move(names)) {}

OutputDirectory::OutputDirectory(OutputDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      created_directories_(std::move(other.created_directories_)),
      names_(std::move(other.names_)),
      files_(std::move(other.files_)) {}

OutputDirectory::~OutputDirectory() { discard(); }

HostResult<OutputDirectory> OutputDirectory::open(const std::string& path, const std::vector<std::string_view>& names,
                                                  Existing existing, Sharing sharing) {
  if (path.empty()) return host_failure(ExitCode::bad_input, "the output directory's name is empty");
  std::vector<std::string> created;
  int error = make_directories(path, created);
  const int descriptor = error == 0 ? ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (descriptor < 0) {
    if (error == 0) error = errno;
    remove_directories(created);
    return directory_failure(path, error);
  }
  OutputDirectory directory(path, descriptor, std::move(created), {names.begin(), names.end()});
  if (sharing == Sharing::no && ::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return directory_failure(path, errno);
    return host_failure(ExitCode::host_failed,
                        fmt::format("output directory '{}' is in use by another run", escaped_for_terminal(path)));
  }
  for (const std::string_view name : names) {
    struct stat status {};
    if (::fstatat(descriptor, std::string(name).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(status.st_mode)) return directory.failure("replace", name, EISDIR);
    if (existing == Existing::replace) continue;
    return host_failure(ExitCode::host_failed, fmt::format("'{}/{}' exists", escaped_for_terminal(path), name),
                        "choose another directory, or give --force to replace the files of an earlier run");
  }
  return directory;
}

HostResult<OutputFile*> OutputDirectory::create(std::string_view name, OutputFile::WhenEmpty when_empty) {
  const std::string partial = partial_name(name);
  ::unlinkat(descriptor_, partial.c_str(), 0);  // left by a run that was killed: we hold the lock
  auto named = OutputFile::Named::no;
  int file = open_nameless(descriptor_);
  if (file < 0) {
    named = OutputFile::Named::yes;
    file = ::openat(descriptor_, partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  }
  if (file < 0) return failure("write", name, errno);
  files_.push_back(std::make_unique<OutputFile>(std::string(name), file, named, when_empty));
  return files_.back().get();
}

void OutputDirectory::leave_out_empty() {
  std::erase_if(files_, [this](const std::unique_ptr<OutputFile>& file) {
    const bool is_empty = !file->is_written_ && file->buffer_.empty();
    if (file->when_empty_ == OutputFile::WhenEmpty::keep || !is_empty) return false;
    if (file->named_ == OutputFile::Named::yes) ::unlinkat(descriptor_, partial_name(file->name_).c_str(), 0);
    return true;
  });
}

HostResult<void> OutputDirectory::commit() {
  leave_out_empty();
  for (const auto& file : files_) {
    const int error = file->finish(descriptor_);
    if (error == 0) continue;
    const std::string name = file->name_;
    discard();
    return failure("write", name, error);
  }
  HostResult<void> renamed = rename_all();
  if (!renamed) discard();
  return renamed;
}

HostResult<void> OutputDirectory::rename_all() {
  for (const auto& file : files_) {
    const std::string partial = partial_name(file->name_);
    if (::renameat(descriptor_, partial.c_str(), descriptor_, file->name_.c_str()) != 0) {
      return failure("write", file->name_, errno);
    }
  }
  for (const std::string& name : names_) {
    const auto same = [&](const auto& file) { return file->name_ == name; };
    if (std::none_of(files_.begin(), files_.end(), same)) ::unlinkat(descriptor_, name.c_str(), 0);
  }
  files_.clear();
  created_directories_.clear();
  if (::fsync(descriptor_) != 0) return directory_failure(path_, errno);
  return {};
}

void OutputDirectory::discard() {
  if (descriptor_ < 0) return;
  for (const auto& file : files_) ::unlinkat(descriptor_, partial_name(file->name_).c_str(), 0);
  files_.clear();
  ::close(std::exchange(descriptor_, -1));
  remove_directories(created_directories_);
  created_directories_.clear();
}

Unexpected<HostError> OutputDirectory::failure(std::string_view what, std::string_view name, int error) const {
  return host_failure(ExitCode::host_failed,
                      fmt::format("cannot {} '{}/{}': {}", what, escaped_for_terminal(path_), name, reason(error)));
}

}  // namespace memsim
