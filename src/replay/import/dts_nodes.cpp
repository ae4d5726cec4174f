#include "replay/import/dts_nodes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <memsim/base/numbers.hpp>

#include "replay/input/input_fault.hpp"
#include "replay/input/text_lines.hpp"

namespace memsim {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 24;
constexpr unsigned kMaxDepth = 64;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(",._+*#?@-/&\\").find(c) != std::string_view::npos;
}

class DtsReader {
 public:
  DtsReader(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {}

  HostResult<DtsFile> read() {
    DtsFile file;
    file_ = &file;
    read_body(file.top, 0);
    if (!fault_.empty()) {
      return input_fault({.path = path_, .line = static_cast<std::uint32_t>(fault_line_)}, fault_,
                         "expected the source of a device tree, as 'dtc -O dts' writes it");
    }
    return file;
  }

 private:
  void fail(std::string_view message) {
    if (!fault_.empty()) return;
    fault_ = message;
    fault_line_ = line_;
    at_ = text_.size();
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] bool is_at(std::string_view token) const {
    return std::string_view(text_).substr(at_).starts_with(token);
  }
  void advance(std::size_t count) {
    for (; count != 0 && at_ < text_.size(); --count) line_ += text_[at_++] == '\n' ? 1U : 0U;
  }
  void skip_to(std::string_view token) {
    const std::size_t found = text_.find(token, at_);
    if (found == std::string::npos) return fail(fmt::format("'{}' is missing", token == "\n" ? "newline" : token));
    advance(found + token.size() - at_);
  }

  // Blanks, comments and lines for the preprocessor.
  void skip_blanks() {
    while (at_ < text_.size()) {
      const char c = peek();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        advance(1);
      } else if (is_at("//")) {
        skip_line();
      } else if (is_at("/*")) {
        skip_to("*/");
      } else if (c == '#' && is_at_line_start() && is_directive()) {
        note_unknown();
        skip_line();
      } else {
        return;
      }
    }
  }
  void skip_line() { advance(std::min(text_.find('\n', at_), text_.size()) - at_); }
  [[nodiscard]] bool is_at_line_start() const { return at_ == 0 || text_[at_ - 1] == '\n'; }
  [[nodiscard]] bool is_directive() const {
    return is_at("#include") || is_at("#define") || is_at("#if") || is_at("#endif") || is_at("#else") ||
           is_at("#undef");
  }
  void note_unknown() {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    if (is_at("#include") || is_at("/include/") || is_at("#if")) {
      file_->unknown.push_back(
          fmt::format("line {}: {}: not followed", line_, text_.substr(at_, std::min<std::size_t>(end - at_, 80))));
    }
  }

  std::string read_word() {
    const std::size_t first = at_;
    while (at_ < text_.size() && is_word(text_[at_]) && !is_at("//") && !is_at("/*")) ++at_;
    return text_.substr(first, at_ - first);
  }

  // Statements until the brace that closes this node, or the end of the file at the top.
  void read_body(DtsNode& node, unsigned depth) {
    if (depth > kMaxDepth) return fail("nodes nested deeper than 64");
    while (fault_.empty()) {
      skip_blanks();
      if (at_ >= text_.size()) {
        if (depth != 0) fail("a node that does not close");
        return;
      }
      if (peek() == '}') {
        if (depth == 0) return fail("a '}' that closes nothing");
        advance(1);
        skip_blanks();
        if (peek() == ';') advance(1);
        return;
      }
      read_statement(node, depth);
    }
  }

  void read_statement(DtsNode& node, unsigned depth) {
    const std::uint64_t line = line_;
    if (is_at("/include/")) {
      note_unknown();
      return skip_line();
    }
    if (is_at("/memreserve/")) return read_memreserve();
    if (is_at("/delete-") || is_at("/dts-v1/") || is_at("/plugin/") || is_at("/omit-if-no-ref/"))
      return skip_directive();
    std::string word = read_word();
    std::string label;
    skip_blanks();
    while (peek() == ':') {
      advance(1);
      skip_blanks();
      label = std::move(word);
      word = read_word();
      skip_blanks();
    }
    if (peek() == '{') {
      advance(1);
      DtsNode child{.name = std::move(word), .label = std::move(label), .line = line, .properties = {}, .children = {}};
      read_body(child, depth + 1);
      node.children.push_back(std::move(child));
    } else if (peek() == '=' || peek() == ';') {
      read_property(node, std::move(word));
    } else {
      fail(fmt::format("'{}' where a node, a property or ';' was expected",
                       escaped_for_terminal(std::string(1, peek()))));
    }
  }

