// What the texts of this room share.
#pragma once

#include <string>

#include <memsim/base/numbers.hpp>
#include <memsim/base/units.hpp>
#include <memsim/view/text_table.hpp>

namespace memsim {

constexpr auto kLeft = TextTable::Align::left;
constexpr auto kRight = TextTable::Align::right;

// Since the start of the run.
[[nodiscard]] inline std::string when(SimTime time) { return format_duration_human(time - SimTime()); }

}  // namespace memsim
