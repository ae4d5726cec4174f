// output.jsonl: what programs of the host wrote, line by line. Without such programs there is none.
#include <memsim/view/follow/name_book.hpp>
#include <memsim/view/json_line.hpp>
#include "view/files/run_file.hpp"

namespace memsim {
namespace {

class Output : public LinesContent {
 public:
  auto followers() { return std::tie(names_); }
  void on(RunPoint at, const ProgramOutput& record) {
    JsonLine line(text_);
    line.add("time_ns", at.time);
    line.add("process", names_.process(record.pid));
    line.add("stream", name_of(record.stream));
    line.add("text", record.text);
    line.finish();
  }

 private:
  NameBook names_;
};

}  // namespace

HostResult<std::unique_ptr<RunFile>> make_output_file(const RunFilePlace& place) {
  return make_text_file<Output>(place, host::OutputFile::WhenEmpty::leave_out);
}

}  // namespace memsim
