// JSON text to and from the library's trees. Reading and writing are much to compile, so it is done in one place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace memsim {

enum class JsonLayout : std::uint8_t { line, indented };
enum class JsonLetters : std::uint8_t { ascii, utf8 };

// Bytes that are no UTF-8 become U+FFFD. No newline at the end. O(size of the text).
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& json, JsonLayout layout = JsonLayout::line,
                                    JsonLetters letters = JsonLetters::ascii);

// What `text` says; discarded (is_discarded()) where it is no JSON, and then no object, array, text or number either.
[[nodiscard]] nlohmann::ordered_json parse_json(std::string_view text);

}  // namespace memsim
