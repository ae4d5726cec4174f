// series.csv: memory over time.
#include <memsim/view/measure/series_table.hpp>
#include "view/files/run_file.hpp"

namespace memsim {
namespace {

class Series : public CsvContent {
 public:
  auto followers() { return std::tie(series_); }
  void finish() { series_.finish(); }
  void drain(std::string& out) { drain_rows(out, series_.table()); }

 private:
  SeriesTable series_;
};

}  // namespace

HostResult<std::unique_ptr<RunFile>> make_series_file(const RunFilePlace& place) {
  return make_text_file<Series>(place);
}

}  // namespace memsim
