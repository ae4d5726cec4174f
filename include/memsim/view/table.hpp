// Table: columns with names and units, and rows of typed cells. What an output shows in rows is made as a table first;
// a CSV file, a database and a page are renderings of it.
//
// A table that grows with a run is drained: whoever renders it takes the rows that are there and clears them, so that
// its memory is bounded. A plain copyable value.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <memsim/base/check.hpp>
#include <memsim/base/units.hpp>

namespace memsim {

// A value in thousandths: 484 is 0.484.
struct Thousandths {
  std::int64_t value = 0;
  bool operator==(const Thousandths&) const = default;
};

// Nothing, a whole number, a decimal, or a text in UTF-8.
using Cell = std::variant<std::monostate, std::uint64_t, std::int64_t, Thousandths, std::string>;

struct Column {
  std::string name;  // as in the header of a CSV file; what has a unit bears it at its end
  // "ns", "bytes", "frames", "permille"; empty for a count, a word, a number without a unit.
  [[nodiscard]] std::string_view unit() const;
  bool operator==(const Column&) const = default;
};

class Table {
 public:
  Table() = default;
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  // Requires: no rows.
  void set_columns(std::vector<Column> columns) {
    MEMSIM_CHECK(cells_.empty());
    columns_ = std::move(columns);
  }

  // Appends to the last row, which is complete when it has as many cells as there are columns; then the next begins.
  Table& add(Thousandths value);
  Table& add(std::string_view text);
  Table& add_signed(std::int64_t value);
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Table& add(T value) { return add_natural(value); }
  // A moment that never came is an empty cell.
  Table& add(SimTime time) { return time == never() ? skip() : add_natural(time.value()); }
  Table& skip();

  [[nodiscard]] std::size_t row_count() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }
  // Requires: index < row_count().
  [[nodiscard]] std::span<const Cell> row(std::size_t index) const {
    MEMSIM_CHECK(index < row_count());
    return std::span(cells_).subspan(index * columns_.size(), columns_.size());
  }
  void clear_rows() { cells_.clear(); }

 private:
  Table& add_natural(std::uint64_t value);

  std::vector<Column> columns_;
  std::vector<Cell> cells_;  // row by row
};

// As RFC 4180 has it, but lines end with a bare LF: see csv_line.hpp. `made_by`, where it is not empty, is the name of
// one more column without values: see made_by.hpp.
void append_csv_header(std::string& out, const Table& table, std::string_view made_by = {});
void append_csv_rows(std::string& out, const Table& table, std::string_view made_by = {});

}  // namespace memsim
