// One column of a CSV file: lists of values for draws.
//
// The dialect of RFC 4180, as spreadsheets and statistics programs write it: UTF-8, cells separated by commas, the
// names of the columns in the first line; a cell in double quotes may hold commas, line ends and doubled quotes. Blanks
// around a cell do not count, blank lines are skipped, every other row has as many cells as the first.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/format/map_reader.hpp"

namespace memsim::loader {

// The value of one cell, or what is wrong with it.
using CellParser = std::function<Expected<std::int64_t, std::string>(std::string_view cell)>;

// The values of `column`; of the only column where `column` is empty. Nothing after a fault; all faults of the cells
// are found. `place` is where the scenario names the file, relative to the scenario's own folder.
[[nodiscard]] std::optional<std::vector<std::int64_t>> read_csv_column(Loading& loading, Place place,
                                                                       const std::string& file, std::string_view column,
                                                                       const CellParser& parse);

// The same for a text that has been read. `faults` are those of this text.
[[nodiscard]] std::optional<std::vector<std::int64_t>> csv_values(const SourceText& source, std::string_view column,
                                                                  const CellParser& parse, Faults& faults);

}  // namespace memsim::loader
