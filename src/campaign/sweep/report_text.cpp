#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include <memsim/base/json.hpp>
#include <memsim/view/csv_line.hpp>
#include <memsim/view/text_table.hpp>

#include "campaign/compare/compare_render.hpp"
#include "campaign/sweep/report_tables.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

bool is_number(const ReportTable& table, std::size_t column) {
  return std::any_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row[column].is_number; });
}

}  // namespace

std::vector<std::size_t> shown_columns(const ReportTable& table) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (!table.columns[i].shown.empty()) columns.push_back(i);
  }
  return columns;
}

std::vector<std::string> head_of(const ReportTable& table, const std::vector<std::size_t>& columns) {
  std::vector<std::string> cells;
  for (const std::size_t i : columns) cells.push_back(table.columns[i].shown);
  return cells;
}

std::vector<std::string> cells_of(const std::vector<ReportCell>& row, const std::vector<std::size_t>& columns) {
  std::vector<std::string> cells;
  for (const std::size_t i : columns) cells.push_back(row[i].shown);
  return cells;
}

std::string text_of(const ReportTable& table) {
  const std::vector<std::size_t> columns = shown_columns(table);
  std::vector<TextTable::Align> aligned;
  for (const std::size_t i : columns) {
    aligned.push_back(is_number(table, i) ? TextTable::Align::right : TextTable::Align::left);
  }
  TextTable text(std::move(aligned));
  text.add_row(head_of(table, columns));
  for (const auto& row : table.rows) text.add_row(cells_of(row, columns));
  std::string out = table.title + '\n';
  for (const std::string& note : table.notes) out += fmt::format(" {}\n", note);
  return out + text.text(1);
}

std::string markdown_of(const ReportTable& table) {
  const std::vector<std::size_t> columns = shown_columns(table);
  std::string rule = "|";
  for (const std::size_t i : columns) rule += is_number(table, i) ? "---:|" : "---|";
  std::string out = fmt::format("#### {}\n\n", table.title);
  for (const std::string& note : table.notes) out += fmt::format("- {}\n", note);
  if (!table.notes.empty()) out += '\n';
  out += markdown_row(head_of(table, columns)) + rule + '\n';
  for (const auto& row : table.rows) out += markdown_row(cells_of(row, columns));
  return out;
}

std::string csv_of(const ReportTable& table, const std::string& made_by) {
  std::string out;
  CsvLine head(out);
  for (const ReportColumn& column : table.columns) {
    if (!column.name.empty()) head.text(column.name);
  }
  head.text(made_by);
  head.finish();
  for (const auto& row : table.rows) {
    CsvLine line(out);
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (table.columns[i].name.empty()) continue;
      row[i].is_number || row[i].raw.empty() ? line.raw(row[i].raw) : line.text(row[i].raw);
    }
    line.empty().finish();
  }
  return out;
}

std::string json_of(const ReportTable& table) {
  Json rows = Json::array();
  for (const auto& row : table.rows) {
    Json object = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (table.columns[i].name.empty()) continue;
      // Integers beyond 64 bits become the nearest decimal.
      Json number = row[i].is_number && !row[i].raw.empty() ? parse_json(row[i].raw) : Json();
      object[table.columns[i].name] = row[i].is_number ? std::move(number) : Json(row[i].raw);
    }
    rows.push_back(std::move(object));
  }
  return json_text(rows, JsonLayout::indented);
}

}  // namespace memsim
