#include <memsim/campaign/variation.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace memsim {
namespace {

std::vector<std::string> parts_of(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// "64MiB" tells little beside "128": the last part of the path says what it is of.
std::string name_of_value(const std::string& path, const std::string& value) {
  return fmt::format("{}={}", path.substr(path.rfind('.') + 1), value);
}

HostResult<Variation> variation_of(const std::string& path, const std::string& value, const std::string& given_as) {
  if (path == "policy") {
    HostResult<std::vector<Override>> policy = policy_overrides_of(value);
    if (!policy) return Unexpected(std::move(policy).error());
    return Variation{value, std::move(*policy)};
  }
  return Variation{name_of_value(path, value), {{path, value, given_as}}};
}

}  // namespace

HostResult<std::vector<Override>> policy_overrides_of(const std::string& text) {
  const auto fault = [&] {
    return host_failure(
        ExitCode::bad_input,
        fmt::format("--policy '{}': expected NAME or NAME:OPTION=VALUE,...", escaped_for_terminal(text)),
        "for example --policy buddy:placement=lowest; memsim policies lists all");
  };
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (colon == 0) return fault();
  const std::string given_as = "--policy " + text;
  std::vector<Override> overrides = {{"policy", text.substr(0, colon), given_as}};
  if (colon == text.size()) return overrides;
  std::set<std::string> seen;
  for (const std::string& option : parts_of(std::string_view(text).substr(colon + 1), ',')) {
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos || equals == 0) return fault();
    const std::string name = option.substr(0, equals);
    if (!seen.insert(name).second) {
      return host_failure(ExitCode::bad_input, fmt::format("--policy '{}': option '{}' is given twice",
                                                           escaped_for_terminal(text), escaped_for_terminal(name)));
    }
    overrides.push_back({"policy." + name, option.substr(equals + 1), given_as});
  }
  return overrides;
}

HostResult<Axis> policy_axis(std::span<const std::string> policies) {
  Axis axis;
  std::set<std::string_view> names;
  for (const std::string& policy : policies) {
    HostResult<std::vector<Override>> overrides = policy_overrides_of(policy);
    if (!overrides) return Unexpected(std::move(overrides).error());
    if (!names.insert(policy).second) {
      return host_failure(ExitCode::bad_input, fmt::format("--policy {} is given twice", escaped_for_terminal(policy)));
    }
    axis.push_back({policy, std::move(*overrides)});
  }
  return axis;
}

HostResult<Axis> parse_axis(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return host_failure(ExitCode::bad_input,
                        fmt::format("--vary '{}': expected PATH=VALUE,VALUE,...", escaped_for_terminal(text)),
                        "for example --vary machine.regions[0].size=64MiB,128MiB");
  }
  const std::string path = text.substr(0, equals);
  Axis axis;
  std::set<std::string> values;
  for (const std::string& value : parts_of(std::string_view(text).substr(equals + 1), ',')) {
    if (value.empty() || !values.insert(value).second) {
      return host_failure(ExitCode::bad_input,
                          fmt::format("--vary '{}': {}", escaped_for_terminal(text),
                                      value.empty() ? "a value is empty" : "a value is given twice"));
    }
    HostResult<Variation> variation = variation_of(path, value, fmt::format("--vary {}={}", path, value));
    if (!variation) return Unexpected(std::move(variation).error());
    axis.push_back(std::move(*variation));
  }
  return axis;
}

HostResult<std::vector<Variation>> combinations_of(std::span<const Axis> axes) {
  std::vector<Variation> all(1);
  for (const Axis& axis : axes) {
    if (axis.size() > kVariationsMax / all.size()) {
      return host_failure(ExitCode::bad_input, fmt::format("that is more than {} variations", kVariationsMax),
                          "vary less at once");
    }
    std::vector<Variation> longer;
    longer.reserve(all.size() * axis.size());
    for (const Variation& before : all) {
      for (const Variation& value : axis) {
        Variation both = before;
        both.name += (both.name.empty() ? "" : " ") + value.name;
        both.set.insert(both.set.end(), value.set.begin(), value.set.end());
        longer.push_back(std::move(both));
      }
    }
    all = std::move(longer);
  }
  return all;
}

}  // namespace memsim
