// One column of a CSV file: lists of values for draws.
//
// The plain kind of CSV: UTF-8, cells separated by commas, no quotes, the names of the columns in the first line. Blank
// lines are skipped; every other line has as many cells as the first.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/format/map_reader.hpp"

namespace memsim::loader {

struct CsvCell {
  SourceLocation where;
  std::string text;
  std::string line;  // the whole line, for diagnostics
};

// The cells of `column`; of the only column where `column` is empty. Nothing after a fault. `place` is where the
// scenario names the file, relative to the scenario's own folder.
[[nodiscard]] std::optional<std::vector<CsvCell>> read_csv_column(Context& context, Place place,
                                                                  const std::string& file, std::string_view column);

}  // namespace memsim::loader
