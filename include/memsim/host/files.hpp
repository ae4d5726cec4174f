// Files of the host: read whole or by lines, replaced whole, told apart. All that memsim reads are regular files: a
// pipe without a writer would be waited for, a device has no end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <memsim/base/host_error.hpp>
#include <memsim/host/descriptor.hpp>

namespace memsim::host {

// Opens a regular file for reading, without ever waiting for it. Errors: host_failed, naming the path, where there is
// none, where the host refuses, and where it is a folder; bad_input where it is a pipe or a device.
[[nodiscard]] HostResult<Descriptor> open_regular_file(const std::string& path);

// The whole file's bytes. Errors: as open_regular_file(); cap_reached where it has more than `byte_cap`.
[[nodiscard]] HostResult<std::string> read_file(const std::string& path, std::uint64_t byte_cap);

// Makes `text` the content of the file at `path`, so that it is there whole, or as it was before: a nameless file, or
// where the host has none a temporary one beside it (".NAME.partial"), is written, brought to the disk and renamed. A
// symbolic link is followed, the permissions of an existing file are kept. What is no regular file (a pipe, a device)
// is written as it is. Errors: host_failed; then nothing of the text stays.
[[nodiscard]] HostResult<void> replace_file(const std::string& path, std::string_view text);

// Which file a path leads to, whatever its name; nothing where it leads to none. Equal for two names of one file.
using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;
[[nodiscard]] std::optional<FileIdentity> identity_of(const std::string& path);

// Whether anything has this name: a file that can be read, one that cannot, or a link that leads nowhere.
[[nodiscard]] bool is_there(const std::string& path);

// The lines of a file, one after the other. Memory is bounded by a few times `line_max`, whatever the file holds.
class LineReader {
 public:
  LineReader(Descriptor file, std::size_t line_max) : file_(std::move(file)), line_max_(line_max) {}

  // The next line without its newline, which stays until the next call; nothing at the end, before a line that is too
  // long or has no end, and where the host failed.
  [[nodiscard]] std::optional<std::string_view> next();

  [[nodiscard]] int error() const { return error_; }     // the host's errno; 0: none
  [[nodiscard]] bool is_cut() const { return is_cut_; }  // what next() did not give has no end, or is too long

 private:
  bool fill();

  Descriptor file_;
  std::size_t line_max_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what was not handed out yet
  int error_ = 0;
  bool is_cut_ = false;
};

}  // namespace memsim::host
