#include <memsim/campaign/variation.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include <memsim/base/random.hpp>
#include <memsim/campaign/statistics.hpp>
#include <memsim/scenario/csv_table.hpp>

#include "campaign/run/value_range.hpp"

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

HostResult<Variation> variation_of(const std::string& path, const std::string& value, const std::string& given_as) {
  const std::vector<Level> levels = {{path, value}};
  if (path == "policy") {
    HostResult<std::vector<Override>> policy = policy_overrides_of(value);
    if (!policy) return Unexpected(std::move(policy).error());
    return Variation{value, std::move(*policy), levels};
  }
  return Variation{name_of_value(path, value), {{path, value, given_as}}, levels};
}

Variation joined(Variation first, const Variation& second) {
  first.name += (first.name.empty() ? "" : " ") + second.name;
  first.set.insert(first.set.end(), second.set.begin(), second.set.end());
  first.levels.insert(first.levels.end(), second.levels.begin(), second.levels.end());
  return first;
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
    axis.push_back({policy, std::move(*overrides), {{"policy", policy}}});
  }
  return axis;
}

HostResult<Axis> parse_axis(const std::string& text) {
  const auto fault = [&](const std::string& what, std::string help = {}) {
    return host_failure(ExitCode::bad_input, fmt::format("--vary '{}': {}", escaped_for_terminal(text), what),
                        std::move(help));
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return fault("expected PATH=VALUE,VALUE,...", "for example --vary machine.regions[0].size=64MiB,128MiB");
  }
  const std::string path = text.substr(0, equals);
  Axis axis;
  std::set<std::string> seen;
  for (const std::string& part : parts_of(std::string_view(text).substr(equals + 1), ',')) {
    if (part.empty()) return fault("a value is empty");
    const Expected<std::vector<std::string>, std::string> values = values_of(part, kVariationsMax - axis.size());
    if (!values) return fault(values.error(), "for example 1MiB..64MiB*2 or 0..100+10");
    for (const std::string& value : *values) {
      if (!seen.insert(value).second) return fault("a value is given twice");
      HostResult<Variation> variation = variation_of(path, value, fmt::format("--vary {}={}", path, value));
      if (!variation) return Unexpected(std::move(variation).error());
      axis.push_back(std::move(*variation));
    }
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
      for (const Variation& value : axis) longer.push_back(joined(before, value));
    }
    all = std::move(longer);
  }
  return all;
}

HostResult<std::vector<Variation>> sampled_combinations(std::span<const Axis> axes, std::uint64_t count) {
  if (count == 0 || count > kVariationsMax) {
    return host_failure(ExitCode::bad_input, fmt::format("--sample: expected a number from 1 to {}", kVariationsMax));
  }
  std::vector<std::size_t> levels;
  for (const Axis& axis : axes) levels.push_back(axis.size());
  const std::vector<std::size_t> design =
      latin_hypercube(count, levels, RandomStream::derive(count, {"sweep", "sample"}));
  std::vector<Variation> sample;
  std::set<std::vector<std::size_t>> seen;
  for (std::size_t row = 0; row < count; ++row) {
    const auto begin = design.begin() + static_cast<std::ptrdiff_t>(row * axes.size());
    const std::vector<std::size_t> chosen(begin, begin + static_cast<std::ptrdiff_t>(axes.size()));
    if (!seen.insert(chosen).second) continue;
    Variation variation;
    for (std::size_t i = 0; i < axes.size(); ++i) variation = joined(std::move(variation), axes[i][chosen[i]]);
    sample.push_back(std::move(variation));
  }
  return sample;
}

HostResult<std::vector<Variation>> parse_design(std::string_view csv, const std::string& path) {
  const HostResult<CsvTable> table = parse_csv_table(csv, path);
  if (!table) return Unexpected(table.error());
  HostError errors;
  std::vector<Variation> design;
  std::set<std::vector<Level>> seen;
  for (const CsvTable::Row& row : table->rows) {
    const std::string place = fmt::format("{}:{}", path, row.line);
    Variation variation;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (row.cells[i].empty()) continue;
      const HostResult<Variation> value = variation_of(table->columns[i], row.cells[i], place);
      if (value) {
        variation = joined(std::move(variation), *value);
      } else {
        errors.insert(errors.end(), value.error().begin(), value.error().end());
      }
    }
    if (!seen.insert(variation.levels).second) {
      Diagnostic diagnostic;
      diagnostic.where = {path, row.line, 1};
      diagnostic.message = "this variation is there twice";
      errors.push_back(std::move(diagnostic));
    }
    if (variation.name.empty()) variation.name = "as it is";
    design.push_back(std::move(variation));
  }
  if (design.size() > kVariationsMax) {
    return host_failure(ExitCode::bad_input, fmt::format("{}: more than {} variations", path, kVariationsMax));
  }
  if (!errors.empty()) return Unexpected(std::move(errors));
  return design;
}

}  // namespace memsim
