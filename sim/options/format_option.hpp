// The options --format and --json, of the commands that print tables.
#pragma once

#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/view/text_table.hpp>

#include "sim/options/command.hpp"

namespace memsim {

struct FormatArguments {
  std::string format = "text";
  bool json = false;
};

void add_format_option(Command& command, FormatArguments& arguments);

// Errors: bad_input for another format, and for both options at once.
[[nodiscard]] HostResult<TableFormat> format_of(const Command& command, const FormatArguments& arguments);

}  // namespace memsim
