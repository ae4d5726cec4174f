// TemporaryFolder: a folder for what a process leaves behind, in the host's place for such ($TMPDIR). Goes with all
// that is in it.
#pragma once

#include <string>
#include <utility>

#include <memsim/base/host_error.hpp>

namespace memsim::host {

class TemporaryFolder {
 public:
  // Errors: host_failed.
  [[nodiscard]] static HostResult<TemporaryFolder> create();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty: moved from
};

}  // namespace memsim::host
