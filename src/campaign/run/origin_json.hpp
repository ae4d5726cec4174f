// What made a result, in JSON: the same members in every document.
#pragma once

#include <nlohmann/json.hpp>

#include <memsim/engine/fingerprint.hpp>
#include <memsim/view/made_by.hpp>

namespace memsim {

inline nlohmann::ordered_json json_of_settings(const std::vector<SettingSummary>& settings) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const SettingSummary& setting : settings) out.push_back({{"name", setting.name}, {"value", setting.value}});
  return out;
}

inline void add_origin(nlohmann::ordered_json& out, const ScenarioOrigin& origin) {
  using Json = nlohmann::ordered_json;
  out["version"] = origin.version;
  out["content"] = origin.content ? Json(fingerprint_text(*origin.content)) : Json();
  out["overridden"] = json_of_settings(origin.overridden);
}

inline void add_made_by(nlohmann::ordered_json& out, const MadeBy& made) {
  add_origin(out, made);
  out["seed"] = made.seed;
  out["policy"] = made.policy;
  out["policy_options"] = json_of_settings(made.policy_options);
}

}  // namespace memsim
