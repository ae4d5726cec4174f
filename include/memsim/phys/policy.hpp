// The allocator policies by name: one visible table, no static registration.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/phys/frame_allocator.hpp>

namespace memsim {

// The default of an integer option whose value follows from the region and the size of its pages. May be written, too.
inline constexpr std::string_view kAutomatic = "auto";

// One option of a policy, as `memsim policies` prints it and the scenario loader checks it.
struct PolicyOption {
  enum class Type : std::uint8_t { integer, choice };
  std::string_view name;
  Type type;
  std::string_view default_value;               // as a scenario would write it, or kAutomatic
  std::uint64_t minimum = 0;                    // integer
  std::uint64_t maximum = 0;                    // integer, inclusive
  std::span<const std::string_view> choices{};  // choice
  std::string_view doc;                         // one line
  // The option that must have that value, or this one does nothing; no name: it always does.
  struct OnlyWith {
    std::string_view option;
    std::string_view value;
  };
  OnlyWith only_with{};
};

// Options given by the scenario: name -> value as text. Names and values have been checked against the table.
using PolicyOptions = std::map<std::string, std::string, std::less<>>;

// The value of an option: as given, or the default.
[[nodiscard]] inline std::string_view text_of(const PolicyOption& option, const PolicyOptions& options) {
  const auto given = options.find(option.name);
  return given == options.end() ? option.default_value : std::string_view(given->second);
}

struct Policy {
  std::string_view name;
  std::string_view doc;  // one line
  std::span<const PolicyOption> options;
  // Makes an allocator over `extent`, all of it free. `page_size`: what a frame is; it decides nothing but what options
  // are automatically. Requires: options valid by check_policy_options(); extent not empty.
  std::unique_ptr<FrameAllocator> (*make)(Extent extent, const PolicyOptions& given, PageSize page_size);
  [[nodiscard]] std::unique_ptr<FrameAllocator> create(Extent extent, const PolicyOptions& given,
                                                       PageSize page_size = {}) const {
    return make(extent, given, page_size);
  }
};

// Every policy, in the order in which they are listed to users.
[[nodiscard]] std::span<const Policy> policies();
[[nodiscard]] const Policy* find_policy(std::string_view name);

// Nothing, or what is wrong with the option of that name: unknown (with the nearest known one), value out of range,
// unknown choice, not its default where it does nothing under the others.
[[nodiscard]] HostResult<void> check_policy_option(const Policy& policy, const PolicyOptions& options,
                                                   std::string_view name);
// Nothing, or what is wrong with the first option that is.
[[nodiscard]] HostResult<void> check_policy_options(const Policy& policy, const PolicyOptions& options);

}  // namespace memsim
