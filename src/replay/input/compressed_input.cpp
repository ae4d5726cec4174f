#include "replay/input/compressed_input.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <filesystem>
#include <system_error>

#include "replay/input/input_fault.hpp"

namespace memsim {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 17;

struct Compression {
  std::string_view suffix;
  std::string_view name;
  int filter;
};
constexpr std::array<Compression, 3> kCompressions = {
    {{".xz", "xz", ARCHIVE_FILTER_XZ}, {".zst", "zstd", ARCHIVE_FILTER_ZSTD}, {".gz", "gzip", ARCHIVE_FILTER_GZIP}}};

archive* handle(void* pointer) { return static_cast<archive*>(pointer); }

Unexpected<HostError> failure(ExitCode code, const std::string& path, std::string message, std::string help) {
  return input_fault({.path = path}, std::move(message), std::move(help), {}, code);
}

Unexpected<HostError> opening_failure_of(archive* from, const std::string& path) {
  const std::error_code error(archive_errno(from), std::generic_category());
  const bool is_absent = error == std::errc::no_such_file_or_directory;
  return failure(ExitCode::host_failed, path, is_absent ? "no such file" : "cannot be opened: " + error.message(), {});
}

Unexpected<HostError> failure_of(archive* from, const std::string& path) {
  const char* const said = archive_error_string(from);
  const std::string message = said == nullptr ? "the decompressor gives no reason" : said;
  if (archive_errno(from) > 0 && archive_filter_code(from, 0) == ARCHIVE_FILTER_NONE) {
    return failure(ExitCode::host_failed, path, "cannot be read: " + message, {});
  }
  if (std::error_code(archive_errno(from), std::generic_category()) == std::errc::not_enough_memory) {
    return failure(ExitCode::host_failed, path, "there is no memory to decompress it", {});
  }
  return failure(ExitCode::bad_input, path, "the compressed data are damaged or cut short: " + message,
                 "copy the file again, or test it with the program that compressed it");
}

}  // namespace

void CompressedInput::Closer::operator()(void* archive) const { archive_read_free(handle(archive)); }

HostResult<CompressedInput> CompressedInput::open(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return failure(ExitCode::host_failed, path, "is a folder, not a file", {});
  }
  std::unique_ptr<void, Closer> owned(archive_read_new());
  archive* const from = handle(owned.get());
  if (from == nullptr) return failure(ExitCode::host_failed, path, "no memory for a decompressor", {});
  archive_read_support_filter_xz(from);
  archive_read_support_filter_zstd(from);
  archive_read_support_filter_gzip(from);
  archive_read_support_format_raw(from);
  archive_read_support_format_empty(from);
  archive_entry* entry = nullptr;
  if (archive_read_open_filename(from, path.c_str(), kBlockBytes) != ARCHIVE_OK) return opening_failure_of(from, path);
  const int begun = archive_read_next_header(from, &entry);
  if (begun != ARCHIVE_OK && begun != ARCHIVE_EOF) return failure_of(from, path);
  for (const Compression& compression : kCompressions) {
    if (path.ends_with(compression.suffix) && archive_filter_code(from, 0) != compression.filter) {
      return failure(ExitCode::bad_input, path, "its name says " + std::string(compression.name) + ", its bytes do not",
                     "name it by what it is, or copy it again");
    }
  }
  return CompressedInput(path, std::move(owned), begun == ARCHIVE_EOF);
}

HostResult<std::string_view> CompressedInput::next() {
  if (is_at_end_) return std::string_view();
  const void* bytes = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int status = archive_read_data_block(handle(archive_.get()), &bytes, &size, &offset);
  is_at_end_ = status != ARCHIVE_OK;
  if (status == ARCHIVE_EOF) return std::string_view();
  if (status != ARCHIVE_OK) return failure_of(handle(archive_.get()), path_);
  return std::string_view(static_cast<const char*>(bytes), size);
}

}  // namespace memsim
