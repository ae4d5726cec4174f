#include <memsim/view/table.hpp>

#include <memsim/view/csv_line.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {
namespace {

void append_cell(CsvLine& line, const Cell& cell) {
  if (const auto* natural = std::get_if<std::uint64_t>(&cell)) {
    line.number(*natural);
  } else if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    line.number(*integer);
  } else if (const auto* decimal = std::get_if<Thousandths>(&cell)) {
    line.raw(permille_text(decimal->value));
  } else if (const auto* text = std::get_if<std::string>(&cell)) {
    line.text(*text);
  } else {
    line.empty();
  }
}

}  // namespace

std::string_view Column::unit() const {
  for (const std::string_view unit : {"ns", "bytes", "frames", "permille"}) {
    if (name.ends_with(unit) && name.size() > unit.size() && name[name.size() - unit.size() - 1] == '_') return unit;
  }
  return {};
}

Table& Table::add(Thousandths value) {
  cells_.emplace_back(std::in_place_type<Thousandths>, value);
  return *this;
}

Table& Table::add(std::string_view text) {
  cells_.emplace_back(std::in_place_type<std::string>, text);
  return *this;
}

Table& Table::add_signed(std::int64_t value) {
  cells_.emplace_back(std::in_place_type<std::int64_t>, value);
  return *this;
}

Table& Table::add_natural(std::uint64_t value) {
  cells_.emplace_back(std::in_place_type<std::uint64_t>, value);
  return *this;
}

Table& Table::skip() {
  cells_.emplace_back();
  return *this;
}

void append_csv_header(std::string& out, const Table& table, std::string_view made_by) {
  CsvLine line(out);
  for (const Column& column : table.columns()) line.text(column.name);
  if (!made_by.empty()) line.text(made_by);
  line.finish();
}

void append_csv_rows(std::string& out, const Table& table, std::string_view made_by) {
  for (std::size_t i = 0; i < table.row_count(); ++i) {
    CsvLine line(out);
    for (const Cell& cell : table.row(i)) append_cell(line, cell);
    if (!made_by.empty()) line.empty();
    line.finish();
  }
}

}  // namespace memsim
