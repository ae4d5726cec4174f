#include "scenario/json_text.hpp"

#include <fmt/format.h>

namespace memsim::loader {
namespace {

// Writes what the indentation of `text` needs, one character at a time; strings are passed through.
class Indenter {
 public:
  std::string run(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (in_string_) {
        pass(text, i);
      } else {
        step(text, i);
      }
    }
    return std::move(out_) + '\n';
  }

 private:
  void pass(std::string_view text, std::size_t& i) {
    out_ += text[i];
    if (text[i] == '\\') {
      out_ += text[++i];
    } else if (text[i] == '"') {
      in_string_ = false;
    }
  }
  void step(std::string_view text, std::size_t& i) {
    const char c = text[i];
    const bool opens = c == '{' || c == '[';
    const bool closes = c == '}' || c == ']';
    if (opens && i + 1 < text.size() && (text[i + 1] == '}' || text[i + 1] == ']')) {
      out_ += c;
      out_ += text[++i];
      return;
    }
    if (closes) new_line(--level_);
    out_ += c;
    if (opens) new_line(++level_);
    if (c == ',') new_line(level_);
    if (c == ':') out_ += ' ';
    in_string_ = c == '"';
  }
  void new_line(std::size_t level) {
    out_ += '\n';
    out_.append(2 * level, ' ');
  }

  std::string out_;
  std::size_t level_ = 0;
  bool in_string_ = false;
};

}  // namespace

Json json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return {out + '"'};
}

Json json_number(std::uint64_t number) { return {fmt::format("{}", number)}; }

Json json_bool(bool value) { return {value ? "true" : "false"}; }

Json json_array(const std::vector<Json>& items) {
  std::string out = "[";
  for (const Json& item : items) out += (out.size() > 1 ? "," : "") + item.text;
  return {out + ']'};
}

Json JsonObject::json() const {
  std::string out = "{";
  for (const auto& [key, value] : members_)
    out += (out.size() > 1 ? "," : "") + json_string(key).text + ':' + value.text;
  return {out + '}'};
}

std::string indented(const Json& value) { return Indenter().run(value.text); }

}  // namespace memsim::loader
