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

// The value of one axis, both as they were given: {"machine.regions[0].size", "64MiB"}.
struct Level {
  std::string axis;
  std::string value;
  auto operator<=>(const Level&) const = default;
};

// A name for people, and the overrides that make it. None: the scenario as it is. Equal levels make equal overrides.
struct Variation {
  std::string name;
  std::vector<Override> set;
  std::vector<Level> levels = {};
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
// `seed` and `until` what the options take. A value may be a range of numbers, sizes or durations: "1MiB..64MiB*2" is
// 1MiB, 2MiB, 4MiB and so on, "0..100+10" is 0, 10, 20 and so on, the end included where it is met. Errors: bad_input
// where the text has another shape, a value comes twice, or there are more than kVariationsMax.
[[nodiscard]] HostResult<Axis> parse_axis(const std::string& text);

// The variation that sets one axis to a value; `given_as` names it in diagnostics. Errors: as policy_overrides_of().
[[nodiscard]] HostResult<Variation> variation_of(const std::string& path, const std::string& value,
                                                 const std::string& given_as);
// Both at once: their names joined with a blank, the overrides of `second` behind those of `first`.
[[nodiscard]] Variation joined(Variation first, const Variation& second);

// Every combination of one variation of each axis, the last axis changing fastest; no axis: the scenario as it is. A
// name joins those of its parts with a blank. Errors: bad_input where there are more than kVariationsMax.
[[nodiscard]] HostResult<std::vector<Variation>> combinations_of(std::span<const Axis> axes);
inline constexpr std::uint64_t kVariationsMax = 100'000;

// `count` of the combinations, spread so that each value of an axis comes equally often, up to one (a Latin hypercube:
// statistics.hpp). The same axes and count give the same ones, in the same order; of equal ones the first is kept.
// Requires: every axis has a value. Errors: bad_input where `count` is 0 or more than kVariationsMax.
[[nodiscard]] HostResult<std::vector<Variation>> sampled_combinations(std::span<const Axis> axes, std::uint64_t count);

// A design made elsewhere, as CSV (RFC 4180): the first line has paths, every other line is a variation with a value
// for each. An empty cell leaves the scenario as it is. `path` stands in diagnostics. Errors: bad_input, with their
// places: no CSV, a row twice.
[[nodiscard]] HostResult<std::vector<Variation>> parse_design(std::string_view csv, const std::string& path);

}  // namespace memsim
