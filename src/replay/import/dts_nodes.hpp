// The nodes of a device tree's source, as far as memory needs them: names, labels, cells and strings. Includes and
// macros stay what they are; cells that are not numbers are told to be unknown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/replay/trace.hpp>

namespace memsim {

struct DtsCell {
  std::uint64_t value = 0;  // 32 bits
  bool is_known = false;
};

struct DtsProperty {
  std::string name;
  std::vector<DtsCell> cells;  // of all its <...>, one behind the other
  std::string text;            // its first string
};

struct DtsNode {
  std::string name;
  std::string label;
  std::uint64_t line = 0;
  std::vector<DtsProperty> properties;
  std::vector<DtsNode> children;

  // The last of that name, which overrides those before it; or none.
  [[nodiscard]] const DtsProperty* property(std::string_view wanted) const;
};

struct DtsFile {
  DtsNode top;  // its children: "/" as often as written, and nodes by reference ("&label")
  std::vector<std::pair<std::uint64_t, std::uint64_t>> memreserves;  // address, size
  std::vector<std::string> unknown;                                  // includes and the like, for people
};

// Errors (bad_input): more than 16 MiB, nodes nested deeper than 64, brackets or quotes that do not close.
[[nodiscard]] HostResult<DtsFile> read_dts(const std::string& path, const TraceLimits& limits);

}  // namespace memsim
