// What a call's parameter is when it is not given, for people: `memsim calls`, the schema and docs/scenario.md say it.
#pragma once

#include <string>

#include <memsim/kernel/call_table.hpp>

namespace memsim {

// As a scenario writes it: "24B", "O_RDWR", "NOFD", "SIZE_MAX"; "none" of a time or of flags. Requires: the parameter
// has a default.
[[nodiscard]] std::string default_text(const Parameter& parameter);

}  // namespace memsim
