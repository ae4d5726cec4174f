#include <memsim/view/csv_line.hpp>

namespace memsim {

CsvLine& CsvLine::text(std::string_view value) {
  separate();
  const bool is_formula = !value.empty() && std::string_view("=+-@\t\r").find(value.front()) != std::string_view::npos;
  const bool needs_quotes = value.find_first_of(",\"\n\r") != std::string_view::npos;
  if (needs_quotes) out_ += '"';
  if (is_formula) out_ += '\'';
  for (const char c : value) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  if (needs_quotes) out_ += '"';
  return *this;
}

}  // namespace memsim
