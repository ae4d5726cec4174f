// records.jsonl: every record, with all of its fields.
#include <memsim/view/json_line.hpp>
#include "view/files/run_file.hpp"

namespace memsim {
namespace {

class Records {
 public:
  template <class Record>
  void on(RunPoint at, const Record& record) {
    JsonLine line(text_);
    line.add("sequence", at.record);
    line.add("time_ns", at.time);
    line.add("kind", Record::kName);
    record.fields([&](std::string_view name, const auto& value) { line.add_field(name, value); });
    line.finish();
  }
  void drain(std::string& out) {
    out += text_;
    text_.clear();
  }

 private:
  std::string text_;
};

}  // namespace

HostResult<std::unique_ptr<RunFile>> make_records_file(OutputDirectory& directory, std::string_view file_name) {
  return make_text_file<Records>(directory, file_name);
}

}  // namespace memsim
