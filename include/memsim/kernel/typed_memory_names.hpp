// The names of typed memory: which regions a name or an expression of names means.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/errno.hpp>

namespace memsim {

// What a region is called.
struct RegionNames {
  std::string_view name;
  std::span<const std::string> further_names;
};

// The regions, by their places in `regions`, that `expression` means; in their order.
//
// Each name of a region is a path, such as "memory/below4G/ram/sysram", and each prefix of it names a pool that
// contains it. A name with a leading slash must be such a path; another may be the tail of one ("below4G/ram",
// "sysram"), whole components only. `&` intersects and `|` unites, from left to right. Errors: ENAMETOOLONG for a name
// of more than 255 bytes, ENOENT for one that no region bears, ENODEV when nothing is left.
[[nodiscard]] SimResult<std::vector<std::size_t>> regions_meant(std::span<const RegionNames> regions,
                                                                std::string_view expression);

}  // namespace memsim
