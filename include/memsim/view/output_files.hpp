// OutputFiles: the files of a run (docs/output.md): replies.jsonl, series.csv, calls.csv, on request records.jsonl, and
// summary.json; or those of them that are asked for. They appear in their directory complete, all together, or not at
// all; summary.json comes last, so where it is, the others are.
//
// No view, which would be a value: it holds files of the host. What they are rendered from are views.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

struct OutputOptions {
  std::string directory;            // made when missing, parents included
  bool replace = false;             // files of an earlier run, instead of refusing to start
  bool all_records = false;         // records.jsonl too; may be large
  std::vector<std::string> only{};  // of output_names(); empty: all but the records
  std::string made_by{};            // in the heads of the CSV files: made_by_line(), or empty
};

// What can be asked for: "replies", "series", "calls", "records", "summary".
[[nodiscard]] std::vector<std::string_view> output_names();

// Usage: create, subscribe before the run, commit after it. Without commit() nothing stays behind.
class OutputFiles final : public RecordSink {
 public:
  // Makes and locks the directory. Errors: bad_input for a name that is none of output_names(), or an empty directory;
  // host_failed where the host refuses, the directory is in use by another run, or one of the files exists and
  // `replace` is false.
  [[nodiscard]] static HostResult<OutputFiles> create(const OutputOptions& options);
  OutputFiles(OutputFiles&&) noexcept;
  OutputFiles& operator=(OutputFiles&&) = delete;
  ~OutputFiles() override;

  [[nodiscard]] std::span<const RecordKind> wanted() const override;
  void on_record(const RecordView& record) override;

  // Adds the summary, brings everything to the disk and gives the files their names. Errors: the first that the host
  // reported since create(), such as a full disk; nothing new is left in the directory then. Requires: not called
  // before.
  [[nodiscard]] HostResult<void> commit(const Summary& summary);

 private:
  struct Writers;
  explicit OutputFiles(std::unique_ptr<Writers> writers);
  std::unique_ptr<Writers> writers_;
};

}  // namespace memsim
