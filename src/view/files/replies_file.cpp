// replies.jsonl: each answer to _MEM_OBJ_INFO.
#include <tuple>

#include <memsim/view/follow/name_book.hpp>
#include <memsim/view/json_line.hpp>
#include "view/files/run_file.hpp"

namespace memsim {
namespace {

class Replies : public LinesContent {
 public:
  auto followers() { return std::tie(names_); }
  void on(RunPoint at, const SegmentReply& reply) {
    JsonLine line(text_);
    line.add("time_ns", at.time);
    line.add("process", names_.process(reply.pid));
    line.add("object_name", names_.object(reply.object));
    reply.fields([&](std::string_view name, const auto& value) { line.add_field(name, value); });
    line.finish();
  }

 private:
  NameBook names_;
};

}  // namespace

HostResult<std::unique_ptr<RunFile>> make_replies_file(const RunFilePlace& place) {
  return make_text_file<Replies>(place);
}

}  // namespace memsim
