// The JSON Schema, printed from the tables that the loader reads with.
//
// JSON Schema sees a YAML file after a YAML library has typed its plain scalars, so a number may arrive as a number or
// as text; where our reader takes text of its own (64KiB, 10ms, $fd + 1) the schema asks for a string or an integer.
#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memsim/base/call.hpp>
#include <memsim/base/json.hpp>
#include <memsim/base/measure.hpp>
#include <memsim/kernel/parameter_text.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/scenario/scenario.hpp>

#include "scenario/expect/expect_format.hpp"
#include "scenario/expect/expect_words.hpp"
#include "scenario/format/format.hpp"
#include "scenario/program/draws.hpp"
#include "scenario/program/program_compiler.hpp"

namespace memsim {
namespace {

using namespace loader;
using Json = nlohmann::ordered_json;  // the keys in the order in which they are added

constexpr std::string_view kNamePattern = "^[A-Za-z0-9_.-]{1,64}$";
constexpr std::string_view kPathPattern = "^[A-Za-z0-9_.-]{1,64}(/[A-Za-z0-9_.-]{1,64})*$";
constexpr std::string_view kSizePattern = "^(0|SIZE_MAX|[0-9]+(\\.[0-9]+)? ?(B|KiB|MiB|GiB|TiB|pages?))$";
constexpr std::string_view kDurationPattern = "^(0|[0-9]+(\\.[0-9]+)? ?(ns|us|ms|s|min|h|d))$";
constexpr std::string_view kNumberPattern = "^(0|[1-9][0-9]*|0x[0-9a-fA-F]+|0o[0-7]+)$";
constexpr std::uint64_t kLargestInteger = std::numeric_limits<std::uint64_t>::max();  // no maximum
constexpr std::string_view kVariablePattern = "^[A-Za-z_][A-Za-z0-9_]{0,63}$";

Json reference(std::string_view definition) { return {{"$ref", "#/definitions/" + std::string(definition)}}; }
Json any_of(std::vector<Json> choices) { return {{"anyOf", std::move(choices)}}; }
Json type(std::string_view name) { return {{"type", name}}; }
Json pattern(std::string_view text) { return {{"type", "string"}, {"pattern", text}}; }
Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
Json zero() { return {{"const", 0}}; }
Json any_text() { return {{"type", Json::array({"string", "number"})}}; }

template <class Names>
Json enumeration(const Names& names) {
  Json values = Json::array();
  for (const std::string_view name : names) values.push_back(name);
  return {{"enum", std::move(values)}};
}

// What the loader takes as a number: typed by YAML, or as text such as 0o600.
Json integer_in(std::uint64_t minimum, std::uint64_t maximum) {
  Json number = {{"type", "integer"}, {"minimum", minimum}};
  if (maximum != std::numeric_limits<std::uint64_t>::max()) number["maximum"] = maximum;
  return any_of({number, pattern(kNumberPattern)});
}

Json schema_of(const Key& key) {
  switch (key.kind) {
    case Key::Kind::boolean:
      return type("boolean");
    case Key::Kind::integer:
      return integer_in(key.minimum, key.maximum);
    case Key::Kind::permissions:
      return integer_in(key.minimum, key.maximum);
    case Key::Kind::signed_integer:
      return type("integer");
    case Key::Kind::size:
      return any_of({pattern(kSizePattern), zero()});
    case Key::Kind::duration:
      return any_of({pattern(kDurationPattern), zero()});
    case Key::Kind::address:
      return any_of({integer_in(0, key.maximum), pattern(kSizePattern)});
    case Key::Kind::text:
    case Key::Kind::paragraph:
      return any_text();
    case Key::Kind::name:
      return any_of({pattern(kNamePattern), type("integer")});
    case Key::Kind::path:
      return any_of({pattern(kPathPattern), type("integer")});
    case Key::Kind::choice:
      return enumeration(key.choices);
    case Key::Kind::errno_name:
      return pattern("^E[A-Z0-9]+$");
    case Key::Kind::group:
      return reference(key.group->name);
    case Key::Kind::group_list:
      return list_of(reference(key.group->name));
    case Key::Kind::custom:
      return reference(key.definition);
  }
  return {};
}

Json described(Json schema, std::string_view doc) {
  return {{"description", doc}, {"allOf", Json::array({std::move(schema)})}};
}

Json closed_map(const Json& properties, const std::vector<std::string_view>& required) {
  Json map = {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
  if (!required.empty()) map["required"] = required;
  return map;
}

void add(Json& map, std::string_view key, Json value) { map[std::string(key)] = std::move(value); }

Json schema_of(const Group& group) {
  Json properties = Json::object();
  std::vector<std::string_view> required;
  for (const Key& key : group.keys) {
    add(properties, key.name, described(schema_of(key), key.doc));
    if (key.required) required.push_back(key.name);
  }
  Json map = closed_map(properties, required);
  for (const std::string_view key : group.one_of) map["oneOf"].push_back({{"required", Json::array({key})}});
  return map;
}

std::string_view value_definition(const Parameter& parameter) {
  switch (parameter.type) {
    case ParameterType::bytes:
      return "bytes_value";
    case ParameterType::duration:
      return "duration_value";
    case ParameterType::text:
    case ParameterType::process:
      return "text";
    default:
      return "number_value";
  }
}

Json schema_of(const Parameter& parameter) {
  std::vector<std::string_view> names;
  for (const NamedValue& named : parameter.names) names.push_back(named.name);
  if (parameter.type == ParameterType::choice) return enumeration(names);
  if (parameter.type != ParameterType::flags) return reference(value_definition(parameter));
  return any_of({enumeration(names), list_of(enumeration(names)), pattern("[|]"), pattern("^\\$"), type("integer")});
}

// A call's argument: a map of parameters, and the bare value where one parameter is enough.
Json schema_of(const CallSignature& call) {
  Json properties = Json::object();
  std::vector<std::string_view> required;
  const Parameter* sole = call.parameters.size() == 1 ? &call.parameters.front() : nullptr;
  for (const Parameter& parameter : call.parameters) {
    const std::string doc = parameter.required
                                ? std::string(parameter.doc)
                                : fmt::format("{}; {} unless given", parameter.doc, default_text(parameter));
    add(properties, parameter.name, described(schema_of(parameter), doc));
    if (parameter.required) required.push_back(parameter.name);
    if (parameter.required && required.size() == 1) sole = &parameter;
  }
  if (required.size() > 1) sole = nullptr;
  std::vector<Json> forms = {closed_map(properties, required)};
  if (sole != nullptr) forms.push_back(schema_of(*sole));
  if (required.empty()) forms.push_back(type("null"));
  return any_of(forms);
}

// One kind of step: exactly its word, and for calls `as` and `on_error` beside it.
Json step_form(std::string_view word, std::string_view doc, Json argument, bool is_call) {
  Json properties = Json::object();
  add(properties, word, described(std::move(argument), doc));
  if (is_call) {
    add(properties, "as", pattern(kVariablePattern));
    add(properties, "on_error", enumeration(std::vector<std::string_view>{"continue", "exit"}));
  }
  return closed_map(properties, {word});
}

Json step_schema() {
  std::vector<Json> forms;
  std::vector<std::string_view> bare = {"exit"};
  for (const CallSignature& call : call_table()) {
    forms.push_back(step_form(call_name(call.call), call.doc, schema_of(call), true));
    const bool needs_nothing = std::none_of(call.parameters.begin(), call.parameters.end(),
                                            [](const Parameter& parameter) { return parameter.required; });
    if (needs_nothing) bare.push_back(call_name(call.call));
  }
  for (const StepWord& word : step_words()) {
    std::vector<Json> arguments;
    if (word.group != nullptr) arguments.push_back(schema_of(*word.group));
    if (!word.definition.empty()) arguments.push_back(reference(word.definition));
    forms.push_back(step_form(word.name, word.doc, any_of(arguments), false));
  }
  forms.push_back(enumeration(bare));
  return any_of(forms);
}

Json draw_schema() {
  std::vector<Json> forms;
  for (const DrawWord& word : draw_words()) {
    Json properties = Json::object();
    Json argument = word.group != nullptr ? schema_of(*word.group) : reference(word.definition);
    add(properties, word.name, described(std::move(argument), word.doc));
    add(properties, "min", described(reference("literal"), "draws below it are raised to it"));
    add(properties, "max", described(reference("literal"), "draws above it are lowered to it"));
    forms.push_back(closed_map(properties, {word.name}));
  }
  return any_of(forms);
}

Json option_schema(const PolicyOption& option) {
  if (option.type == PolicyOption::Type::choice) return enumeration(option.choices);
  Json integer = integer_in(option.minimum, option.maximum);
  if (option.default_value != kAutomatic) return integer;
  return any_of({std::move(integer), Json{{"const", kAutomatic}}});
}

Json policy_schema() {
  std::vector<std::string_view> names;
  std::vector<Json> forms;
  for (const Policy& policy : policies()) {
    names.push_back(policy.name);
    Json properties = Json::object();
    add(properties, "name", {{"const", policy.name}});
    for (const PolicyOption& option : policy.options) {
      add(properties, option.name, described(option_schema(option), option.doc));
    }
    forms.push_back(closed_map(properties, {}));
  }
  forms.push_back(enumeration(names));
  return any_of(forms);
}

Json abilities_schema() {
  std::vector<std::string_view> names;
  for (const AbilityName& ability : ability_names()) names.push_back(ability.name);
  return any_of({enumeration(std::vector<std::string_view>{"all", "none"}), list_of(enumeration(names))});
}

Json map_of(std::string_view key_pattern, Json values) {
  Json patterns;
  add(patterns, key_pattern, std::move(values));
  return {{"type", "object"}, {"additionalProperties", false}, {"patternProperties", std::move(patterns)}};
}

Json pair_of(Json item) { return {{"type", "array"}, {"items", std::move(item)}, {"minItems", 2}, {"maxItems", 2}}; }

Json value_schema() { return any_of({type("string"), type("integer"), type("boolean"), reference("draw")}); }

void add_value_definitions(Json& definitions) {
  add(definitions, "literal", any_of({type("string"), type("integer")}));
  add(definitions, "decimal", any_of({type("number"), pattern("^[0-9]+(\\.[0-9]{1,6})?$")}));
  add(definitions, "text", any_text());
  add(definitions, "nothing", type("null"));
  // Sizes and times need their unit, or an expression: the only plain number without one is 0.
  add(definitions, "bytes_value", any_of({type("string"), zero(), reference("draw")}));
  add(definitions, "duration_value", any_of({type("string"), zero(), reference("draw")}));
  add(definitions, "number_value", value_schema());
  add(definitions, "any_value", value_schema());
  add(definitions, "literals", list_of(reference("literal")));
  add(definitions, "uniform", pair_of(reference("literal")));
  add(definitions, "draw_table", list_of(schema_of(draw_table_group())));
  add(definitions, "draw", draw_schema());
}

void add_program_definitions(Json& definitions) {
  add(definitions, "assignments", map_of(kVariablePattern, reference("any_value")));
  add(definitions, "branches", list_of(schema_of(branch_group())));
  add(definitions, "step", step_schema());
  add(definitions, "steps", list_of(reference("step")));
  add(definitions, "program", any_of({reference("steps"), pattern(kNamePattern)}));
  add(definitions, "sizes", list_of(pattern(kSizePattern)));
  add(definitions, "process_list", list_of(pattern("^[A-Za-z0-9_.-]{1,64}(\\*[0-9]+)?$")));
  add(definitions, "program_arguments", list_of(any_text()));
  add(definitions, "main_program", any_of({reference("program"), schema_of(host_program_group())}));
  add(definitions, "programs", map_of(kNamePattern, reference("steps")));
}

Json call_enumeration(bool or_any) {
  std::vector<std::string_view> names;
  for (unsigned i = 0; i < kCallCount; ++i) names.push_back(call_name(static_cast<Call>(i)));
  if (or_any) names.emplace_back("any");
  return enumeration(names);
}

Json measure_enumeration() {
  std::vector<std::string_view> names;
  for (const SampledMeasureInfo& info : sampled_measures()) names.push_back(info.name);
  return enumeration(names);
}

// What expectations are made of.
void add_expectation_definitions(Json& definitions) {
  const Json outcome = any_of({pattern("^(E[A-Z0-9]+|success|-?[0-9]+)$"), type("integer")});
  const Json moment = any_of({pattern(kDurationPattern), zero()});
  add(definitions, "call_name", call_enumeration(false));
  add(definitions, "call_or_any", call_enumeration(true));
  add(definitions, "errno_or_any", pattern("^(E[A-Z0-9]+|any|none)$"));
  add(definitions, "outcomes", any_of({outcome, list_of(outcome)}));
  add(definitions, "measure", measure_enumeration());
  add(definitions, "moment", any_of({pattern("^(start|end)$"), moment}));
  add(definitions, "late_moment", any_of({pattern("^end$"), moment}));
  add(definitions, "window", list_of(reference("moment")));
  add(definitions, "bound", any_of({type("string"), type("number")}));
  add(definitions, "message_type", any_of({integer_in(0, 0xffff), pattern("^_MEM_(OBJ_)?INFO$")}));
  add(definitions, "reply_choice", any_of({pattern("^(each|last)$"), integer_in(1, kLargestInteger)}));
  add(definitions, "segments_or_count",
      any_of({integer_in(0, kLargestInteger), list_of(schema_of(expected_segment_group()))}));
  add(definitions, "count_name", enumeration(count_names()));
  std::vector<std::string_view> reasons = stop_reason_names();
  reasons.emplace_back("any");
  add(definitions, "stop_reason", enumeration(reasons));
  add(definitions, "deadlock_members", any_of({pattern("^none$"), list_of(type("string"))}));
  std::vector<Json> forms;
  for (const ExpectForm& form : expect_forms()) forms.push_back(described(schema_of(*form.group), form.doc));
  add(definitions, "expectations", list_of(any_of(forms)));
}

// Every group that a key leads to, innermost first.
void add_groups(const Group& group, Json& definitions, std::set<std::string_view>& added) {
  for (const Key& key : group.keys) {
    if (key.group == nullptr || !added.insert(key.group->name).second) continue;
    add_groups(*key.group, definitions, added);
    add(definitions, key.group->name, schema_of(*key.group));
  }
}

}  // namespace

std::string scenario_schema() {
  Json definitions;
  add_value_definitions(definitions);
  add_program_definitions(definitions);
  add_expectation_definitions(definitions);
  add(definitions, "policy", policy_schema());
  add(definitions, "abilities", abilities_schema());
  add(definitions, "start", any_of({pattern("^never$"), pattern(kDurationPattern), zero()}));
  std::set<std::string_view> added;
  add_groups(root_group(), definitions, added);
  Json root = schema_of(root_group());
  for (const char* key : {"processes", "background"}) root["anyOf"].push_back({{"required", Json::array({key})}});
  const Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                       {"title", "memsim scenario"},
                       {"allOf", Json::array({std::move(root)})},
                       {"definitions", std::move(definitions)}};
  return json_text(schema, JsonLayout::indented) + '\n';
}

}  // namespace memsim
