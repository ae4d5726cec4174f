// OutputDirectory: a set of files that appear together, complete, or not at all.
//
// Each file is written in the directory itself, without a name, so that nothing is left of it when the program is
// killed; or, where the host has no such files, under a hidden temporary name (".NAME.partial"). commit() brings all of
// them to the disk and then gives them their names, in the order in which they were opened; so the last one opened
// appears only when all others are there. Should one name be refused, those given before are taken back, and what had
// them before is there again. Without commit() the destructor removes every trace, directories it made included. The
// directory is locked as long as the object lives: a second run with the same directory is refused.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>

namespace memsim::host {

// One file of the set. Appending never fails visibly; the first error is kept and reported by commit().
class OutputFile {
 public:
  // What becomes of it when nothing was written.
  enum class WhenEmpty : bool { keep, leave_out };

  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  // The text to append to. Call flush_if_full() now and then.
  [[nodiscard]] std::string& buffer() { return buffer_; }
  void flush_if_full() {
    if (buffer_.size() >= kFlushSize) flush();
  }

 private:
  friend class OutputDirectory;
  class Target;
  static constexpr std::size_t kFlushSize = std::size_t{256} << 10;

  OutputFile(std::unique_ptr<Target> target, WhenEmpty when_empty);
  void flush();

  WhenEmpty when_empty_;
  bool is_written_ = false;
  std::unique_ptr<Target> target_;
  int error_ = 0;  // the host's errno
  std::string buffer_;
};

class OutputDirectory {
 public:
  enum class Existing : bool { refuse, replace };

  // Whether other programs may have files of theirs in the directory: then it is not locked.
  enum class Sharing : bool { no, yes };

  // Makes the directory, parents included, and locks it unless it is shared. Fails, before anything is written, where
  // the host refuses, where another run holds the lock, and where one of `names` exists and `existing` is refuse, or is
  // a directory.
  [[nodiscard]] static HostResult<OutputDirectory> open(const std::string& path,
                                                        const std::vector<std::string_view>& names, Existing existing,
                                                        Sharing sharing = Sharing::no);
  OutputDirectory(OutputDirectory&& other) noexcept;
  OutputDirectory& operator=(OutputDirectory&&) = delete;
  ~OutputDirectory();

  // Opens a file of the set, one of the `names`, for writing. The reference stays valid until commit().
  [[nodiscard]] HostResult<OutputFile*> create(std::string_view name,
                                               OutputFile::WhenEmpty when_empty = OutputFile::WhenEmpty::keep);

  // Also removes what an earlier run left under those of the `names` that this one does not have.
  [[nodiscard]] HostResult<void> commit();

 private:
  OutputDirectory(std::string path, int descriptor, std::vector<std::string> created, std::vector<std::string> names);
  void leave_out_empty();
  [[nodiscard]] HostResult<void> place_all();
  [[nodiscard]] Unexpected<HostError> failure(std::string_view what, std::string_view name, int error) const;
  void discard();

  std::string path_;
  int descriptor_ = -1;
  std::vector<std::string> created_directories_;  // outermost first
  std::vector<std::string> names_;                // of all files that the set may have
  std::vector<std::unique_ptr<OutputFile>> files_;
};

}  // namespace memsim::host
