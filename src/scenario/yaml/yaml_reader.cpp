#include "scenario/yaml/yaml_reader.hpp"

#include <exception>
#include <istream>
#include <streambuf>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "scenario/yaml/tree_builder.hpp"
#include "scenario/yaml/yaml_layout.hpp"

namespace memsim::loader {
namespace {

// A stream over bytes that live elsewhere: no copy is made.
class MemoryBuffer : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string_view text) {
    // The buffer is only read; the interface of streambuf has no const.
    char* const first = const_cast<char*>(text.data());
    setg(first, first, first + text.size());
  }
};

class Events : public YAML::EventHandler {
 public:
  Events(const SourceText& source, Faults& faults, TreeBuilder& builder)
      : source_(source), faults_(faults), builder_(builder) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (begun_) stop(offset_of(mark), "something else begins here; a scenario is one map of keys and values");
    begun_ = true;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { builder_.null(offset_of(mark), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { builder_.alias(offset_of(mark), anchor); }

  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, const std::string& value) override {
    const std::size_t offset = value_of(mark);
    const std::string_view text = source_.text();
    if (!is_closed_quote(text, offset)) stop(offset, "this quote is never closed", "add the closing quote");
    const bool is_quoted =
        offset < text.size() && std::string_view("\"'|>").find(text[offset]) != std::string_view::npos;
    builder_.scalar(offset, anchor, is_quoted, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    builder_.begin(Node::Kind::sequence, value_of(mark), anchor);
  }
  void OnSequenceEnd() override { builder_.end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    builder_.begin(Node::Kind::map, value_of(mark), anchor);
  }
  void OnMapEnd() override { builder_.end(); }

 private:
  static std::size_t offset_of(const YAML::Mark& mark) { return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos); }

  // Where the value itself begins, after its anchor. A tag is a fault.
  std::size_t value_of(const YAML::Mark& mark) {
    const std::size_t offset = offset_of(mark);
    const std::string_view text = source_.text();
    if (offset >= text.size() || (text[offset] != '&' && text[offset] != '!')) return offset;
    const Properties properties = skip_properties(text, offset);
    if (properties.has_tag) {
      faults_.add(Place::at(offset), "tags are not supported", "remove the tag; the key decides the type");
    }
    return properties.value_offset;
  }

  [[noreturn]] void stop(std::size_t offset, std::string message, std::string help = {}) {
    faults_.add(Place::at(offset), std::move(message), std::move(help));
    throw StopParsing{};
  }

  const SourceText& source_;
  Faults& faults_;
  TreeBuilder& builder_;
  bool begun_ = false;
};

// yaml-cpp's complaints in our words, where ours say more.
struct Translation {
  std::string_view theirs;
  std::string_view ours;
  std::string_view help;
};
constexpr Translation kTranslations[] = {
    {"illegal EOF in scalar", "this quote is never closed", "add the closing quote"},
    {"illegal map value", "a ':' cannot stand here",
     "indent keys of one map alike; put a value that holds ': ' in quotes; a key has at most 1024 characters"},
    {"end of map not found", "the map is not continued here as it began",
     "indent keys of one map alike, and put nothing after a closing quote or bracket"},
    {"end of sequence not found", "the list is not continued here as it began",
     "begin each item with '- ', indented alike"},
    {"end of sequence flow not found", "a '[' is never closed", "add the ']'"},
    {"end of map flow not found", "a '{' is never closed", "add the '}'"},
    {"the referenced anchor is not defined", "no value before this one bears this anchor",
     "write '&name' before a value to make it one"},
    {"bad file", "lists and maps nest too deeply", ""},
};

void add_parser_fault(const YAML::Exception& fault, const SourceText& source, Faults& faults) {
  const std::size_t offset = fault.mark.pos < 0 ? 0 : static_cast<std::size_t>(fault.mark.pos);
  if (const auto tab = find_indenting_tab(source, offset)) {
    return faults.add(Place::at(*tab), "a tab cannot indent in YAML", "indent with spaces, also behind '-'");
  }
  for (const Translation& translation : kTranslations) {
    if (fault.msg != translation.theirs) continue;
    faults.add(Place::at(offset), std::string(translation.ours), std::string(translation.help));
    return;
  }
  faults.add(Place::at(std::min(offset, source.text().size())), fmt::format("not valid YAML: {}", fault.msg));
}

// Whether the events came to their end.
bool parse(const SourceText& source, Events& events, Faults& faults) {
  MemoryBuffer buffer(source.text());
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    // Once for the document, and once more to see that nothing follows: the second call ends in OnDocumentStart().
    if (parser.HandleNextDocument(events)) static_cast<void>(parser.HandleNextDocument(events));
    return true;
  } catch (const StopParsing&) {
    return false;
  } catch (const YAML::Exception& fault) {
    add_parser_fault(fault, source, faults);
    return false;
  }
}

}  // namespace

std::optional<Tree> read_yaml(const SourceText& source, const LoadCaps& caps, Faults& faults) {
  if (auto fault = find_text_fault(source.text())) {
    faults.add(Place::at(fault->offset), std::move(fault->message), std::move(fault->help));
    return std::nullopt;
  }
  if (auto fault = find_layout_fault(source)) {
    faults.add(Place::at(fault->offset), std::move(fault->message), std::move(fault->help));
    return std::nullopt;
  }
  TreeBuilder builder(caps, faults);
  Events events(source, faults, builder);
  if (!parse(source, events, faults)) return std::nullopt;
  if (!builder.is_finished()) {
    faults.add(Place::at(0), "empty scenario", "a scenario begins with 'memsim: 1'");
    return std::nullopt;
  }
  Tree tree = builder.take();
  const Node& root = tree[tree.root];
  if (root.kind == Node::Kind::null) {
    faults.add(Place::at(0), "empty scenario", "a scenario begins with 'memsim: 1'");
    return std::nullopt;
  }
  if (root.kind != Node::Kind::map) {
    faults.add(root.place, fmt::format("a scenario is a map of keys and values, not {}", kind_name(root.kind)),
               "a scenario begins with 'memsim: 1'");
    return std::nullopt;
  }
  return tree;
}

}  // namespace memsim::loader
