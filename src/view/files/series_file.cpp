// series.csv: memory over time.
#include <memsim/view/measure/series_table.hpp>
#include "view/files/run_file.hpp"

namespace memsim {
namespace {

class Series {
 public:
  auto followers() { return std::tie(series_); }
  void finish() { series_.finish(); }
  void drain(std::string& out) {
    Table& table = series_.table();
    if (table.row_count() == 0) return;
    if (!has_header_) append_csv_header(out, table);
    has_header_ = true;
    append_csv_rows(out, table);
    table.clear_rows();
  }

 private:
  SeriesTable series_;
  bool has_header_ = false;
};

}  // namespace

HostResult<std::unique_ptr<RunFile>> make_series_file(host::OutputDirectory& directory, std::string_view file_name) {
  return make_text_file<Series>(directory, file_name);
}

}  // namespace memsim
