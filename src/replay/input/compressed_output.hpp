// CompressedOutput: a file that is written piece by piece, compressed as its name says, and there only when it is
// whole.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>

namespace memsim {

class CompressedOutput {
 public:
  // Errors, here and below (host_failed): the host's, with the path.
  [[nodiscard]] static HostResult<CompressedOutput> create(const std::string& path);
  CompressedOutput(CompressedOutput&&) noexcept = default;
  CompressedOutput& operator=(CompressedOutput&&) noexcept = default;
  ~CompressedOutput();  // without finish(): removes what was written

  [[nodiscard]] HostResult<void> write(std::string_view bytes);
  [[nodiscard]] HostResult<void> finish();

 private:
  struct Closer {
    void operator()(void* archive) const;
  };
  CompressedOutput(std::string path, std::string partial, std::unique_ptr<void, Closer> archive)
      : path_(std::move(path)), partial_(std::move(partial)), archive_(std::move(archive)) {}

  std::string path_;
  std::string partial_;
  std::unique_ptr<void, Closer> archive_;  // libarchive's handle; none after finish() or a move
};

}  // namespace memsim
