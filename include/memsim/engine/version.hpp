// Which memsim this is.
#pragma once

#include <string_view>

namespace memsim {

// "0.1.0": of the library, and so of every program made with it.
[[nodiscard]] std::string_view version();

}  // namespace memsim
