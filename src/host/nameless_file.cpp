#include "host/nameless_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace memsim::host {
namespace {

// How the host names an open file that has no name.
std::string own_path(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

// -1 where the host has no nameless files, or could not give one its name later.
int open_nameless(int folder) {
  const int file = ::openat(folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  if (file < 0 || ::access(own_path(file).c_str(), F_OK) == 0) return file;
  ::close(file);
  return -1;
}

}  // namespace

NamelessFile NamelessFile::create(int folder, std::string name) {
  NamelessFile file(folder, std::move(name), Descriptor(), State::settled);
  ::unlinkat(folder, file.partial_name().c_str(), 0);  // left by a program that was killed
  file.file_ = Descriptor(open_nameless(folder));
  file.state_ = State::nameless;
  if (file.is_open()) return file;
  file.file_ = Descriptor(::openat(folder, file.partial_name().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  file.state_ = file.is_open() ? State::partial : State::settled;
  return file;
}

NamelessFile::NamelessFile(NamelessFile&& other) noexcept
    : folder_(other.folder_),
      name_(std::move(other.name_)),
      file_(std::move(other.file_)),
      state_(std::exchange(other.state_, State::settled)) {}

int NamelessFile::link_as(const std::string& name) const {
  if (state_ == State::partial)
    return ::linkat(folder_, partial_name().c_str(), folder_, name.c_str(), 0) == 0 ? 0 : errno;
  const std::string self = own_path(file_.number());
  return ::linkat(AT_FDCWD, self.c_str(), folder_, name.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

int NamelessFile::to_disk() { return ::fsync(file_.number()) == 0 ? 0 : errno; }

int NamelessFile::place() {
  if (state_ == State::nameless) {
    // Straight to its name where that is free: no moment in which a killed program would leave a partial one.
    const int error = link_as(name_);
    if (error == 0) state_ = State::placed;
    if (error != EEXIST) return error;
    if (const int partial = link_as(partial_name()); partial != 0) return partial;
    state_ = State::partial;
  }
  return replace();
}

// From the partial name to its own, keeping what was there where the host can.
int NamelessFile::replace() {
  const std::string partial = partial_name();
  struct stat older {};
  if (::fstatat(folder_, name_.c_str(), &older, AT_SYMLINK_NOFOLLOW) == 0) {
    if (S_ISDIR(older.st_mode)) return EISDIR;
    // A device or a pipe is there for others too.
    if (!S_ISREG(older.st_mode) && !S_ISLNK(older.st_mode)) return EEXIST;
    if (::renameat2(folder_, partial.c_str(), folder_, name_.c_str(), RENAME_EXCHANGE) == 0) {
      state_ = State::exchanged;
      return 0;
    }
  }
  if (::renameat(folder_, partial.c_str(), folder_, name_.c_str()) != 0) return errno;
  state_ = State::placed;
  return 0;
}

void NamelessFile::settle() {
  if (std::exchange(state_, State::settled) == State::exchanged) ::unlinkat(folder_, partial_name().c_str(), 0);
}

void NamelessFile::undo() {
  const std::string partial = partial_name();
  switch (std::exchange(state_, State::settled)) {
    case State::nameless:
    case State::settled:
      return;
    case State::placed:
      ::unlinkat(folder_, name_.c_str(), 0);
      return;
    case State::exchanged:
      if (::renameat(folder_, partial.c_str(), folder_, name_.c_str()) == 0) return;
      [[fallthrough]];
    case State::partial:
      ::unlinkat(folder_, partial.c_str(), 0);
  }
}

}  // namespace memsim::host
