// The names of a fleet's instances: the fleet's own name, a dot, and the instance's number in decimal: "camera.3".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <memsim/base/numbers.hpp>

namespace memsim {

struct InstanceName {
  std::string_view fleet;
  std::uint64_t instance = 0;
};

[[nodiscard]] inline std::string instance_name(std::string_view fleet, std::uint64_t instance) {
  return std::string(fleet) + "." + std::to_string(instance);
}

// The parts of a name of that form; nothing for another. A number is written in one way only: "camera.03" is none.
[[nodiscard]] inline std::optional<InstanceName> parse_instance_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view digits = name.substr(dot + 1);
  const auto instance = parse_unsigned(digits);
  if (!instance || std::to_string(*instance) != digits) return std::nullopt;
  return InstanceName{name.substr(0, dot), *instance};
}

}  // namespace memsim
