#include <array>

#include "view/files/run_file.hpp"

namespace memsim {

std::span<const RunFileKind> run_file_kinds() {
  static constexpr std::array kKinds = {
      RunFileKind{"replies", "replies.jsonl", true, make_replies_file},
      RunFileKind{"series", "series.csv", true, make_series_file},
      RunFileKind{"calls", "calls.csv", true, make_calls_file},
      RunFileKind{"output", "output.jsonl", true, make_output_file},
      RunFileKind{"records", "records.jsonl", false, make_records_file},
      RunFileKind{"summary", "summary.json", true, make_summary_file},
  };
  return kKinds;
}

}  // namespace memsim
