#include <memsim/view/files/perfetto_file.hpp>

#include <utility>

#include <memsim/view/files/perfetto.hpp>

#include "view/files/run_file.hpp"

namespace memsim {

struct PerfettoFile::State {
  State(host::OutputDirectory made, host::OutputFile& file) : directory(std::move(made)), trace(file) {}

  host::OutputDirectory directory;
  TextRunFile<PerfettoView> trace;
};

PerfettoFile::PerfettoFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
PerfettoFile::PerfettoFile(PerfettoFile&&) noexcept = default;
PerfettoFile::~PerfettoFile() = default;

HostResult<PerfettoFile> PerfettoFile::create(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name.empty()) return host_failure(ExitCode::bad_input, "the trace's name is empty");
  HostResult<host::OutputDirectory> directory = host::OutputDirectory::open(
      folder, {name}, host::OutputDirectory::Existing::replace, host::OutputDirectory::Sharing::yes);
  if (!directory) return Unexpected(std::move(directory).error());
  const HostResult<host::OutputFile*> file = directory->create(name);
  if (!file) return Unexpected(file.error());
  return PerfettoFile(std::make_unique<State>(std::move(*directory), **file));
}

std::span<const RecordKind> PerfettoFile::wanted() const { return state_->trace.wanted(); }

void PerfettoFile::on_record(const RecordView& record) { state_->trace.on_record(record); }

HostResult<void> PerfettoFile::commit() {
  state_->trace.finish({});
  return state_->directory.commit();
}

}  // namespace memsim
