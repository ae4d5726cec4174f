#include "scenario/program/csv.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <memsim/scenario/csv_table.hpp>

namespace memsim::loader {
namespace {

struct Cell {
  std::string text;
  std::size_t offset = 0;
};

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

// Takes rows from the front of a text, and stops at the first place where the rest cannot be told apart into cells.
class RowReader {
 public:
  RowReader(std::string_view text, Faults& faults) : text_(text), faults_(faults) {}

  // False at the end, or after a fault.
  bool next(std::vector<Cell>& row) {
    while (at_ < text_.size()) {
      row.clear();
      while (next_cell(row)) {
      }
      if (failed_) return false;
      const bool is_blank = row.size() == 1 && row.front().text.empty();
      if (!is_blank) return true;
    }
    return false;
  }

 private:
  // Whether another cell follows in the row.
  bool next_cell(std::vector<Cell>& row) {
    while (peek() == ' ') ++at_;
    row.push_back({{}, at_});
    const bool is_read = peek() == '"' ? quoted_cell(row.back()) : plain_cell(row.back());
    if (!is_read) {
      failed_ = true;
      return false;
    }
    if (peek() == ',') {
      ++at_;
      return true;
    }
    if (peek() == '\r') ++at_;
    if (peek() == '\n') ++at_;
    return false;
  }

  bool plain_cell(Cell& cell) {
    while (at_ < text_.size() && text_[at_] != ',' && !is_line_end(text_[at_])) {
      if (text_[at_] == '"')
        return fail(at_, "a quote inside a cell", "put the whole cell in quotes, and write \"\" in it");
      cell.text += text_[at_++];
    }
    cell.text.erase(cell.text.find_last_not_of(' ') + 1);
    return true;
  }

  bool quoted_cell(Cell& cell) {
    for (++at_; at_ < text_.size(); ++at_) {
      const bool is_quote = text_[at_] == '"';
      if (is_quote && (at_ + 1 == text_.size() || text_[at_ + 1] != '"')) break;
      cell.text += text_[at_];
      if (is_quote) ++at_;
    }
    if (at_ == text_.size()) return fail(cell.offset, "this quote is never closed", "add the closing quote");
    ++at_;
    while (peek() == ' ') ++at_;
    if (at_ == text_.size() || peek() == ',' || is_line_end(peek())) return true;
    return fail(at_, "text after the closing quote of a cell", "write a quote in a cell as \"\"");
  }

