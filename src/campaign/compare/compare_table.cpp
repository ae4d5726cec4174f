// The tables for people: text and Markdown, from one set of cells.
#include "campaign/compare/compare_render.hpp"

#include <fmt/format.h>

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

std::string explanation_of(const Comparison& comparison) {
  if (!has_differences(comparison)) return seeds_text(comparison);
  return fmt::format("{}: means of {} runs, and the mean difference of each pair of runs with its 95 % interval",
                     seeds_text(comparison), comparison.seeds);
}

std::string markdown_row(const Cells& cells) {
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

}  // namespace

std::string compare_text(const Comparison& comparison) {
  const Cells head = head_of(comparison);
  std::vector<TextTable::Align> columns(head.size(), TextTable::Align::right);
  columns[0] = columns[1] = TextTable::Align::left;
  TextTable table(std::move(columns));
  table.add_row(head);
  for (const ComparedMeasure& measure : comparison.measures) table.add_row(row_of(comparison, measure));
  table.add_row(last_row_of(comparison));
  return fmt::format("{}\n{}\n\n{}", heading(comparison.scenario, comparison.title), explanation_of(comparison),
                     table.text(0));
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
