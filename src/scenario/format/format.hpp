// The fixed keys of the format, as tables. The reader checks against them, the JSON Schema is printed from them.
// Programs (lists of steps) have tables of their own: the call table and step_words().
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <memsim/base/units.hpp>
#include <memsim/kernel/config.hpp>

namespace memsim::loader {

// The longest time that a scenario may name: 2^62 ns, 146 years. Sums of a few such times do not wrap.
inline constexpr SimDuration kLongestTime{std::uint64_t{1} << 62};

inline constexpr std::uint64_t kFormatVersion = 1;

struct Group;

struct Key {
  enum class Kind : std::uint8_t {
    boolean,         // true, false
    integer,         // minimum..maximum
    signed_integer,  // 32 bits
    permissions,     // octal, up to 0777
    size,            // with a unit; minimum.. in bytes
    duration,        // with a unit; minimum.. in ns, up to kLongestTime
    address,         // 0x..., or a size
    text,            // one line
    paragraph,       // may have several lines
    name,            // [A-Za-z0-9_.-]{1,64}
    path,            // names joined by '/'
    choice,          // one of `choices`
    errno_name,      // any errno but EOK
    group,           // a map of group->keys
    group_list,      // a list of such maps
    custom,          // `definition` of the schema; read by code of its own
  };
  std::string_view name;
  Kind kind = Kind::custom;
  std::string_view doc;
  bool required = false;
  std::uint64_t minimum = 0;
  std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max();
  std::span<const std::string_view> choices{};
  const Group* group = nullptr;
  std::string_view definition{};
};

// A map with known keys.
struct Group {
  std::string_view name;  // of its definition in the schema
  std::string_view what;  // in messages: "a region"
  std::span<const Key> keys;
  std::span<const std::string_view> one_of = {};  // exactly one of these keys is there, where there are any
};

struct AbilityName {
  std::string_view name;
  bool Abilities::*member;
};
[[nodiscard]] std::span<const AbilityName> ability_names();

// The groups of the format.
[[nodiscard]] const Group& root_group();
[[nodiscard]] const Group& machine_group();
[[nodiscard]] const Group& region_group();
[[nodiscard]] const Group& cma_group();
[[nodiscard]] const Group& reservation_group();
[[nodiscard]] const Group& held_group();
[[nodiscard]] const Group& start_group();
[[nodiscard]] const Group& memory_manager_group();
[[nodiscard]] const Group& interrupt_group();
[[nodiscard]] const Group& costs_group();
[[nodiscard]] const Group& semantics_group();
[[nodiscard]] const Group& record_group();
[[nodiscard]] const Group& probe_group();
[[nodiscard]] const Group& device_group();
[[nodiscard]] const Group& limits_group();
[[nodiscard]] const Group& branches_group();
[[nodiscard]] const Group& what_if_group();
[[nodiscard]] const Group& background_group();
[[nodiscard]] const Group& process_group();
[[nodiscard]] const Group& thread_group();
[[nodiscard]] const Group& host_program_group();
[[nodiscard]] const Group& process_device_group();
[[nodiscard]] const Group& dma_group();
[[nodiscard]] const Group& iommu_group();

}  // namespace memsim::loader
