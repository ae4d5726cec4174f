#include <charconv>

#include <fmt/format.h>

#include <memsim/phys/policy.hpp>

#include "phys/buddy/buddy_policy.hpp"
#include "phys/fits/best_fit_policy.hpp"
#include "phys/fits/first_fit_policy.hpp"
#include "phys/fits/next_fit_policy.hpp"
#include "phys/fits/tlsf_policy.hpp"
#include "phys/fits/two_region_policy.hpp"
#include "phys/linux/linux_policy.hpp"
#include "phys/llfree/llfree_policy.hpp"
#include "phys/qnx/qnx_policy.hpp"
#include "phys/requests/option_values.hpp"
#include "phys/split/fibonacci_buddy_policy.hpp"
#include "phys/split/weighted_buddy_policy.hpp"

namespace memsim {
namespace {

std::string joined(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::string suggestion(std::string_view name, const std::vector<std::string_view>& known) {
  if (known.empty()) return "it has none";
  const std::string_view nearest = nearest_name(name, known);
  return nearest.empty() ? "known: " + joined(known) : fmt::format("did you mean '{}'?", nearest);
}

HostResult<void> check_value(const Policy& policy, const PolicyOption& option, std::string_view value) {
  if (option.type == PolicyOption::Type::choice) {
    for (const std::string_view choice : option.choices) {
      if (choice == value) return {};
    }
    const std::vector<std::string_view> known(option.choices.begin(), option.choices.end());
    return host_failure(ExitCode::bad_input,
                        fmt::format("option '{}' of policy '{}' is '{}'; expected one of: {}", option.name, policy.name,
                                    escaped_for_terminal(value), joined(known)),
                        suggestion(value, known));
  }
  const bool may_be_automatic = option.default_value == kAutomatic;
  if (may_be_automatic && value == kAutomatic) return {};
  std::uint64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error == std::errc() && stop == end && option.minimum <= number && number <= option.maximum) return {};
  return host_failure(
      ExitCode::bad_input,
      fmt::format("option '{}' of policy '{}' is '{}'; expected an integer from {} to {}{}", option.name, policy.name,
                  escaped_for_terminal(value), option.minimum, option.maximum, may_be_automatic ? ", or auto" : ""));
}

// An option that does nothing under the others is a wish that is not granted. What is the default is no wish.
HostResult<void> check_need(const Policy& policy, const PolicyOption& option, const PolicyOptions& options) {
  if (text_of(option, options) == option.default_value) return {};
  for (const PolicyOption& needed : policy.options) {
    if (needed.name != option.only_with.option) continue;
    const std::string_view value = text_of(needed, options);
    if (value == option.only_with.value || !check_value(policy, needed, value)) return {};
    return host_failure(
        ExitCode::bad_input,
        fmt::format("option '{}' of policy '{}' does nothing with {}={}", option.name, policy.name, needed.name, value),
        fmt::format("it belongs to {}={}", needed.name, option.only_with.value));
  }
  return {};
}

}  // namespace

std::span<const Policy> policies() {
  static const std::array table = {
      buddy_policy(),
      fibonacci_buddy_policy(),
      weighted_buddy_policy(),
      first_fit_policy(),
      next_fit_policy(),
      best_fit_policy(),
      tlsf_policy(),
      two_region_policy(),
      linux_policy(),
      llfree_policy(),
      qnx_policy(),
  };
  return table;
}

const Policy* find_policy(std::string_view name) {
  for (const Policy& policy : policies()) {
    if (policy.name == name) return &policy;
  }
  return nullptr;
}

HostResult<void> check_policy_option(const Policy& policy, const PolicyOptions& options, std::string_view name) {
  std::vector<std::string_view> names;
  for (const PolicyOption& option : policy.options) {
    names.push_back(option.name);
    if (option.name != name) continue;
    HostResult<void> checked = check_value(policy, option, text_of(option, options));
    return checked ? check_need(policy, option, options) : checked;
  }
  return host_failure(ExitCode::bad_input,
                      fmt::format("policy '{}' has no option '{}'", policy.name, escaped_for_terminal(name)),
                      suggestion(name, names));
}

HostResult<void> check_policy_options(const Policy& policy, const PolicyOptions& options) {
  for (const auto& [name, value] : options) {
    HostResult<void> checked = check_policy_option(policy, options, name);
    if (!checked) return checked;
  }
  return {};
}

}  // namespace memsim
