// The value of a policy's option as a number. Requires: options that check_policy_options() accepts.
#pragma once

#include <charconv>
#include <string_view>

#include <memsim/phys/policy.hpp>

namespace memsim {

[[nodiscard]] inline std::uint64_t number_of(const PolicyOption& option, const PolicyOptions& options) {
  const std::string_view digits = text_of(option, options);
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace memsim
