// Where a scenario leaves something to chance, as places in its text: for those who choose instead.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/distribution.hpp>
#include <memsim/base/host_error.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

struct DrawSite {
  // The bytes of the draw, which stands in braces: "{uniform: [4KiB, 64KiB]}".
  std::size_t begin = 0;
  std::size_t end = 0;
  Distribution distribution;
  std::string_view unit;  // that its values need where they are written: "B", "ns" or none
};

// The draws of the text that stand in braces on their own and have more than one value, in the order of the text.
// Errors: as parse_scenario().
[[nodiscard]] HostResult<std::vector<DrawSite>> draws_in(std::string_view text, std::string path,
                                                         const LoadOptions& options = {});

// A draw of these values in order, then from the first again, as it stands in a scenario instead of the site's.
// Requires: there is a value.
[[nodiscard]] std::string written_replay(const DrawSite& site, const std::vector<std::int64_t>& values);

}  // namespace memsim
