#include <fmt/format.h>

#include "sim/reference/documents.hpp"

namespace memsim {
namespace {

// Text for roff: backslashes and dashes escaped, and no line that starts with a control character.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string option_text(const Option& option) {
  std::string names;
  if (option.letter != 0) names = fmt::format("\\fB{}\\fR, ", roff(fmt::format("-{}", option.letter)));
  names += fmt::format("\\fB{}\\fR", roff(option.name));
  if (option.takes_value()) names += fmt::format(" \\fI{}\\fR", roff(option.value.name));
  return fmt::format(".TP\n{}\n{}.\n", names, roff(option.description));
}

std::string synopsis(const Command& command) {
  std::string out = fmt::format(".B memsim {}\n[\\fIoptions\\fR]", roff(command.name()));
  for (const Option* argument : command.arguments()) {
    const char* dots = argument->repeats() ? "..." : "";
    out += argument->is_required ? fmt::format(" \\fI{}\\fR{}", roff(argument->name), dots)
                                 : fmt::format(" [\\fI{}\\fR{}]", roff(argument->name), dots);
  }
  return out + "\n.br\n";
}

std::string command_text(const Command& command) {
  std::string out = fmt::format(".SS \"memsim {}\"\n{}\n", roff(command.name()), roff(command.description()));
  for (const Option* argument : command.arguments()) {
    out += fmt::format(".TP\n\\fI{}\\fR\n{}.\n", roff(argument->name), roff(argument->description));
  }
  for (const Option* option : command.named_options()) out += option_text(*option);
  return out + fmt::format(".PP\nExamples:\n.PP\n.nf\n{}.fi\n", roff(command.examples()));
}

constexpr std::string_view kExitStatus = R"(.SH EXIT STATUS
.TP
.B 0
All is well.
.TP
.B 1
An expectation failed, or a result differs from its baseline.
.TP
.B 2
The scenario or the command line is wrong.
.TP
.B 3
A resource cap was reached; the message names the option that raises it.
.TP
.B 4
The host failed: disk, permission, memory.
.TP
.B 70
A bug of memsim.
.SH ENVIRONMENT
.TP
.B NO_COLOR
When set and not empty, nothing is coloured unless \-\-color asks for it.
.TP
.B TERM
On a terminal of the kind "dumb" nothing is coloured, and no progress is shown.
.TP
.B COLUMNS
How wide the terminal is. Nothing else in the environment has any influence.
)";

}  // namespace

std::string man_page(const Command& program) {
  std::string out = fmt::format(".TH MEMSIM 1 \"\" \"memsim {}\" \"User Commands\"\n", MEMSIM_VERSION);
  out += fmt::format(".SH NAME\nmemsim \\- {}\n", "deterministic simulator of a microkernel's memory manager");
  out += ".SH SYNOPSIS\n";
  for (const Command* command : program.visible_commands()) out += synopsis(*command);
  out += fmt::format(
      ".SH DESCRIPTION\n{}\nResults go to standard output, diagnostics and progress to standard error. The "
      "same scenario, seed and version give the same result, byte for byte, on every machine.\n",
      roff(program.description()));
  out += fmt::format(".SH EXAMPLES\n.nf\n{}.fi\n", roff(program.examples()));
  out += ".SH COMMANDS\n";
  for (const Command* command : program.visible_commands()) out += command_text(*command);
  out += ".SH OPTIONS\n.TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nPrint help on the program or on a command.\n";
  out += ".TP\n\\fB\\-V\\fR, \\fB\\-\\-version\\fR\nPrint the version.\n";
  for (const Option* option : program.named_options()) out += option_text(*option);
  return out + std::string(kExitStatus);
}

}  // namespace memsim
