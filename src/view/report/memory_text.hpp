// The parts of render_text() that tell of memory: how it went over time, and tables of before, worst and after.
#pragma once

#include <cstddef>
#include <string>

#include <memsim/view/summary.hpp>

namespace memsim {

// Rows of bars, `columns` wide in all, for each region whose free memory changed; nothing where none did.
void append_memory_over_time(std::string& out, const Summary& summary, std::size_t columns);

void append_regions(std::string& out, const Summary& summary);

}  // namespace memsim
