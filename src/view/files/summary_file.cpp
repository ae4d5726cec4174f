// summary.json: what came of the run.
#include <memsim/view/render.hpp>
#include "view/files/run_file.hpp"

namespace memsim {
namespace {

class SummaryFile final : public RunFile {
 public:
  explicit SummaryFile(host::OutputFile& file) : file_(file) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override { return {}; }
  void on_record(const RecordView&) override {}
  void finish(const Summary& summary) override { file_.buffer() = render_json(summary); }

 private:
  host::OutputFile& file_;
};

}  // namespace

HostResult<std::unique_ptr<RunFile>> make_summary_file(const RunFilePlace& place) {
  const HostResult<host::OutputFile*> file = place.directory.create(place.file_name);
  if (!file) return Unexpected(file.error());
  return std::make_unique<SummaryFile>(**file);
}

}  // namespace memsim
