#include <memsim/base/json.hpp>

#include <nlohmann/json.hpp>

namespace memsim {

std::string json_text(const nlohmann::ordered_json& json, JsonLayout layout, JsonLetters letters) {
  return json.dump(layout == JsonLayout::indented ? 2 : -1, ' ', letters == JsonLetters::ascii,
                   nlohmann::ordered_json::error_handler_t::replace);
}

nlohmann::ordered_json parse_json(std::string_view text) { return nlohmann::ordered_json::parse(text, nullptr, false); }

}  // namespace memsim
