#include <nlohmann/json.hpp>

#include <memsim/base/json.hpp>
#include <memsim/campaign/check_report.hpp>
#include <memsim/view/json_line.hpp>
#include <memsim/view/render.hpp>

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Diagnostic& diagnostic) {
  return {{"path", diagnostic.where.path},
          {"line", diagnostic.where.line},
          {"column", diagnostic.where.column},
          {"message", diagnostic.message},
          {"help", diagnostic.help}};
}

Json json_of(const std::vector<Diagnostic>& diagnostics) {
  Json out = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) out.push_back(json_of(diagnostic));
  return out;
}

Json json_of(const EntryText& entry) {
  return {{"index", entry.index}, {"record", entry.sequence}, {"time_ns", entry.time.value()}, {"text", entry.text}};
}

Json json_of(const std::vector<EntryText>& entries) {
  Json out = Json::array();
  for (const EntryText& entry : entries) out.push_back(json_of(entry));
  return out;
}

Json json_of(const LayerDifference& layer) {
  return {{"layer", name_of(layer.layer)},
          {"entries_before", layer.entries_before},
          {"entries_now", layer.entries_now},
          {"first_entry", layer.first.first},
          {"first_entry_exact", layer.is_exact()},
          {"first_entry_last", layer.first.first + layer.first.count - 1},
          {"text_before", layer.text_before ? Json(*layer.text_before) : Json()},
          {"around", json_of(layer.around)},
          {"around_before", json_of(layer.around_before)}};
}

Json json_of(const MeasureDifference& measure) {
  return {{"measure", measure.name()},
          {"judgement", name_of(measure.judgement)},
          {"before", measure.before ? Json(measure.before->value) : Json()},
          {"now", measure.now ? Json(measure.now->value) : Json()}};
}

Json json_of(const RunDifference& difference) {
  Json head = Json::array();
  for (const HeadDifference& line : difference.head) {
    head.push_back({{"name", line.name}, {"before", line.before}, {"now", line.now}});
  }
  Json layers = Json::array();
  for (const LayerDifference& layer : difference.layers) layers.push_back(json_of(layer));
  Json measures = Json::array();
  for (const MeasureDifference& measure : difference.measures) measures.push_back(json_of(measure));
  return {{"version_before", difference.version_before},
          {"head", head},
          {"layers", layers},
          {"only_between_layers", difference.only_between_layers},
          {"same_decisions", difference.has_same_decisions()},
          {"measures", measures}};
}

Json json_of(const CheckResult& result) {
  Json out = {{"scenario", result.scenario}};
  if (result.made_by) add_made_by(out, *result.made_by);
  const Json judged = {{"outcome", name_of(result.outcome())},
                       {"fingerprint", result.run ? Json(fingerprint_text(result.run->fingerprint)) : Json()},
                       {"baseline", result.has_baseline ? Json(result.baseline_path) : Json()},
                       {"against", result.against.empty() ? Json() : Json(result.against)},
                       {"expectations", result.expectation_count},
                       {"failed_expectations", json_of(result.failed_expectations)},
                       {"errors", json_of(result.errors)},
                       {"difference", result.difference ? json_of(*result.difference) : Json()}};
  out.update(judged);
  return out;
}

}  // namespace

std::string render_check_json(std::span<const CheckResult> results, std::span<const std::string> passed_over) {
  Json scenarios = Json::array();
  for (const CheckResult& result : results) scenarios.push_back(json_of(result));
  const CheckCounts counts = count_outcomes(results);
  const Json out = {{"passed", counts.passed},         {"updated", counts.updated},
                    {"not_judged", counts.not_judged}, {"no_baseline", counts.no_baseline},
                    {"differ", counts.differing},      {"failed", counts.failed},
                    {"broken", counts.broken},         {"without_baseline", counts.without_baseline},
                    {"passed_over", passed_over},      {"scenarios", scenarios}};
  return inert_json(json_text(out, JsonLayout::indented)) + "\n";
}

}  // namespace memsim
