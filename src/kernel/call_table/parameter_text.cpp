#include <memsim/kernel/parameter_text.hpp>

#include <fmt/format.h>

#include <memsim/base/check.hpp>
#include <memsim/base/qnx.hpp>

namespace memsim {
namespace {

// The name of the value, or those of its bits.
std::string names_text(const Parameter& parameter) {
  std::string out;
  Value left = parameter.default_value;
  for (const NamedValue& named : parameter.names) {
    if (named.value == parameter.default_value) return std::string(named.name);
    if (named.value == 0 || (left & named.value) != named.value) continue;
    out += fmt::format("{}{}", out.empty() ? "" : "|", named.name);
    left &= ~named.value;
  }
  return out.empty() ? "none" : out;
}

}  // namespace

std::string default_text(const Parameter& parameter) {
  MEMSIM_CHECK(!parameter.required);
  const Value value = parameter.default_value;
  switch (parameter.type) {
    case ParameterType::integer:
      if (parameter.name == "fd" && value == qnx::kNoFd) return "NOFD";
      // Permissions are octal wherever people write them.
      return parameter.name == "mode" ? fmt::format("0o{:o}", value) : fmt::format("{}", value);
    case ParameterType::bytes:
      return value < 0 ? "SIZE_MAX" : fmt::format("{}B", value);
    case ParameterType::duration:
      return value < 0 ? "none" : fmt::format("{}ns", value);
    case ParameterType::address:
      return fmt::format("{:#x}", value);
    case ParameterType::flags:
    case ParameterType::choice:
      return names_text(parameter);
    case ParameterType::text:
    case ParameterType::process:
      return "none";
  }
  return {};
}

}  // namespace memsim
