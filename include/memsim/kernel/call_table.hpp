// The calls that a program can make: parameters, defaults, flag names and results. One table; the scenario compiler,
// the JSON schema, the documentation and the interpreter all read it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <memsim/base/call.hpp>
#include <memsim/kernel/program.hpp>

namespace memsim {

enum class ParameterType : std::uint8_t {
  integer,   // a plain number
  bytes,     // a size with a unit; SIZE_MAX is allowed
  duration,  // a time with a unit
  address,   // 0x... or a number
  flags,     // a list of names from `names`, or one name
  choice,    // one name from `names`
  text,      // a string, may contain ${...}
  process,   // a process by name (text) or by pid (integer expression)
};

struct NamedValue {
  std::string_view name;
  Value value;
};

struct Parameter {
  std::string_view name;  // the key in the scenario
  ParameterType type;
  bool required;
  Value default_value;  // when not given
  std::string_view doc;
  std::span<const NamedValue> names{};
};

struct CallSignature {
  Call call;
  std::string_view doc;
  std::span<const Parameter> parameters;      // in the order of Step::operands
  std::span<const std::string_view> results;  // names after value and errno: $x.NAME
  std::string_view value_doc;                 // what $x itself is
};

// In the order of Call.
[[nodiscard]] std::span<const CallSignature> call_table();
[[nodiscard]] const CallSignature& signature_of(Call call);

}  // namespace memsim
