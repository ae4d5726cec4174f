// What is said of an input of this floor that cannot be taken.
#pragma once

#include <string>

#include <memsim/base/host_error.hpp>

namespace memsim {

// A failure with one diagnostic, at `where`. `message`, `help` and `source_line` are those of Diagnostic.
[[nodiscard]] Unexpected<HostError> input_fault(SourceLocation where, std::string message, std::string help,
                                                std::string source_line = {}, ExitCode code = ExitCode::bad_input);

}  // namespace memsim
