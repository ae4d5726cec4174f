// The value of a policy's option as a number. Requires: options that check_policy_options() accepts.
#pragma once

#include <charconv>
#include <string_view>

#include <memsim/phys/policy.hpp>

namespace memsim {

// `automatic` stands for kAutomatic.
[[nodiscard]] inline std::uint64_t number_of(const PolicyOption& option, const PolicyOptions& options,
                                             std::uint64_t automatic = 0) {
  const std::string_view digits = text_of(option, options);
  if (digits == kAutomatic) return automatic;
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace memsim
