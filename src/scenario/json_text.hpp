// JSON as text, written in the order in which it is asked for: enough for a schema, and the same bytes every time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace memsim::loader {

// A value that has been written already.
struct Json {
  std::string text;
};

[[nodiscard]] Json json_string(std::string_view text);
[[nodiscard]] Json json_number(std::uint64_t number);
[[nodiscard]] Json json_bool(bool value);
[[nodiscard]] Json json_array(const std::vector<Json>& items);

// A JSON object whose members keep their order.
class JsonObject {
 public:
  JsonObject& add(std::string_view key, Json value) {
    members_.emplace_back(key, std::move(value));
    return *this;
  }
  JsonObject& add(std::string_view key, std::string_view text) { return add(key, json_string(text)); }
  [[nodiscard]] Json json() const;

 private:
  std::vector<std::pair<std::string, Json>> members_;
};

// The same value, indented by two blanks a level, with a newline at its end.
[[nodiscard]] std::string indented(const Json& value);

}  // namespace memsim::loader
