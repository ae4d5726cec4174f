#include <memsim/base/utf8.hpp>

#include <utf8proc.h>

#include <cstdint>

#include <fmt/format.h>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

// Language tags and variation selectors: a plane whose assigned characters are all invisible.
bool is_in_tag_block(char32_t character) { return (character & ~char32_t{0xfff}) == 0xe0000; }

const utf8proc_property_t& properties_of(char32_t character) {
  return *utf8proc_get_property(static_cast<utf8proc_int32_t>(character));
}

}  // namespace

Utf8Step next_utf8(std::string_view text) {
  MEMSIM_CHECK(!text.empty());
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1, true};
  utf8proc_int32_t character = 0;
  const utf8proc_ssize_t length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                   static_cast<utf8proc_ssize_t>(text.size()), &character);
  if (length <= 0) return {lead, 1, false};
  return {static_cast<char32_t>(character), static_cast<std::size_t>(length), true};
}

bool is_unprintable(char32_t character) {
  if (character < 0x7f) return character < 0x20;
  const utf8proc_property_t& properties = properties_of(character);
  switch (properties.category) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS:
      return true;
    case UTF8PROC_CATEGORY_CF:
      return properties.boundclass != UTF8PROC_BOUNDCLASS_PREPEND;  // Arabic number signs can be seen
    default:
      return properties.ignorable != 0 || is_in_tag_block(character);
  }
}

unsigned display_width(char32_t character) {
  if (character < 0x300) return 1;
  return static_cast<unsigned>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(character)));
}

unsigned append_printable(std::string& out, std::string_view bytes, Utf8Step step) {
  if (step.valid && !is_unprintable(step.character)) {
    out.append(bytes.substr(0, step.length));
    return display_width(step.character);
  }
  const auto value = static_cast<std::uint32_t>(step.character);
  const std::size_t before = out.size();
  if (!step.valid || value < 0x80) {
    out += fmt::format("\\x{:02x}", value);
  } else if (value <= 0xffff) {
    out += fmt::format("\\u{:04x}", value);
  } else {
    out += fmt::format("\\U{:08x}", value);
  }
  return static_cast<unsigned>(out.size() - before);
}

}  // namespace memsim
