// Writing a text file so that it is there whole, or as it was before.
#pragma once

#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>

namespace memsim {

// Makes `text` the content of the file at `path`: a temporary file beside it (".NAME.partial") is written, brought to
// the disk and renamed. A symbolic link is followed, the permissions of an existing file are kept. What is no regular
// file (a pipe, a device) is written as it is. Errors: host_failed; then nothing of the text stays.
[[nodiscard]] HostResult<void> replace_file(const std::string& path, std::string_view text);

}  // namespace memsim
