// records.jsonl: every record, with all of its fields.
#include "view/files/run_file.hpp"
#include "view/text/record_line.hpp"

namespace memsim {
namespace {

class Records : public LinesContent {
 public:
  template <class Record>
  void on(RunPoint at, const Record& record) {
    append_record_line(text_, at, record);
  }
};

}  // namespace

HostResult<std::unique_ptr<RunFile>> make_records_file(const RunFilePlace& place) {
  return make_text_file<Records>(place);
}

}  // namespace memsim
