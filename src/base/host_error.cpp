#include <memsim/base/host_error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/utf8.hpp>

namespace memsim {
namespace {

// The quoted line is cut to a window around the caret: a scenario may hold a line of megabytes.
constexpr std::size_t kColumnsBeforeCaret = 80;
constexpr std::size_t kColumnsShown = 120;
constexpr std::size_t kTabStop = 8;
// The distance of two names takes time in proportion to the product of their lengths; all names of ours are shorter.
constexpr std::size_t kNearestNameLength = 256;

struct Style {
  std::string_view place, error, caret, help, end;
};
constexpr Style kPlain{};
constexpr Style kColoured{"\x1b[1m", "\x1b[1;31m", "\x1b[1;32m", "\x1b[1;36m", "\x1b[0m"};

// One character of the quoted line as it will be printed.
struct Cell {
  std::string text;
  std::size_t width = 0;
};

// CI systems take lines of a program's output for commands to themselves: "::error::" where a line begins, blanks
// aside; "##[", "##vso[", "##teamcity[" wherever they stand. What a scenario says must not: whether the first character
// of `rest` would begin one and is to be escaped. `begins`: nothing but blanks stands before it.
bool begins_command(std::string_view rest, bool begins) {
  if (begins && rest.starts_with("::")) return true;
  if (!rest.starts_with("##")) return false;
  const std::size_t end = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz", 2);
  return end != std::string_view::npos && rest[end] == '[';
}

// Appends the first character of `rest`, printable, and gives the columns that it takes.
unsigned append_harmless(std::string& out, std::string_view rest, Utf8Step step, bool begins) {
  if (!begins_command(rest, begins)) return append_printable(out, rest, step);
  const std::string escape = fmt::format("\\x{:02x}", rest.front());
  out += escape;
  return static_cast<unsigned>(escape.size());
}

// Only the characters that can fall into the window are turned into cells.
std::vector<Cell> cells_of(std::string_view line, std::size_t character_limit) {
  std::vector<Cell> cells;
  std::size_t column = 0;
  bool begins = true;
  while (!line.empty() && cells.size() < character_limit) {
    const Utf8Step step = next_utf8(line);
    Cell cell;
    if (step.valid && step.character == U'\t') {
      cell.width = kTabStop - column % kTabStop;
      cell.text.assign(cell.width, ' ');
    } else {
      cell.width = append_harmless(cell.text, line, step, begins);
    }
    begins = begins && (line.front() == ' ' || line.front() == '\t');
    column += cell.width;
    cells.push_back(std::move(cell));
    line.remove_prefix(step.length);
  }
  return cells;
}

// The line and, when the column is known, a second line with a caret under that character.
std::string quoted_line(const Diagnostic& diagnostic, const Style& style) {
  const std::size_t caret = diagnostic.where.column == 0 ? 0 : diagnostic.where.column - std::size_t{1};
  const std::vector<Cell> cells = cells_of(diagnostic.source_line, caret + kColumnsShown);
  std::size_t first = std::min(caret, cells.size());
  for (std::size_t width = 0; first > 0 && width + cells[first - 1].width <= kColumnsBeforeCaret; --first) {
    width += cells[first - 1].width;
  }
  std::string text = first > 0 ? "..." : "";
  std::size_t column = text.size();
  std::size_t caret_column = column;
  std::size_t next = first;
  for (; next < cells.size() && column + cells[next].width <= kColumnsShown; ++next) {
    text += cells[next].text;
    column += cells[next].width;
    if (next < caret) caret_column = column;
  }
  if (next < cells.size()) text += "...";
  std::string out = fmt::format(" {}\n", text);
  if (diagnostic.where.column == 0) return out;
  // A caret may stand one past the last character ("something is missing here") but no further.
  return out + fmt::format(" {:{}}{}^{}\n", "", caret_column, style.caret, style.end);
}

std::string place_of(const SourceLocation& where) {
  if (where.path.empty()) return "memsim";
  std::string place = escaped_for_terminal(where.path);
  if (where.line > 0) place += fmt::format(":{}", where.line);
  if (where.line > 0 && where.column > 0) place += fmt::format(":{}", where.column);
  return place;
}

char folded(char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Edit distance with transpositions of neighbours counted as one (optimal string alignment), case aside; `bound` + 1
// when it exceeds the bound.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t bound) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > bound) return bound + 1;
  std::array<std::vector<std::size_t>, 3> rows;  // i-2, i-1, i
  for (auto& row : rows) row.assign(b.size() + 1, 0);
  for (std::size_t j = 0; j <= b.size(); ++j) rows[1][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& [older, old, row] = rows;
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = folded(a[i - 1]) == folded(b[j - 1]);
      row[j] = std::min({old[j] + 1, row[j - 1] + 1, old[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1])) {
        row[j] = std::min(row[j], older[j - 2] + 1);
      }
    }
    std::rotate(rows.begin(), rows.begin() + 1, rows.end());
  }
  return std::min(rows[1][b.size()], bound + 1);
}

}  // namespace

Unexpected<HostError> host_failure(ExitCode code, std::string message, std::string help) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  return Unexpected(HostError{std::move(diagnostic)});
}

std::string render(const HostError& error, Colour colour) {
  const Style& style = colour == Colour::on ? kColoured : kPlain;
  std::string out;
  for (const Diagnostic& diagnostic : error) {
    const std::string_view label = diagnostic.code == ExitCode::expectation_failed ? "expectation failed"
                                   : diagnostic.code == ExitCode::ok               ? "warning"
                                                                                   : "error";
    out += fmt::format("{}{}:{} {}{}:{} {}\n", style.place, place_of(diagnostic.where), style.end, style.error, label,
                       style.end, escaped_for_terminal(diagnostic.message));
    if (!diagnostic.source_line.empty()) out += quoted_line(diagnostic, style);
    if (!diagnostic.help.empty()) {
      out += fmt::format(" {}help:{} {}\n", style.help, style.end, escaped_for_terminal(diagnostic.help));
    }
  }
  return out;
}

ExitCode exit_code(const HostError& error) {
  MEMSIM_CHECK(!error.empty());
  return error.front().code;
}

std::string escaped_for_terminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool begins = true;
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    append_harmless(out, text, step, begins);
    begins = begins && text.front() == ' ';
    text.remove_prefix(step.length);
  }
  return out;
}

std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known) {
  if (name.size() > kNearestNameLength) return {};
  const std::size_t bound = std::max<std::size_t>(2, name.size() / 3);
  std::string_view nearest;
  std::size_t least = bound + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(name, candidate, bound);
    // A candidate that shares no letter with the name is no suggestion, however short both are.
    if (distance < least && distance < std::max(name.size(), candidate.size())) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace memsim
