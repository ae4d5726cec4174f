// The forms that an expectation may have, as tables (see format.hpp).
#pragma once

#include <span>
#include <string_view>

#include "scenario/format/format.hpp"

namespace memsim::loader {

// One form: the key that tells it, which `group` requires and lists first.
struct ExpectForm {
  std::string_view name;
  std::string_view doc;
  const Group* group;
};
[[nodiscard]] std::span<const ExpectForm> expect_forms();

// One segment of an exact list.
[[nodiscard]] const Group& expected_segment_group();

}  // namespace memsim::loader
