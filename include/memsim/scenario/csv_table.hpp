// A CSV file as rows of texts, in the dialect that scenarios read their columns in: RFC 4180, cells separated by
// commas, the names of the columns in the first line, blanks around a cell and blank lines of no account.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>

namespace memsim {

struct CsvTable {
  struct Row {
    std::uint32_t line = 0;  // where it begins, from 1
    std::vector<std::string> cells;
  };
  std::vector<std::string> columns;  // no two alike, none empty
  std::vector<Row> rows;             // each with as many cells as there are columns
};

// `path` stands in the diagnostics. Errors: bad_input, with every fault at its place; also where there is no row.
// Memory: some hundred bytes a cell. Requires: less than 4 GiB.
[[nodiscard]] HostResult<CsvTable> parse_csv_table(std::string_view text, const std::string& path);

}  // namespace memsim
