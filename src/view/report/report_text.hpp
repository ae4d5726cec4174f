// What the texts of this room share.
#pragma once

#include <iterator>
#include <string>

#include <memsim/base/numbers.hpp>
#include <memsim/base/units.hpp>
#include <memsim/view/text_table.hpp>

namespace memsim {

constexpr auto kLeft = TextTable::Align::left;
constexpr auto kRight = TextTable::Align::right;

using Out = std::back_insert_iterator<std::string>;

// Since the start of the run.
[[nodiscard]] inline std::string when(SimTime time) { return format_duration_human(time - SimTime()); }

}  // namespace memsim
