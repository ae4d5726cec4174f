#include "campaign/shrink/text_parts.hpp"

#include <algorithm>
#include <charconv>

namespace memsim {
namespace {

std::size_t line_end(std::string_view text, std::size_t begin) {
  const std::size_t newline = text.find('\n', begin);
  return newline == std::string_view::npos ? text.size() : newline + 1;
}

// Blanks before the line's first character; nothing for a line that is blank or only a comment.
struct Line {
  std::size_t indent = 0;
  bool is_empty = false;
  bool is_comment = false;
  [[nodiscard]] bool has_content() const { return !is_empty && !is_comment; }
};
Line line_at(std::string_view text, std::size_t begin) {
  const std::size_t end = line_end(text, begin);
  const std::size_t first = std::min(text.find_first_not_of(" \r\n", begin), end);
  return {first - begin, first == end, first < end && text[first] == '#'};
}

bool is_word(char c) {
  return ('0' <= c && c <= '9') || ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '_' || c == '$' ||
         c == '.' || c == '-' || c == '/';
}
bool is_digit(char c) { return '0' <= c && c <= '9'; }

// Calls visit(at) for each byte that is neither in quotes nor in a comment.
template <class Visit>
void for_each_bare(std::string_view text, Visit&& visit) {
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
      if (c == '\\' && quote == '"') ++at;
      continue;
    }
    const bool begins_word = at == 0 || text[at - 1] == ' ' || text[at - 1] == '\n' || text[at - 1] == '[' ||
                             text[at - 1] == '{' || text[at - 1] == ',';
    if (c == '#' && begins_word) {
      at = line_end(text, at) - 1;
    } else if ((c == '"' || c == '\'') && begins_word) {
      quote = c;
    } else {
      visit(at);
    }
  }
}

}  // namespace

Block next_block(std::string_view text, std::size_t from) {
  std::size_t begin = from;
  while (begin < text.size() && !line_at(text, begin).has_content()) begin = line_end(text, begin);
  if (begin >= text.size()) return {{text.size(), text.size()}, text.size()};
  const std::size_t indent = line_at(text, begin).indent;
  std::size_t end = line_end(text, begin);
  std::size_t kept = end;  // blank lines and comments behind belong to what follows
  while (end < text.size()) {
    const Line line = line_at(text, end);
    if (line.has_content() && line.indent <= indent) break;
    end = line_end(text, end);
    if (line.has_content()) kept = end;
  }
  Block block{{begin, kept}, begin};
  while (block.part.begin > 0) {
    const std::size_t newline = block.part.begin - 1;
    const std::size_t before = newline == 0 ? 0 : text.rfind('\n', newline - 1) + 1;
    const Line line = line_at(text, before);
    if (!line.is_comment || line.indent != indent) break;
    block.part.begin = before;
  }
  return block;
}

std::vector<TextPart> bracketed_elements(std::string_view text) {
  std::vector<std::vector<std::size_t>> open;  // of each bracket, its own place and those of its commas
  std::vector<TextPart> parts;
  for_each_bare(text, [&](std::size_t at) {
    const char c = text[at];
    if (c == '[' || c == '{') open.push_back({at});
    if (c == ',' && !open.empty()) open.back().push_back(at);
    if ((c != ']' && c != '}') || open.empty()) return;
    std::vector<std::size_t> cuts = std::move(open.back());
    open.pop_back();
    for (std::size_t i = 0; i < cuts.size() && cuts.size() > 1; ++i) {
      // The first with the comma behind it, the others with the one before.
      const bool is_first = i == 0;
      const std::size_t end = i + 1 < cuts.size() ? cuts[i + 1] : at;
      parts.push_back(is_first ? TextPart{cuts[0] + 1, cuts[1] + 1} : TextPart{cuts[i], end});
    }
  });
  std::sort(parts.begin(), parts.end(), [](const TextPart& a, const TextPart& b) { return a.begin < b.begin; });
  return parts;
}

std::vector<NumberPart> numbers_in(std::string_view text) {
  std::vector<NumberPart> numbers;
  for_each_bare(text, [&](std::size_t at) {
    if (!is_digit(text[at]) || (at > 0 && is_word(text[at - 1]))) return;
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    // 0x10 and 1.5 are other numbers.
    if (end < text.size() && (text[end] == '.' || (text[at] == '0' && end == at + 1 && text[end] == 'x'))) return;
    NumberPart number{{at, end}, 0};
    const auto read = std::from_chars(text.data() + at, text.data() + end, number.value);
    if (read.ec == std::errc()) numbers.push_back(number);
  });
  return numbers;
}

std::string replaced(std::string_view text, TextPart part, std::string_view by) {
  std::string out(text.substr(0, part.begin));
  out += by;
  out += text.substr(part.end);
  return out;
}

}  // namespace memsim
