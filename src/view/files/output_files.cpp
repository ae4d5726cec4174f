#include <memsim/view/output_files.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "view/files/run_file.hpp"

namespace memsim {

using host::OutputDirectory;

std::vector<std::string_view> output_names() {
  std::vector<std::string_view> names;
  for (const RunFileKind& kind : run_file_kinds()) names.push_back(kind.name);
  return names;
}

struct OutputFiles::Writers {
  OutputDirectory directory;
  std::vector<std::unique_ptr<RunFile>> files;
  std::array<std::vector<RunFile*>, kRecordKindCount> by_kind;
  std::vector<RecordKind> wanted;
};

namespace {

bool is_asked_for(const RunFileKind& kind, const OutputOptions& options) {
  if (kind.name == "records" && options.all_records) return true;
  if (options.only.empty()) return kind.by_default;
  return std::find(options.only.begin(), options.only.end(), kind.name) != options.only.end();
}

HostResult<void> all_known(const OutputOptions& options) {
  const std::vector<std::string_view> names = output_names();
  for (const std::string& name : options.only) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    return host_failure(ExitCode::bad_input, fmt::format("there is no output '{}'", escaped_for_terminal(name)),
                        fmt::format("one of: {}", fmt::join(names, ", ")));
  }
  return {};
}

}  // namespace

HostResult<OutputFiles> OutputFiles::create(const OutputOptions& options) {
  if (const HostResult<void> known = all_known(options); !known) return Unexpected(known.error());
  const auto existing = options.replace ? OutputDirectory::Existing::replace : OutputDirectory::Existing::refuse;
  std::vector<std::string_view> names;
  for (const RunFileKind& kind : run_file_kinds()) names.push_back(kind.file_name);
  HostResult<OutputDirectory> directory = OutputDirectory::open(options.directory, names, existing);
  if (!directory) return Unexpected(std::move(directory).error());
  auto writers = std::make_unique<Writers>(Writers{std::move(*directory), {}, {}, {}});
  for (const RunFileKind& kind : run_file_kinds()) {
    if (!is_asked_for(kind, options)) continue;
    HostResult<std::unique_ptr<RunFile>> file = kind.make({writers->directory, kind.file_name, options.made_by});
    if (!file) return Unexpected(std::move(file).error());
    for (const RecordKind wanted : (*file)->wanted()) {
      writers->by_kind[static_cast<std::size_t>(wanted)].push_back(file->get());
    }
    writers->files.push_back(std::move(*file));
  }
  for (const RecordKind kind : all_record_kinds()) {
    if (!writers->by_kind[static_cast<std::size_t>(kind)].empty()) writers->wanted.push_back(kind);
  }
  return OutputFiles(std::move(writers));
}

OutputFiles::OutputFiles(std::unique_ptr<Writers> writers) : writers_(std::move(writers)) {}
OutputFiles::OutputFiles(OutputFiles&&) noexcept = default;
OutputFiles::~OutputFiles() = default;

std::span<const RecordKind> OutputFiles::wanted() const { return writers_->wanted; }

void OutputFiles::on_record(const RecordView& record) {
  for (RunFile* file : writers_->by_kind[static_cast<std::size_t>(record.kind())]) file->on_record(record);
}

HostResult<void> OutputFiles::commit(const Summary& summary) {
  for (const std::unique_ptr<RunFile>& file : writers_->files) file->finish(summary);
  return writers_->directory.commit();
}

}  // namespace memsim
