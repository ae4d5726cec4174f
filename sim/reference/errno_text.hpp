// What each errno of the modelled system says, in its manual's sense.
#pragma once

#include <span>
#include <string_view>

namespace memsim {

struct ErrnoText {
  std::string_view name;
  std::string_view text;
};

// By name. Some that no call of the model gives are among them: programs may pass them to MsgError().
[[nodiscard]] std::span<const ErrnoText> errno_texts();

}  // namespace memsim
