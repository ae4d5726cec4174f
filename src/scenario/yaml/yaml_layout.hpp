// What yaml-cpp lets pass in silence, found in the text itself: directives, second documents, text after the end of
// the document, and quotes that are never closed.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <memsim/scenario/source_text.hpp>

namespace memsim::loader {

// A directive, a second document or text after `...`; the first such fault, or nothing.
[[nodiscard]] std::optional<TextFault> find_layout_fault(const SourceText& source);

// The tab that indents the line of `offset` or the one before it, or stands behind its dash: of a text that YAML
// refuses there, the likely reason.
[[nodiscard]] std::optional<std::size_t> find_indenting_tab(const SourceText& source, std::size_t offset);

// Skips an anchor, a tag, blanks and comments from `offset` to the value that they belong to.
struct Properties {
  std::size_t value_offset;
  bool has_tag;
};
[[nodiscard]] Properties skip_properties(std::string_view text, std::size_t offset);

// Whether the quoted scalar that starts at `offset` is closed. Anything that is no quote counts as closed.
[[nodiscard]] bool is_closed_quote(std::string_view text, std::size_t offset);

}  // namespace memsim::loader
