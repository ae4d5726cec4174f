// The JSON Schema, printed from the tables that the loader reads with.
//
// JSON Schema sees a YAML file after a YAML library has typed its plain scalars, so a number may arrive as a number or
// as text; where our reader takes text of its own (64KiB, 10ms, $fd + 1) the schema asks for a string or an integer.
#include <algorithm>
#include <set>

#include <memsim/base/call.hpp>
#include <memsim/base/measure.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/scenario/scenario.hpp>

#include "scenario/expect/expect_format.hpp"
#include "scenario/expect/expect_words.hpp"
#include "scenario/format/format.hpp"
#include "scenario/json_text.hpp"
#include "scenario/program/draws.hpp"
#include "scenario/program/program_compiler.hpp"

namespace memsim {
namespace {

using namespace loader;

constexpr std::string_view kNamePattern = "^[A-Za-z0-9_.-]{1,64}$";
constexpr std::string_view kPathPattern = "^[A-Za-z0-9_.-]{1,64}(/[A-Za-z0-9_.-]{1,64})*$";
constexpr std::string_view kSizePattern = "^(0|SIZE_MAX|[0-9]+(\\.[0-9]+)? ?(B|KiB|MiB|GiB|TiB|pages?))$";
constexpr std::string_view kDurationPattern = "^(0|[0-9]+(\\.[0-9]+)? ?(ns|us|ms|s|min|h|d))$";
constexpr std::string_view kNumberPattern = "^(0|[1-9][0-9]*|0x[0-9a-fA-F]+|0o[0-7]+)$";
constexpr std::uint64_t kLargestInteger = std::numeric_limits<std::uint64_t>::max();  // no maximum
constexpr std::string_view kVariablePattern = "^[A-Za-z_][A-Za-z0-9_]{0,63}$";

Json reference(std::string_view definition) {
  return JsonObject().add("$ref", "#/definitions/" + std::string(definition)).json();
}
Json any_of(const std::vector<Json>& choices) { return JsonObject().add("anyOf", json_array(choices)).json(); }
Json type(std::string_view name) { return JsonObject().add("type", name).json(); }
Json pattern(std::string_view text) { return JsonObject().add("type", "string").add("pattern", text).json(); }
Json list_of(Json items) { return JsonObject().add("type", "array").add("items", std::move(items)).json(); }

template <class Names>
Json enumeration(const Names& names) {
  std::vector<Json> values;
  for (const std::string_view name : names) values.push_back(json_string(name));
  return JsonObject().add("enum", json_array(values)).json();
}

// What the loader takes as a number: typed by YAML, or as text such as 0o600.
Json integer_in(std::uint64_t minimum, std::uint64_t maximum) {
  JsonObject number;
  number.add("type", "integer").add("minimum", json_number(minimum));
  if (maximum != std::numeric_limits<std::uint64_t>::max()) number.add("maximum", json_number(maximum));
  return any_of({number.json(), pattern(kNumberPattern)});
}

Json schema_of(const Key& key) {
  switch (key.kind) {
    case Key::Kind::boolean:
      return type("boolean");
    case Key::Kind::integer:
      return integer_in(key.minimum, key.maximum);
    case Key::Kind::signed_integer:
      return type("integer");
    case Key::Kind::size:
      return any_of({pattern(kSizePattern), JsonObject().add("const", json_number(0)).json()});
    case Key::Kind::duration:
      return any_of({pattern(kDurationPattern), JsonObject().add("const", json_number(0)).json()});
    case Key::Kind::address:
      return any_of({integer_in(0, key.maximum), pattern(kSizePattern)});
    case Key::Kind::text:
    case Key::Kind::paragraph:
      return JsonObject().add("type", json_array({json_string("string"), json_string("number")})).json();
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
  return JsonObject().add("description", doc).add("allOf", json_array({std::move(schema)})).json();
}

Json closed_map(const JsonObject& properties, const std::vector<Json>& required) {
  JsonObject map;
  map.add("type", "object").add("additionalProperties", json_bool(false)).add("properties", properties.json());
  if (!required.empty()) map.add("required", json_array(required));
  return map.json();
}

Json schema_of(const Group& group) {
  JsonObject properties;
  std::vector<Json> required;
  for (const Key& key : group.keys) {
    properties.add(key.name, described(schema_of(key), key.doc));
    if (key.required) required.push_back(json_string(key.name));
  }
  return closed_map(properties, required);
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
  JsonObject properties;
  std::vector<Json> required;
  const Parameter* sole = call.parameters.size() == 1 ? &call.parameters.front() : nullptr;
  for (const Parameter& parameter : call.parameters) {
    properties.add(parameter.name, described(schema_of(parameter), parameter.doc));
    if (parameter.required) required.push_back(json_string(parameter.name));
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
  JsonObject properties;
  properties.add(word, described(std::move(argument), doc));
  if (is_call) {
    properties.add("as", pattern(kVariablePattern));
    properties.add("on_error", enumeration(std::vector<std::string_view>{"continue", "exit"}));
  }
  return closed_map(properties, {json_string(word)});
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
    JsonObject properties;
    Json argument = word.group != nullptr ? schema_of(*word.group) : reference(word.definition);
    properties.add(word.name, described(std::move(argument), word.doc));
    properties.add("min", described(reference("literal"), "draws below it are raised to it"));
    properties.add("max", described(reference("literal"), "draws above it are lowered to it"));
    forms.push_back(closed_map(properties, {json_string(word.name)}));
  }
  return any_of(forms);
}

Json option_schema(const PolicyOption& option) {
  if (option.type == PolicyOption::Type::choice) return enumeration(option.choices);
  Json integer = integer_in(option.minimum, option.maximum);
  if (option.default_value != kAutomatic) return integer;
  return any_of({std::move(integer), JsonObject().add("const", kAutomatic).json()});
}

Json policy_schema() {
  std::vector<Json> names;
  std::vector<Json> forms;
  for (const Policy& policy : policies()) {
    names.push_back(json_string(policy.name));
    JsonObject properties;
    properties.add("name", JsonObject().add("const", policy.name).json());
    for (const PolicyOption& option : policy.options) {
      properties.add(option.name, described(option_schema(option), option.doc));
    }
    forms.push_back(closed_map(properties, {}));
  }
  forms.push_back(JsonObject().add("enum", json_array(names)).json());
  return any_of(forms);
}

Json abilities_schema() {
  std::vector<std::string_view> names;
  for (const AbilityName& ability : ability_names()) names.push_back(ability.name);
  return any_of({enumeration(std::vector<std::string_view>{"all", "none"}), list_of(enumeration(names))});
}

Json map_of(std::string_view key_pattern, Json values) {
  return JsonObject()
      .add("type", "object")
      .add("additionalProperties", json_bool(false))
      .add("patternProperties", JsonObject().add(key_pattern, std::move(values)).json())
      .json();
}

Json pair_of(Json item) {
  return JsonObject()
      .add("type", "array")
      .add("items", std::move(item))
      .add("minItems", json_number(2))
      .add("maxItems", json_number(2))
      .json();
}

Json value_schema() { return any_of({type("string"), type("integer"), type("boolean"), reference("draw")}); }

void add_value_definitions(JsonObject& definitions) {
  definitions.add("literal", any_of({type("string"), type("integer")}));
  definitions.add("decimal", any_of({type("number"), pattern("^[0-9]+(\\.[0-9]{1,6})?$")}));
  definitions.add("text", JsonObject().add("type", json_array({json_string("string"), json_string("number")})).json());
  definitions.add("nothing", type("null"));
  // Sizes and times need their unit, or an expression: the only plain number without one is 0.
  const Json zero = JsonObject().add("const", json_number(0)).json();
  definitions.add("bytes_value", any_of({type("string"), zero, reference("draw")}));
  definitions.add("duration_value", any_of({type("string"), zero, reference("draw")}));
  definitions.add("number_value", value_schema());
  definitions.add("any_value", value_schema());
  definitions.add("uniform", pair_of(reference("literal")));
  definitions.add("draw_table", list_of(schema_of(draw_table_group())));
  definitions.add("draw", draw_schema());
}

void add_program_definitions(JsonObject& definitions) {
  definitions.add("assignments", map_of(kVariablePattern, reference("any_value")));
  definitions.add("branches", list_of(schema_of(branch_group())));
  definitions.add("step", step_schema());
  definitions.add("steps", list_of(reference("step")));
  definitions.add("program", any_of({reference("steps"), pattern(kNamePattern)}));
  definitions.add("programs", map_of(kNamePattern, reference("steps")));
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
void add_expectation_definitions(JsonObject& definitions) {
  const Json outcome = any_of({pattern("^(E[A-Z0-9]+|success|-?[0-9]+)$"), type("integer")});
  const Json moment = any_of({pattern(kDurationPattern), JsonObject().add("const", json_number(0)).json()});
  definitions.add("call_name", call_enumeration(false));
  definitions.add("call_or_any", call_enumeration(true));
  definitions.add("errno_or_any", pattern("^(E[A-Z0-9]+|any|none)$"));
  definitions.add("outcomes", any_of({outcome, list_of(outcome)}));
  definitions.add("measure", measure_enumeration());
  definitions.add("moment", any_of({pattern("^(start|end)$"), moment}));
  definitions.add("late_moment", any_of({pattern("^end$"), moment}));
  definitions.add("window", list_of(reference("moment")));
  definitions.add("bound", any_of({type("string"), type("number")}));
  definitions.add("message_type", any_of({integer_in(0, 0xffff), pattern("^_MEM_(OBJ_)?INFO$")}));
  definitions.add("reply_choice", any_of({pattern("^(each|last)$"), integer_in(1, kLargestInteger)}));
  definitions.add("segments_or_count",
                  any_of({integer_in(0, kLargestInteger), list_of(schema_of(expected_segment_group()))}));
  definitions.add("count_name", enumeration(count_names()));
  std::vector<std::string_view> reasons = stop_reason_names();
  reasons.emplace_back("any");
  definitions.add("stop_reason", enumeration(reasons));
  definitions.add("deadlock_members", any_of({pattern("^none$"), list_of(type("string"))}));
  std::vector<Json> forms;
  for (const ExpectForm& form : expect_forms()) forms.push_back(described(schema_of(*form.group), form.doc));
  definitions.add("expectations", list_of(any_of(forms)));
}

// Every group that a key leads to, innermost first.
void add_groups(const Group& group, JsonObject& definitions, std::set<std::string_view>& added) {
  for (const Key& key : group.keys) {
    if (key.group == nullptr || !added.insert(key.group->name).second) continue;
    add_groups(*key.group, definitions, added);
    definitions.add(key.group->name, schema_of(*key.group));
  }
}

}  // namespace

std::string scenario_schema() {
  JsonObject definitions;
  add_value_definitions(definitions);
  add_program_definitions(definitions);
  add_expectation_definitions(definitions);
  definitions.add("policy", policy_schema());
  definitions.add("abilities", abilities_schema());
  definitions.add("start", any_of({pattern("^never$"), pattern(kDurationPattern),
                                   JsonObject().add("const", json_number(0)).json()}));
  std::set<std::string_view> added;
  add_groups(root_group(), definitions, added);
  JsonObject schema;
  schema.add("$schema", "http://json-schema.org/draft-07/schema#");
  schema.add("title", "memsim scenario");
  schema.add("allOf", json_array({schema_of(root_group())}));
  schema.add("definitions", definitions.json());
  return indented(schema.json());
}

}  // namespace memsim
