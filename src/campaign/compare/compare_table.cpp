// The tables for people: text and Markdown, from one set of cells.
#include "campaign/compare/compare_render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include <memsim/view/labels.hpp>
#include <memsim/view/text_table.hpp>
#include "campaign/compare/standing_text.hpp"

namespace memsim {
namespace {

using Cells = std::vector<std::string>;

// Over several seeds every contestant but the first has a second column, its difference.
bool has_differences(const Comparison& comparison) { return comparison.seeds > 1; }

Cells head_of(const Comparison& comparison) {
  Cells cells = {"measure", "better"};
  for (std::size_t i = 0; i < comparison.contestants.size(); ++i) {
    cells.push_back(comparison.contestants[i]);
    if (i > 0 && has_differences(comparison)) cells.push_back("from " + comparison.contestants.front());
  }
  return cells;
}

Cells row_of(const Comparison& comparison, const ComparedMeasure& measure) {
  Cells cells = {measure.measure.name, std::string(name_of(measure.measure.better))};
  const std::vector<Standing> all = standings(comparison, measure);
  const std::vector<std::string> means = mean_texts(measure.measure, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    cells.push_back((all[i].is_best ? "* " : "") + means[i]);
    if (i > 0 && has_differences(comparison)) cells.push_back(difference_text(measure.measure, all[i]));
  }
  return cells;
}

Cells last_row_of(const Comparison& comparison) {
  Cells cells = {"measures in which it is the best (*)", ""};
  const std::vector<std::uint64_t> counts = best_counts(comparison);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    cells.push_back(fmt::format("{}", counts[i]));
    if (i > 0 && has_differences(comparison)) cells.emplace_back();
  }
  return cells;
}

// What made it, and how it is read.
std::string explanation_of(const Comparison& comparison) {
  std::string out = origin_text(comparison.origin) + '\n';
  const std::string overridden = overridden_text(comparison.origin);
  if (!overridden.empty()) out += overridden + '\n';
  if (!has_differences(comparison)) return out + seeds_text(comparison);
  return out + fmt::format("{}: means of {} runs; differences of pairs with 95 % intervals", seeds_text(comparison),
                           comparison.seeds);
}

// Columns of the left are names.
std::string table_of(const std::vector<Cells>& rows, std::size_t names, std::size_t indent) {
  std::vector<TextTable::Align> columns(rows.front().size(), TextTable::Align::right);
  std::fill_n(columns.begin(), names, TextTable::Align::left);
  TextTable table(std::move(columns));
  for (const Cells& row : rows) table.add_row(row);
  return table.text(indent);
}

std::string one_table(const std::vector<Cells>& rows) { return table_of(rows, 2, 0); }

std::size_t longest_line(std::string_view text) {
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  return longest;
}

// The cells of `rows` from column `first` to before `end`, behind the one that says what is better.
std::vector<Cells> part_of(const std::vector<Cells>& rows, std::size_t first, std::size_t end) {
  std::vector<Cells> part;
  for (const Cells& row : rows) {
    Cells& cells = part.emplace_back(Cells{row[1]});
    for (std::size_t i = first; i < end; ++i) cells.push_back(row[i]);
  }
  return part;
}

// Each measure's name above its row, for which the lines of the table are set anew.
std::string with_names_above(const std::vector<Cells>& rows, const std::string& table) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::size_t end = table.find('\n', at) + 1;
    if (row > 0) out += rows[row][0] + '\n';
    out.append(table, at, end - at);
    at = end;
  }
  return out;
}

// As many columns a table as fit, one at least. A difference stands beside the mean that it belongs to wherever two
// columns fit.
std::string several_tables(const std::vector<Cells>& rows, std::size_t columns) {
  constexpr std::size_t kIndent = 2;
  const std::size_t all = rows.front().size();
  std::string out;
  for (std::size_t first = 2; first < all;) {
    std::size_t end = first + 1;
    std::string table = table_of(part_of(rows, first, end), 1, kIndent);
    while (end < all) {
      std::string wider = table_of(part_of(rows, first, end + 1), 1, kIndent);
      if (longest_line(wider) > columns) break;
      table = std::move(wider);
      ++end;
    }
    if (!out.empty()) out += '\n';
    out += with_names_above(rows, table);
    first = end;
  }
  return out;
}

}  // namespace

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) {
    out += ' ';
    for (const char c : cell) {
      if (c == '|' || c == '*' || c == '_' || c == '\\' || c == '<' || c == '`') out += '\\';
      out += c;
    }
    out += " |";
  }
  return out + '\n';
}

std::vector<Cells> comparison_cells(const Comparison& comparison) {
  std::vector<Cells> rows{head_of(comparison)};
  for (const ComparedMeasure& measure : comparison.measures) rows.push_back(row_of(comparison, measure));
  rows.push_back(last_row_of(comparison));
  return rows;
}

std::string compare_text(const Comparison& comparison, std::size_t columns) {
  const std::vector<Cells> rows = comparison_cells(comparison);
  std::string table = one_table(rows);
  if (longest_line(table) > columns) table = several_tables(rows, columns);
  return fmt::format("{}\n{}\n\n{}", heading(comparison.scenario, comparison.title), explanation_of(comparison), table);
}

std::string compare_markdown(const Comparison& comparison) {
  const Cells head = head_of(comparison);
  std::string rule = "|---|---|";
  for (std::size_t i = 2; i < head.size(); ++i) rule += "---:|";
  std::string out = fmt::format("### {}\n\n{}\n\n{}{}\n", heading(comparison.scenario, comparison.title),
                                explanation_of(comparison), markdown_row(head), rule);
  for (const ComparedMeasure& measure : comparison.measures) out += markdown_row(row_of(comparison, measure));
  return out + markdown_row(last_row_of(comparison));
}

}  // namespace memsim
