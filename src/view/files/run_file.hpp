// RunFile: one file of a run's output, and the list of all that there are.
//
// A new output is a source file that makes a RunFile, and a line in run_files.cpp. What is rows of text is a Content
// for TextRunFile: a value with handlers for the records that it is made from (engine/view.hpp). What wants a path of
// its own, such as a database, derives from RunFile and takes one from the directory.
#pragma once

#include <concepts>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/host/output_directory.hpp>
#include <memsim/view/summary.hpp>
#include <memsim/view/table.hpp>

namespace memsim {

class RunFile : public RecordSink {
 public:
  // The run is over, and this came of it. The last call, before the directory is committed.
  virtual void finish(const Summary& summary) = 0;
};

// What a text file is made of: it is told the records, and drained of the text that they made.
template <class T>
concept RunFileContent = std::default_initializable<T> && requires(T& content, std::string& out) {
  content.drain(out);
};

// A content that writes lines as the records come.
class LinesContent {
 public:
  void drain(std::string& out) {
    out += text_;
    text_.clear();
  }

 protected:
  std::string text_;
};

// A content that is a table, and whose head says what made it.
class CsvContent {
 public:
  void set_made_by(std::string_view made_by) { made_by_ = made_by; }

 protected:
  // Takes the rows that there are. A table whose columns are not known yet has none.
  void drain_rows(std::string& out, Table& table) {
    if (table.columns().empty()) return;
    if (!std::exchange(has_header_, true)) append_csv_header(out, table, made_by_);
    append_csv_rows(out, table, made_by_);
    table.clear_rows();
  }

 private:
  std::string made_by_;
  bool has_header_ = false;
};

template <RunFileContent Content>
class TextRunFile final : public RunFile {
 public:
  explicit TextRunFile(host::OutputFile& file, [[maybe_unused]] std::string_view made_by = {}) : file_(file) {
    if constexpr (std::derived_from<Content, CsvContent>) content_.set_made_by(made_by);
  }

  [[nodiscard]] std::span<const RecordKind> wanted() const override { return kinds_handled_by<Content>(); }
  void on_record(const RecordView& record) override {
    tell(content_, record);
    content_.drain(file_.buffer());
    file_.flush_if_full();
  }
  void finish(const Summary&) override {
    if constexpr (requires { content_.finish(); }) content_.finish();
    content_.drain(file_.buffer());
  }

 private:
  host::OutputFile& file_;
  Content content_;
};

// Where a file goes, and what a CSV file's head says made it.
struct RunFilePlace {
  host::OutputDirectory& directory;
  std::string_view file_name;
  std::string_view made_by;  // made_by_line(); may be empty
};

using MakeRunFile = HostResult<std::unique_ptr<RunFile>> (*)(const RunFilePlace& place);

struct RunFileKind {
  std::string_view name;       // as it is asked for: "series"
  std::string_view file_name;  // "series.csv"
  bool by_default = true;      // also where nobody asked for it
  MakeRunFile make = nullptr;
};

// In the order in which the files appear. The summary is the last, so that where it is, the others are.
[[nodiscard]] std::span<const RunFileKind> run_file_kinds();

template <RunFileContent Content>
[[nodiscard]] HostResult<std::unique_ptr<RunFile>> make_text_file(
    const RunFilePlace& place, host::OutputFile::WhenEmpty when_empty = host::OutputFile::WhenEmpty::keep) {
  const HostResult<host::OutputFile*> file = place.directory.create(place.file_name, when_empty);
  if (!file) return Unexpected(file.error());
  return std::make_unique<TextRunFile<Content>>(**file, place.made_by);
}

// Each by its own source file.
[[nodiscard]] HostResult<std::unique_ptr<RunFile>> make_replies_file(const RunFilePlace&);
[[nodiscard]] HostResult<std::unique_ptr<RunFile>> make_series_file(const RunFilePlace&);
[[nodiscard]] HostResult<std::unique_ptr<RunFile>> make_calls_file(const RunFilePlace&);
[[nodiscard]] HostResult<std::unique_ptr<RunFile>> make_output_file(const RunFilePlace&);
[[nodiscard]] HostResult<std::unique_ptr<RunFile>> make_records_file(const RunFilePlace&);
[[nodiscard]] HostResult<std::unique_ptr<RunFile>> make_summary_file(const RunFilePlace&);

}  // namespace memsim
