// A record as the line of records.jsonl.
#pragma once

#include <string>

#include <memsim/engine/record_stream.hpp>
#include <memsim/view/json_line.hpp>

namespace memsim {

template <class Record>
void append_record_line(std::string& out, RunPoint at, const Record& record) {
  JsonLine line(out);
  line.add("sequence", at.record);
  line.add("time_ns", at.time);
  line.add("kind", Record::kName);
  record.fields([&](std::string_view name, const auto& value) { line.add_field(name, value); });
  line.finish();
}

}  // namespace memsim
