#include "scenario/yaml/yaml_layout.hpp"

namespace memsim::loader {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_blank_or_comment(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first == std::string_view::npos || line[first] == '#';
}

// `---` or `...` at the start of a line, alone or before a blank. Neither can occur inside a value.
bool is_marker(std::string_view line, std::string_view marker) {
  return line.starts_with(marker) && (line.size() == marker.size() || is_blank(line[marker.size()]));
}

}  // namespace

std::optional<TextFault> find_layout_fault(const SourceText& source) {
  bool begun = false;
  bool ended = false;
  for (std::uint32_t number = 1; number <= source.line_count(); ++number) {
    const std::string_view line = source.line(number);
    const std::size_t offset = source.line_start(number);
    if (is_blank_or_comment(line)) continue;
    if (!begun && line.front() == '%') {
      return TextFault{offset, "directives are not supported", "remove the line; YAML 1.2 without tags is expected"};
    }
    if (is_marker(line, "---") && begun) {
      return TextFault{offset, "a second document begins here; a scenario is one document",
                       "put it in a file of its own"};
    }
    if (ended) return TextFault{offset, "text after the end of the document", "remove it, or the '...' before it"};
    begun = true;
    if (is_marker(line, "...")) {
      ended = true;
      if (!is_blank_or_comment(line.substr(3))) {
        return TextFault{offset + 3, "text after the end of the document", "remove it"};
      }
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> find_indenting_tab(const SourceText& source, std::size_t offset) {
  const std::uint32_t last = source.line_of(offset);
  for (std::uint32_t number = last; number + 1 >= last && number > 0; --number) {
    const std::string_view line = source.line(number);
    const std::size_t indent = line.substr(0, line.find_first_not_of(" \t-")).find('\t');
    if (indent != std::string_view::npos) return source.line_start(number) + indent;
  }
  return std::nullopt;
}

Properties skip_properties(std::string_view text, std::size_t offset) {
  bool has_tag = false;
  while (offset < text.size()) {
    const char c = text[offset];
    if (c == '&' || c == '!') {
      has_tag = has_tag || c == '!';
      while (offset < text.size() && !is_blank(text[offset]) && text[offset] != '\n' && text[offset] != '\r') ++offset;
    } else if (is_blank(c) || c == '\n' || c == '\r') {
      ++offset;
    } else if (c == '#') {
      while (offset < text.size() && text[offset] != '\n') ++offset;
    } else {
      break;
    }
  }
  return {offset, has_tag};
}

bool is_closed_quote(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return true;
  const char quote = text[offset];
  if (quote != '"' && quote != '\'') return true;
  for (std::size_t i = offset + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      const bool is_doubled = quote == '\'' && i + 1 < text.size() && text[i + 1] == '\'';
      if (!is_doubled) return true;
      ++i;
    }
  }
  return false;
}

}  // namespace memsim::loader
