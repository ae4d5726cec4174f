#include <memsim/host/temporary_folder.hpp>

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <memsim/host/descriptor.hpp>

namespace memsim::host {

HostResult<TemporaryFolder> TemporaryFolder::create() {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  std::string pattern = (parent / "memsim_XXXXXX").string();
  if (!error && ::mkdtemp(pattern.data()) != nullptr) return TemporaryFolder(std::move(pattern));
  const std::string reason = error ? error.message() : reason_of(errno);
  return host_failure(ExitCode::host_failed, fmt::format("cannot make a temporary folder: {}", reason));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code nobody_to_tell;
  if (!path_.empty()) std::filesystem::remove_all(path_, nobody_to_tell);
}

}  // namespace memsim::host
