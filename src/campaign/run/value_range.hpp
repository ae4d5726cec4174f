// Ranges of values on a command line: "1MiB..64MiB*2", "0..100+10".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <memsim/base/expected.hpp>

namespace memsim {

// The values that `text` stands for: those of a range, where it begins like one (a digit, and ".." behind), else the
// text itself. Errors: what is wrong with the range, in one line; one of more than `most` values.
[[nodiscard]] Expected<std::vector<std::string>, std::string> values_of(const std::string& text, std::uint64_t most);

}  // namespace memsim
