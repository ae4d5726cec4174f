// `memsim policies`, `memsim calls` and `memsim schema`: the tables that scenarios are written against.
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memsim/base/call.hpp>
#include <memsim/base/json.hpp>
#include <memsim/kernel/call_table.hpp>
#include <memsim/kernel/parameter_text.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/runtime/calls.hpp>
#include <memsim/scenario/scenario.hpp>

#include "sim/host/console.hpp"
#include "sim/options/help.hpp"
#include "sim/reference/commands.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

std::string choices_of(const PolicyOption& option) {
  if (option.type == PolicyOption::Type::integer) return fmt::format("{} to {}", option.minimum, option.maximum);
  return fmt::format("{}", fmt::join(option.choices, ", "));
}

std::string policies_text() {
  std::string out;
  for (const Policy& policy : policies()) {
    out += fmt::format("{}: {}\n", policy.name, policy.doc);
    for (const PolicyOption& option : policy.options) {
      out +=
          fmt::format("  {} = {}\n      {}: {}\n", option.name, option.default_value, choices_of(option), option.doc);
    }
  }
  return out;
}

Json json_of(const PolicyOption& option) {
  Json out = {{"name", option.name}, {"default", option.default_value}, {"doc", option.doc}};
  if (option.type == PolicyOption::Type::integer) {
    out["minimum"] = option.minimum;
    out["maximum"] = option.maximum;
  } else {
    out["choices"] = option.choices;
  }
  return out;
}

Json policies_json() {
  Json out = Json::array();
  for (const Policy& policy : policies()) {
    Json options = Json::array();
    for (const PolicyOption& option : policy.options) options.push_back(json_of(option));
    out.push_back({{"name", policy.name}, {"doc", policy.doc}, {"options", options}});
  }
  return out;
}

std::string_view name_of(ParameterType type) {
  switch (type) {
    case ParameterType::integer:
      return "integer";
    case ParameterType::bytes:
      return "bytes";
    case ParameterType::duration:
      return "duration";
    case ParameterType::address:
      return "address";
    case ParameterType::flags:
      return "flags";
    case ParameterType::choice:
      return "choice";
    case ParameterType::text:
      return "text";
    case ParameterType::process:
      return "process";
  }
  return "?";
}

std::string names_of(const Parameter& parameter) {
  std::string out;
  for (const NamedValue& named : parameter.names) out += fmt::format("{}{}", out.empty() ? "" : " ", named.name);
  return out;
}

std::string calls_text() {
  std::string out;
  for (const CallSignature& signature : call_table()) {
    out += fmt::format("{}: {}\n", call_name(signature.call), signature.doc);
    for (const Parameter& parameter : signature.parameters) {
      const std::string given = parameter.required ? "required" : default_text(parameter) + " unless given";
      out += fmt::format("  {:12} {}, {}: {}\n", parameter.name, name_of(parameter.type), given, parameter.doc);
      if (!parameter.names.empty()) out += fmt::format("  {:12} {}\n", "", names_of(parameter));
    }
    if (!signature.value_doc.empty()) out += fmt::format("  gives {}\n", signature.value_doc);
    if (!signature.results.empty()) out += fmt::format("  and also {}\n", fmt::join(signature.results, ", "));
  }
  return out;
}

Json json_of(const Parameter& parameter) {
  Json names = Json::array();
  for (const NamedValue& named : parameter.names) names.push_back({{"name", named.name}, {"value", named.value}});
  Json out = {{"name", parameter.name}, {"type", name_of(parameter.type)}, {"required", parameter.required}};
  out["default"] = parameter.required ? Json() : Json(parameter.default_value);
  out["default_text"] = parameter.required ? Json() : Json(default_text(parameter));
  out["doc"] = parameter.doc;
  out["names"] = names;
  return out;
}

Json calls_json() {
  Json out = Json::array();
  for (const CallSignature& signature : call_table()) {
    Json parameters = Json::array();
    for (const Parameter& parameter : signature.parameters) parameters.push_back(json_of(parameter));
    out.push_back({{"call", call_name(signature.call)},
                   {"doc", signature.doc},
                   {"parameters", parameters},
                   {"value", signature.value_doc},
                   {"results", signature.results}});
  }
  return out;
}

std::string_view name_of(link::How how) {
  switch (how) {
    case link::How::kernel:
      return "simulated";
    case link::How::here:
      return "answered";
    case link::How::refused:
      return "refused";
  }
  return "?";
}

// The calls of programs of the host: those that are simulated by header, then what is refused in a list.
std::string program_calls_text() {
  std::string out;
  std::string refused;
  for (const link::ProgramCallEntry& entry : link::kProgramCalls) {
    if (entry.how == link::How::refused) {
      refused += fmt::format(" {}", entry.symbol);
    } else {
      out += fmt::format("{:24}  <{}>\n      {}: {}\n", entry.symbol, entry.header, name_of(entry.how), entry.text);
    }
  }
  return out + "refused with ENOSYS and a note\n" + wrapped("      ", refused.substr(1), 6, 80);
}

Json program_calls_json() {
  Json out = Json::array();
  for (const link::ProgramCallEntry& entry : link::kProgramCalls) {
    out.push_back({{"call", entry.symbol}, {"header", entry.header}, {"how", name_of(entry.how)}, {"doc", entry.text}});
  }
  return out;
}

void add_table(Command& program, const char* name, const char* description, const char* examples, std::string (*text)(),
               Json (*json)()) {
  Command& sub = program.add_command(name, description, examples);
  const auto as_json = std::make_shared<bool>(false);
  sub.add_flag("--json", *as_json, "Print as JSON");
  sub.set_action([=] { return print_or_report(*as_json ? json_text(json(), JsonLayout::indented) + "\n" : text()); });
}

}  // namespace

void add_policies(Command& program) {
  add_table(program, "policies", "List the frame allocators with their options and defaults.", "  memsim policies\n",
            policies_text, policies_json);
}

void add_calls(Command& program) {
  Command& sub = program.add_command("calls", "List the calls that a scenario's programs can make.",
                                     "  memsim calls | less\n"
                                     "  memsim calls --programs                        # those of C programs\n");
  struct Arguments {
    bool json = false;
    bool of_programs = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  sub.add_flag("--json", arguments->json, "Print as JSON");
  sub.add_flag("--programs", arguments->of_programs, "The calls of programs of the host instead: see memsim cc");
  sub.set_action([arguments] {
    const bool of_programs = arguments->of_programs;
    if (arguments->json)
      return print_or_report(json_text(of_programs ? program_calls_json() : calls_json(), JsonLayout::indented) + "\n");
    return print_or_report(of_programs ? program_calls_text() : calls_text());
  });
}

void add_schema(Command& program) {
  Command& sub = program.add_command("schema", "Print the JSON Schema (Draft-07) of the scenario format.",
                                     "  memsim schema > memsim.schema.json\n");
  sub.set_action([] { return print_or_report(scenario_schema()); });
}

}  // namespace memsim
