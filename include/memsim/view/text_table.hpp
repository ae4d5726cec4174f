// TextTable: rows of cells, set in aligned columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace memsim {

// In which form the tables of a command are written.
enum class TableFormat : std::uint8_t { text, markdown, csv, json };

class TextTable {
 public:
  enum class Align : bool { left, right };

  explicit TextTable(std::vector<Align> columns) : columns_(std::move(columns)) {}

  // Requires: not more cells than columns. Cells are ASCII; a cell that is not belongs in the last column.
  void add_row(std::vector<std::string> cells);
  [[nodiscard]] bool is_empty() const { return rows_.empty(); }

  // Each row behind `indent` blanks, columns two apart, no trailing blanks, with a newline.
  [[nodiscard]] std::string text(std::size_t indent) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace memsim