  bool fail(std::size_t offset, std::string message, std::string help) {
    faults_.add(Place::at(offset), std::move(message), std::move(help));
    return false;
  }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string_view text_;
  Faults& faults_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

// A separator that stands in the only cell of the first line: other programs write such files and call them CSV.
std::optional<std::string_view> other_separator(const std::vector<Cell>& header) {
  if (header.size() != 1) return std::nullopt;
  for (const auto& [character, name] : {std::pair(';', "semicolons"), std::pair('\t', "tabs"), std::pair('|', "'|'")}) {
    if (header.front().text.find(character) != std::string::npos) return name;
  }
  return std::nullopt;
}

std::optional<std::size_t> column_index(const std::vector<Cell>& header, std::string_view column, Faults& faults) {
  std::vector<std::string_view> names;
  for (const Cell& cell : header) names.push_back(cell.text);
  const auto fault = [&](std::size_t offset, std::string message, std::string help) {
    faults.add(Place::at(offset), std::move(message), std::move(help));
    return std::nullopt;
  };
  if (column.empty() && names.size() > 1) {
    return fault(0, "the file has several columns", fmt::format("say which with 'column'; {}", suggestion("", names)));
  }
  const auto found = column.empty() ? names.begin() : std::find(names.begin(), names.end(), column);
  if (const auto separator = other_separator(header); separator && (found == names.end() || column.empty())) {
    return fault(0, fmt::format("the cells are separated by {}, not by commas", *separator),
                 "write the file with commas between the cells and a point in decimals");
  }
  if (found == names.end()) {
    return fault(0, fmt::format("the file has no column {}", in_quotes(column)),
                 fmt::format("the first line has the names of the columns; {}", suggestion(column, names)));
  }
  const auto again = std::find(found + 1, names.end(), *found);
  if (again == names.end()) return static_cast<std::size_t>(found - names.begin());
  return fault(header[static_cast<std::size_t>(again - names.begin())].offset,
               fmt::format("two columns are called {}", in_quotes(*again)), "give each a name of its own");
}

}  // namespace

std::optional<std::vector<std::int64_t>> csv_values(const SourceText& source, std::string_view column,
                                                    const CellParser& parse, Faults& faults) {
  if (const auto fault = find_text_fault(source.text())) {
    faults.add(Place::at(fault->offset), fault->message, fault->help);
    return std::nullopt;
  }
  RowReader rows(source.text(), faults);
  std::vector<Cell> row;
  if (!rows.next(row)) {
    if (faults.empty()) faults.add(Place::at(0), "the file is empty");
    return std::nullopt;
  }
  const std::size_t width = row.size();
  const auto chosen = column_index(row, column, faults);
  if (!chosen) return std::nullopt;
  std::vector<std::int64_t> values;
  while (rows.next(row)) {
    if (row.size() != width) {
      faults.add(Place::at(row.front().offset), fmt::format("{} cells where the first line has {}", row.size(), width));
      continue;
    }
    const auto value = parse(row[*chosen].text);
    if (value) {
      values.push_back(*value);
    } else {
      faults.add(Place::at(row[*chosen].offset), value.error());
    }
  }
  if (values.empty() && faults.empty()) faults.add(Place::at(0), "the file has no values below its first line");
  if (!faults.empty()) return std::nullopt;
  return values;
}

static std::optional<CsvTable> csv_table(const SourceText& source, Faults& faults) {
  if (const auto fault = find_text_fault(source.text())) {
    faults.add(Place::at(fault->offset), fault->message, fault->help);
    return std::nullopt;
  }
  RowReader rows(source.text(), faults);
  std::vector<Cell> row;
  CsvTable table;
  std::set<std::string_view> names;
  if (rows.next(row)) {
    for (Cell& cell : row) {
      if (cell.text.empty()) faults.add(Place::at(cell.offset), "a column without a name");
      table.columns.push_back(std::move(cell.text));
    }
  }
  for (const std::string& name : table.columns) {
    if (names.insert(name).second) continue;
    faults.add(Place::at(0), fmt::format("two columns are called {}", loader::in_quotes(name)));
  }
  while (rows.next(row)) {
    if (row.size() != table.columns.size()) {
      faults.add(Place::at(row.front().offset),
                 fmt::format("{} cells where the first line has {}", row.size(), table.columns.size()));
      continue;
    }
    CsvTable::Row& added = table.rows.emplace_back();
    added.line = source.line_of(row.front().offset);
    for (Cell& cell : row) added.cells.push_back(std::move(cell.text));
  }
  if (table.rows.empty() && faults.empty()) faults.add(Place::at(0), "the file has no rows below its first line");
  if (!faults.empty()) return std::nullopt;
  return table;
}

std::optional<std::vector<std::int64_t>> read_csv_column(Loading& loading, Place place, const std::string& file,
                                                         std::string_view column, const CellParser& parse) {
  if (loading.options.files == FileAccess::refuse) {
    loading.faults.add(place, "this scenario may not read files");
    return std::nullopt;
  }
  const std::filesystem::path path = std::filesystem::path(loading.source.path()).parent_path() / file;
  const auto bytes = host::read_file(loading.options.store.get(), path.string(), loading.options.caps.bytes);
  if (!bytes) {
    const Diagnostic& first = bytes.error().front();
    loading.faults.add(place, first.message, first.help, first.code);
    return std::nullopt;
  }
  const std::string head =
      fmt::format("\n{} {}\n", file, (*bytes)->size());  // so that no two lists of files look alike
  loading.content.add(std::as_bytes(std::span(head)));
  loading.content.add(std::as_bytes(std::span(**bytes)));
  const SourceText source(path.string(), without_byte_order_mark(**bytes));
  static const std::vector<Override> kNoOverrides;
  Faults faults(source, kNoOverrides);
  auto values = csv_values(source, column, parse, faults);
  if (!values) {
    for (Diagnostic& diagnostic : faults.take()) loading.faults.add(std::move(diagnostic));
  }
  return values;
}

}  // namespace memsim::loader

namespace memsim {

HostResult<CsvTable> parse_csv_table(std::string_view text, const std::string& path) {
  const loader::SourceText source(path, loader::without_byte_order_mark(text));
  const std::vector<Override> no_overrides;
  loader::Faults faults(source, no_overrides);
  std::optional<CsvTable> table = loader::csv_table(source, faults);
  if (!table) return Unexpected(faults.take());
  return std::move(*table);
}

}  // namespace memsim
