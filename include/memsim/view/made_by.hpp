// MadeBy: what made a result, so that it can be made again; and how results say it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <memsim/base/units.hpp>
#include <memsim/engine/record.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {

// A setting as a scenario writes it: "placement", "lifo".
struct SettingSummary {
  std::string name;
  std::string value;
};

// What all runs of one scenario have in common that one call of the program makes.
struct ScenarioOrigin {
  std::string version;                     // of memsim; empty where a record does not say
  std::optional<std::uint64_t> content;    // Scenario::content; nothing where only the records are known
  std::vector<SettingSummary> overridden;  // what was told beside the scenario, in that order
};

// And one run.
struct MadeBy : ScenarioOrigin {
  std::uint64_t seed = 0;
  std::string policy;
  // Those that differ from their defaults; all where records alone are known.
  std::vector<SettingSummary> policy_options;
  Bytes page_size;
  std::uint32_t cpus = 0;
};

// As the head of a run tells: without the hash, and with every option of the policy.
[[nodiscard]] MadeBy made_by_of(const RunStarted& record);

// Escaped for a terminal, without a line break; empty where nothing is known or nothing was overridden:
// "memsim 0.1.0, scenario c025ffb1435445fc";
// "overridden: machine.cpus=2, until=1h";
// "memsim 0.1.0, scenario c025ffb1435445fc, seed 1, policy buddy with placement=lifo, pages of 4 KiB, 1 cpu".
[[nodiscard]] std::string origin_text(const ScenarioOrigin& origin);
[[nodiscard]] std::string overridden_text(const ScenarioOrigin& origin);
[[nodiscard]] std::string made_by_text(const MadeBy& made);

// All of it on one line: in an SVG, and in the head of a CSV file, where a last column has this name and no values. A
// comment would stop every reader that was not told of comments. "memsim 0.1.0, ..., 1 cpu; overridden:
// machine.cpus=2".
[[nodiscard]] std::string made_by_line(const std::string& made, const ScenarioOrigin& origin);

// The same in JSON: its members are the same in every document. `Json` is an object that keeps its order, such as
// nlohmann::ordered_json, of which this header need not know.
template <class Json>
Json json_of_settings(const std::vector<SettingSummary>& settings) {
  Json out = Json::array();
  for (const SettingSummary& setting : settings) out.push_back({{"name", setting.name}, {"value", setting.value}});
  return out;
}
template <class Json>
void add_origin(Json& out, const ScenarioOrigin& origin) {
  out["version"] = origin.version;
  out["content"] = origin.content ? Json(fingerprint_text(*origin.content)) : Json();
  out["overridden"] = json_of_settings<Json>(origin.overridden);
}
template <class Json>
void add_made_by(Json& out, const MadeBy& made) {
  out["version"] = made.version;
  out["content"] = made.content ? Json(fingerprint_text(*made.content)) : Json();
  out["seed"] = made.seed;
  out["policy"] = made.policy;
  out["policy_options"] = json_of_settings<Json>(made.policy_options);
  out["overridden"] = json_of_settings<Json>(made.overridden);
  out["page_size_bytes"] = made.page_size.count();
  out["cpus"] = made.cpus;
}

}  // namespace memsim
