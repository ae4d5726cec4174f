// Variation: what a run has other than its scenario says, and how people write the axes along which runs vary.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

// A name for people, and the overrides that make it. None: the scenario as it is.
struct Variation {
  std::string name;
  std::vector<Override> set;
};

// What "NAME" or "NAME:OPTION=VALUE,..." sets in a scenario: the policy, and its options instead of those before.
// Errors: bad_input where the text has another shape; names and values are the loader's to check.
[[nodiscard]] HostResult<std::vector<Override>> policy_overrides_of(const std::string& text);

// One thing that varies, with its variations, all of them different: their names are what distinguishes them on this
// axis.
using Axis = std::vector<Variation>;

// The policies, each as policy_overrides_of() reads it. Errors: as there; one given twice.
[[nodiscard]] HostResult<Axis> policy_axis(std::span<const std::string> policies);

// "PATH=V1,V2,...": values of a scalar of the scenario, by the path that --set takes. PATH `policy` takes policies, and
// `seed` and `until` what the options take. Errors: bad_input where the text has another shape, or a value comes twice.
[[nodiscard]] HostResult<Axis> parse_axis(const std::string& text);

// Every combination of one variation of each axis, the last axis changing fastest; no axis: the scenario as it is. A
// name joins those of its parts with a blank. Errors: bad_input where there are more than kVariationsMax.
[[nodiscard]] HostResult<std::vector<Variation>> combinations_of(std::span<const Axis> axes);
inline constexpr std::uint64_t kVariationsMax = 100'000;

}  // namespace memsim