  void skip_directive() {
    if (is_at("/omit-if-no-ref/")) return advance(16);
    skip_to(";");
  }

  void read_memreserve() {
    advance(12);
    std::pair<std::uint64_t, std::uint64_t> range;
    for (std::uint64_t* value : {&range.first, &range.second}) {
      skip_blanks();
      const Parsed<std::uint64_t> parsed = parse_unsigned(read_word());
      if (!parsed) return fail("/memreserve/ takes an address and a size");
      *value = *parsed;
    }
    if (range.first + range.second < range.first) return fail("/memreserve/ past the last address");
    file_->memreserves.push_back(range);
    skip_to(";");
  }

  void read_property(DtsNode& node, std::string name) {
    DtsProperty property{.name = std::move(name), .cells = {}, .text = {}};
    if (peek() == '=') advance(1);
    while (fault_.empty()) {
      skip_blanks();
      const char c = peek();
      if (at_ >= text_.size()) return fail("a property without ';'");
      if (c == ';') break;
      if (c == '<') {
        read_cells(property);
      } else if (c == '"') {
        read_string(property);
      } else if (c == '[') {
        skip_to("]");
      } else {
        advance(1);  // commas, references, /bits/
      }
    }
    advance(1);
    node.properties.push_back(std::move(property));
  }

  void read_string(DtsProperty& property) {
    advance(1);
    std::string text;
    while (at_ < text_.size() && peek() != '"') {
      if (peek() == '\\') advance(1);
      text += peek();
      advance(1);
    }
    if (at_ >= text_.size()) return fail("a string that does not close");
    advance(1);
    if (property.text.empty()) property.text = std::move(text);
  }

  void read_cells(DtsProperty& property) {
    advance(1);
    while (fault_.empty()) {
      skip_blanks();
      if (at_ >= text_.size()) return fail("cells that do not close");
      if (peek() == '>') return advance(1);
      if (peek() == '(') {
        read_expression();
        property.cells.push_back({});
        continue;
      }
      const std::string word = read_word();
      if (word.empty()) {
        advance(1);
        continue;
      }
      std::string_view digits = word;
      while (digits.ends_with('U') || digits.ends_with('L') || digits.ends_with('u')) digits.remove_suffix(1);
      const Parsed<std::uint64_t> value = parse_unsigned(digits);
      const bool is_known = value && *value >> 32U == 0;
      property.cells.push_back({is_known ? *value : 0, is_known});
    }
  }

  void read_expression() {
    for (unsigned depth = 0; at_ < text_.size(); advance(1)) {
      if (peek() == '(') ++depth;
      if (peek() == ')' && --depth == 0) return advance(1);
    }
    fail("an expression that does not close");
  }

  std::string path_;
  std::string text_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  std::string fault_;
  std::uint64_t fault_line_ = 0;
  DtsFile* file_ = nullptr;
};

}  // namespace

const DtsProperty* DtsNode::property(std::string_view wanted) const {
  const auto found =
      std::find_if(properties.rbegin(), properties.rend(), [&](const DtsProperty& p) { return p.name == wanted; });
  return found == properties.rend() ? nullptr : &*found;
}

HostResult<DtsFile> read_dts(const std::string& path, const TraceLimits& limits) {
  HostResult<TextLines> lines = TextLines::open(path, limits);
  if (!lines) return Unexpected(std::move(lines).error());
  std::string text;
  for (std::string_view line; lines->next(line);) {
    text.append(line).append("\n");
    if (text.size() > kMaxBytes) return lines->wrong({}, 0, "more than 16 MiB", "is this a device tree's source?");
  }
  HostResult<void> status = lines->status();
  if (!status) return Unexpected(std::move(status).error());
  return DtsReader(path, std::move(text)).read();
}

}  // namespace memsim
