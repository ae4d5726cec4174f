#include <memsim/view/output_files.hpp>

#include <array>
#include <utility>
#include <vector>

#include <memsim/host/output_directory.hpp>
#include <memsim/view/render.hpp>

#include <memsim/view/csv_line.hpp>
#include <memsim/view/json_line.hpp>
#include <memsim/view/name_book.hpp>
#include "view/measure/series_table.hpp"

namespace memsim {

using host::OutputDirectory;
using host::OutputFile;

namespace {

constexpr std::string_view kReplies = "replies.jsonl";
constexpr std::string_view kSeries = "series.csv";
constexpr std::string_view kCalls = "calls.csv";
constexpr std::string_view kRecords = "records.jsonl";
constexpr std::string_view kSummary = "summary.json";

constexpr std::string_view kCallsHeader =
    "start_ns,service_ns,reply_ns,pid,tid,process,server,call,type,priority,status,errno,errno_name,object\n";

// What the files need besides records.jsonl, which takes every kind.
constexpr std::array kWanted = {
    RecordKind::run_started,      RecordKind::region_added,          RecordKind::process_started,
    RecordKind::message_replied,  RecordKind::call_completed,        RecordKind::object_created,
    RecordKind::object_destroyed, RecordKind::segment_reply,         RecordKind::region_sample,
    RecordKind::object_sample,    RecordKind::segment_length_sample, RecordKind::probe_result,
};

}  // namespace

class OutputFiles::Writers {
 public:
  Writers(OutputDirectory directory, OutputFile& replies, OutputFile& series, OutputFile& calls, OutputFile* records)
      : directory_(std::move(directory)), replies_(replies), series_(series), calls_(calls), records_(records) {
    calls_.buffer() += kCallsHeader;
  }

  [[nodiscard]] bool takes_all_records() const { return records_ != nullptr; }

  void on_record(const RecordView& record) {
    names_.learn(record);
    switch (record.kind()) {
      case RecordKind::segment_reply:
        write_reply(record);
        break;
      case RecordKind::message_replied:
        write_message(record.time(), record.as<MessageReplied>());
        break;
      case RecordKind::call_completed:
        write_call(record.time(), record.as<CallCompleted>());
        break;
      default:
        table_.on_record(record, series_.buffer());
        series_.flush_if_full();
        break;
    }
    if (records_ != nullptr) write_record(record);
  }

  [[nodiscard]] HostResult<void> commit(const Summary& summary) {
    table_.finish(series_.buffer());
    HostResult<OutputFile*> file = directory_.create(kSummary);
    if (!file) return Unexpected(std::move(file).error());
    (*file)->buffer() = render_json(summary);
    return directory_.commit();
  }

 private:
  void write_reply(const RecordView& view) {
    const auto& reply = view.as<SegmentReply>();
    JsonLine line(replies_.buffer());
    line.add("time_ns", view.time());
    line.add("process", names_.process(reply.pid));
    line.add("object_name", names_.object(reply.object));
    reply.fields([&](std::string_view name, const auto& value) { line.add_field(name, value); });
    line.finish();
    replies_.flush_if_full();
  }

  void write_message(SimTime time, const MessageReplied& message) {
    CsvLine line(calls_.buffer());
    line.time(message.sent).time(message.received).time(time);
    line.number(message.pid.value()).number(message.tid.value()).text(names_.process(message.pid));
    line.text(names_.process(message.server)).text(call_name(message.call)).number(message.type);
    line.number(unsigned{message.priority}).number(message.status).number(static_cast<unsigned>(message.error));
    line.text(errno_name(message.error)).number(message.object.value());
    line.finish();
    calls_.flush_if_full();
  }

  void write_call(SimTime time, const CallCompleted& call) {
    CsvLine line(calls_.buffer());
    line.time(call.started).empty().time(time);
    line.number(call.pid.value()).number(call.tid.value()).text(names_.process(call.pid));
    line.empty().text(call_name(call.call)).empty();
    line.number(unsigned{call.priority}).number(call.result).number(static_cast<unsigned>(call.error));
    line.text(errno_name(call.error)).empty();
    line.finish();
    calls_.flush_if_full();
  }

  void write_record(const RecordView& view) {
    JsonLine line(records_->buffer());
    line.add("sequence", view.sequence());
    line.add("time_ns", view.time());
    line.add("kind", record_name(view.kind()));
    view.visit([&](const auto& record) {
      record.fields([&](std::string_view name, const auto& value) { line.add_field(name, value); });
    });
    line.finish();
    records_->flush_if_full();
  }

  OutputDirectory directory_;
  OutputFile& replies_;
  OutputFile& series_;
  OutputFile& calls_;
  OutputFile* records_;  // null unless asked for
  NameBook names_;
  SeriesTable table_;
};

HostResult<OutputFiles> OutputFiles::create(const OutputOptions& options) {
  const auto existing = options.replace ? OutputDirectory::Existing::replace : OutputDirectory::Existing::refuse;
  HostResult<OutputDirectory> directory =
      OutputDirectory::open(options.directory, {kReplies, kSeries, kCalls, kRecords, kSummary}, existing);
  if (!directory) return Unexpected(std::move(directory).error());
  std::vector<std::string_view> names = {kReplies, kSeries, kCalls};
  if (options.all_records) names.push_back(kRecords);
  std::vector<OutputFile*> files;
  for (const std::string_view name : names) {
    HostResult<OutputFile*> file = directory->create(name);
    if (!file) return Unexpected(std::move(file).error());
    files.push_back(*file);
  }
  OutputFile* const records = options.all_records ? files.back() : nullptr;
  return OutputFiles(std::make_unique<Writers>(std::move(*directory), *files[0], *files[1], *files[2], records));
}

OutputFiles::OutputFiles(std::unique_ptr<Writers> writers) : writers_(std::move(writers)) {}
OutputFiles::OutputFiles(OutputFiles&&) noexcept = default;
OutputFiles::~OutputFiles() = default;

std::span<const RecordKind> OutputFiles::wanted() const {
  if (writers_->takes_all_records()) return all_record_kinds();
  return kWanted;
}

void OutputFiles::on_record(const RecordView& record) { writers_->on_record(record); }

HostResult<void> OutputFiles::commit(const Summary& summary) { return writers_->commit(summary); }

}  // namespace memsim
