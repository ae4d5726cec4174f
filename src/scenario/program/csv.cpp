#include "scenario/program/csv.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace memsim::loader {
namespace {

struct Cell {
  std::string_view text;
  std::size_t offset;  // in its line
};

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  std::size_t first = 0;
  for (;;) {
    const std::size_t comma = std::min(line.find(',', first), line.size());
    std::size_t begin = first;
    std::size_t end = comma;
    while (begin < end && line[begin] == ' ') ++begin;
    while (end > begin && line[end - 1] == ' ') --end;
    cells.push_back({line.substr(begin, end - begin), begin});
    if (comma == line.size()) return cells;
    first = comma + 1;
  }
}

class CsvReader {
 public:
  CsvReader(Context& context, const SourceText& source) : context_(context), source_(source) {}

  std::optional<std::vector<CsvCell>> read(std::string_view column) {
    const std::vector<Cell> header = cells_of(source_.line(1));
    const auto chosen = column_index(header, column);
    if (!chosen) return std::nullopt;
    std::vector<CsvCell> found;
    for (std::uint32_t number = 2; number <= source_.line_count(); ++number) {
      const std::string_view line = source_.line(number);
      if (line.find_first_not_of(' ') == std::string_view::npos) continue;
      const std::vector<Cell> cells = cells_of(line);
      if (cells.size() != header.size()) {
        fault(source_.line_start(number),
              fmt::format("{} cells where the first line has {}", cells.size(), header.size()));
        return std::nullopt;
      }
      const Cell& cell = cells[*chosen];
      found.push_back(
          {source_.locate(source_.line_start(number) + cell.offset), std::string(cell.text), std::string(line)});
    }
    if (found.empty()) {
      fault(0, "the file has no values below its first line");
      return std::nullopt;
    }
    return found;
  }

 private:
  std::optional<std::size_t> column_index(const std::vector<Cell>& header, std::string_view column) {
    std::vector<std::string_view> names;
    for (const Cell& cell : header) names.push_back(cell.text);
    if (column.empty() && names.size() == 1) return 0;
    if (column.empty()) {
      fault(0, "the file has several columns", fmt::format("say which with 'column'; {}", suggestion("", names)));
      return std::nullopt;
    }
    const auto found = std::find(names.begin(), names.end(), column);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    fault(0, fmt::format("the file has no column {}", quoted(column)), suggestion(column, names));
    return std::nullopt;
  }

  void fault(std::size_t offset, std::string message, std::string help = {}) {
    Diagnostic diagnostic;
    diagnostic.where = source_.locate(offset);
    diagnostic.message = std::move(message);
    diagnostic.source_line = source_.line(diagnostic.where.line);
    diagnostic.help = std::move(help);
    context_.faults.add(std::move(diagnostic));
  }

  Context& context_;
  const SourceText& source_;
};

}  // namespace

std::optional<std::vector<CsvCell>> read_csv_column(Context& context, Place place, const std::string& file,
                                                    std::string_view column) {
  if (context.options.files == FileAccess::refuse) {
    context.faults.add(place, "this scenario may not read files");
    return std::nullopt;
  }
  const std::filesystem::path path = std::filesystem::path(context.source.path()).parent_path() / file;
  auto bytes = read_file(path.string(), context.options.caps.bytes);
  if (!bytes) {
    const Diagnostic& first = bytes.error().front();
    context.faults.add(place, first.message, first.help, first.code);
    return std::nullopt;
  }
  const SourceText source(path.string(), without_byte_order_mark(*bytes));
  if (const auto fault = find_text_fault(source.text())) {
    context.faults.add(place, fmt::format("{}: {}", escaped_for_terminal(path.string()), fault->message), fault->help);
    return std::nullopt;
  }
  return CsvReader(context, source).read(column);
}

}  // namespace memsim::loader
