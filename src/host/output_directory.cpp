#include <memsim/host/output_directory.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <memsim/host/descriptor.hpp>

#include "host/nameless_file.hpp"

namespace memsim::host {
namespace {

Unexpected<HostError> directory_failure(const std::string& path, int error) {
  return host_failure(ExitCode::host_failed, fmt::format("cannot use output directory '{}': {}",
                                                         escaped_for_terminal(path), reason_of(error)));
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

class OutputFile::Target : public NamelessFile {
 public:
  explicit Target(NamelessFile file) : NamelessFile(std::move(file)) {}
};

OutputFile::OutputFile(std::unique_ptr<Target> target, WhenEmpty when_empty)
    : when_empty_(when_empty), target_(std::move(target)) {}
OutputFile::~OutputFile() = default;

void OutputFile::flush() {
  is_written_ = is_written_ || !buffer_.empty();
  if (error_ == 0) error_ = write_all(target_->number(), buffer_);
  buffer_.clear();
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
  NamelessFile file = NamelessFile::create(descriptor_, std::string(name));
  if (!file.is_open()) return failure("write", name, errno);
  auto target = std::make_unique<OutputFile::Target>(std::move(file));
  files_.push_back(std::unique_ptr<OutputFile>(new OutputFile(std::move(target), when_empty)));
  return files_.back().get();
}

void OutputDirectory::leave_out_empty() {
  std::erase_if(files_, [](const std::unique_ptr<OutputFile>& file) {
    const bool is_empty = !file->is_written_ && file->buffer_.empty();
    return is_empty && file->when_empty_ == OutputFile::WhenEmpty::leave_out;
  });
}

HostResult<void> OutputDirectory::commit() {
  leave_out_empty();
  HostResult<void> placed = place_all();
  if (!placed) discard();
  return placed;
}

HostResult<void> OutputDirectory::place_all() {
  // All are on the disk before the first has its name.
  for (const auto& file : files_) {
    file->flush();
    if (file->error_ == 0) file->error_ = file->target_->to_disk();
    if (file->error_ != 0) return failure("write", file->target_->name(), file->error_);
  }
  for (const auto& file : files_) {
    if (const int error = file->target_->place(); error != 0) return failure("write", file->target_->name(), error);
  }
  for (const auto& file : files_) file->target_->settle();
  for (const std::string& name : names_) {
    const auto same = [&](const auto& file) { return file->target_->name() == name; };
    if (std::none_of(files_.begin(), files_.end(), same)) ::unlinkat(descriptor_, name.c_str(), 0);
  }
  files_.clear();
  created_directories_.clear();
  if (::fsync(descriptor_) != 0) return directory_failure(path_, errno);
  return {};
}

void OutputDirectory::discard() {
  if (descriptor_ < 0) return;
  files_.clear();  // each takes its traces away
  ::close(std::exchange(descriptor_, -1));
  remove_directories(created_directories_);
  created_directories_.clear();
}

Unexpected<HostError> OutputDirectory::failure(std::string_view what, std::string_view name, int error) const {
  return host_failure(ExitCode::host_failed,
                      fmt::format("cannot {} '{}/{}': {}", what, escaped_for_terminal(path_), name, reason_of(error)));
}

}  // namespace memsim::host
