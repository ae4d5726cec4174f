#include "replay/input/compressed_output.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <filesystem>

namespace memsim {
namespace {

archive* writer(void* pointer) { return static_cast<archive*>(pointer); }

Unexpected<HostError> failure(const std::string& path, std::string_view reason) {
  return host_failure(ExitCode::host_failed, fmt::format("cannot write {}: {}", escaped_for_terminal(path), reason));
}

Unexpected<HostError> writing_failure_of(archive* to, const std::string& path) {
  const char* const said = archive_error_string(to);
  return failure(path, said == nullptr ? "the compressor gives no reason" : said);
}

}  // namespace

void CompressedOutput::Closer::operator()(void* archive) const { archive_write_free(writer(archive)); }

HostResult<CompressedOutput> CompressedOutput::create(const std::string& path) {
  const std::filesystem::path target(path);
  std::error_code ignored;
  // A device or a pipe is written to; it must not be replaced by a file.
  const bool is_replaced =
      !std::filesystem::exists(target, ignored) || std::filesystem::is_regular_file(target, ignored);
  std::string partial =
      is_replaced ? (target.parent_path() / ("." + target.filename().string() + ".partial")).string() : "";
  std::unique_ptr<void, Closer> owned(archive_write_new());
  archive* const to = writer(owned.get());
  if (to == nullptr) return failure(path, "no memory for a compressor");
  archive_write_set_format_raw(to);
  archive_write_set_bytes_in_last_block(to, 1);  // no padding
  if (path.ends_with(".xz")) archive_write_add_filter_xz(to);
  if (path.ends_with(".zst")) archive_write_add_filter_zstd(to);
  if (path.ends_with(".gz")) archive_write_add_filter_gzip(to);
  if (archive_write_open_filename(to, is_replaced ? partial.c_str() : path.c_str()) != ARCHIVE_OK) {
    return writing_failure_of(to, path);
  }
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  if (archive_write_header(to, entry.get()) != ARCHIVE_OK) return writing_failure_of(to, path);
  return CompressedOutput(path, std::move(partial), std::move(owned));
}

CompressedOutput::~CompressedOutput() {
  if (archive_ == nullptr) return;
  archive_.reset();
  if (partial_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);
}

HostResult<void> CompressedOutput::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const la_ssize_t written = archive_write_data(writer(archive_.get()), bytes.data(), bytes.size());
    if (written <= 0) return writing_failure_of(writer(archive_.get()), path_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

HostResult<void> CompressedOutput::finish() {
  if (archive_write_close(writer(archive_.get())) != ARCHIVE_OK)
    return writing_failure_of(writer(archive_.get()), path_);
  archive_.reset();
  if (partial_.empty()) return {};
  std::error_code error;
  std::filesystem::rename(partial_, path_, error);
  if (error) return failure(path_, error.message());
  return {};
}

}  // namespace memsim
