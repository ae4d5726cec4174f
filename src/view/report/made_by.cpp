#include <memsim/view/made_by.hpp>

#include <fmt/format.h>

#include <memsim/base/host_error.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {
namespace {

std::string list_of(const std::vector<SettingSummary>& settings) {
  std::string out;
  for (const SettingSummary& setting : settings) {
    if (!out.empty()) out += ", ";
    out += escaped_for_terminal(setting.name) + '=' + escaped_for_terminal(setting.value);
  }
  return out;
}

std::vector<SettingSummary> kept(std::span<const Setting> settings) {
  std::vector<SettingSummary> out;
  for (const Setting& setting : settings) out.push_back({std::string(setting.name), std::string(setting.value)});
  return out;
}

void append_part(std::string& out, std::string_view part) {
  if (!out.empty()) out += ", ";
  out += part;
}

}  // namespace

MadeBy made_by_of(const RunStarted& record) {
  MadeBy made;
  made.version = record.version.text;
  made.overridden = kept(record.overridden);
  made.seed = record.seed;
  made.policy = record.policy;
  made.policy_options = kept(record.policy_options);
  made.page_size = record.page_size;
  made.cpus = record.cpus;
  return made;
}

std::string origin_text(const ScenarioOrigin& origin) {
  std::string out;
  if (!origin.version.empty()) append_part(out, "memsim " + origin.version);
  if (origin.content) append_part(out, "scenario " + fingerprint_text(*origin.content));
  return out;
}

std::string overridden_text(const ScenarioOrigin& origin) {
  return origin.overridden.empty() ? std::string() : "overridden: " + list_of(origin.overridden);
}

std::string made_by_text(const MadeBy& made) {
  std::string out = origin_text(made);
  append_part(out, fmt::format("seed {}, policy {}", made.seed, made.policy));
  if (!made.policy_options.empty()) out += " with " + list_of(made.policy_options);
  append_part(out, fmt::format("pages of {}, {}", format_size_exact(made.page_size), counted(made.cpus, "cpu")));
  return out;
}

std::string made_by_line(const std::string& made, const ScenarioOrigin& origin) {
  const std::string overridden = overridden_text(origin);
  return made + (overridden.empty() ? "" : "; ") + overridden;
}

}  // namespace memsim
