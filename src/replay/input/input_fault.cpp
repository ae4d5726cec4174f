#include "replay/input/input_fault.hpp"

#include <utility>

namespace memsim {

Unexpected<HostError> input_fault(SourceLocation where, std::string message, std::string help, std::string source_line,
                                  ExitCode code) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.where = std::move(where);
  diagnostic.message = std::move(message);
  diagnostic.source_line = std::move(source_line);
  diagnostic.help = std::move(help);
  return Unexpected(HostError{std::move(diagnostic)});
}

}  // namespace memsim
