#include <fmt/format.h>

#include "documentation.hpp"

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

std::string option_text(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += fmt::format("\\fB{}\\fR, ", roff("-" + name));
  for (const std::string& name : option.get_lnames()) names += fmt::format("\\fB{}\\fR, ", roff("--" + name));
  names.erase(names.size() - 2);
  if (takes_value(option)) names += fmt::format(" \\fI{}\\fR", roff(option.get_type_name()));
  return fmt::format(".TP\n{}\n{}.\n", names, roff(option.get_description()));
}

std::string synopsis(const CLI::App& sub) {
  std::string out = fmt::format(".B memsim {}\n[\\fIoptions\\fR]", roff(sub.get_name()));
  for (const CLI::Option* argument : positional_arguments(sub)) {
    const bool repeats = argument->get_expected_max() > 1;
    out += fmt::format(" \\fI{}\\fR{}", roff(argument->get_name()), repeats ? "..." : "");
  }
  return out + "\n.br\n";
}

std::string command_text(const CLI::App& sub) {
  std::string out = fmt::format(".SS \"memsim {}\"\n{}\n", roff(sub.get_name()), roff(sub.get_description()));
  for (const CLI::Option* argument : positional_arguments(sub)) {
    out += fmt::format(".TP\n\\fI{}\\fR\n{}.\n", roff(argument->get_name()), roff(argument->get_description()));
  }
  for (const CLI::Option* option : named_options(sub)) out += option_text(*option);
  return out + fmt::format(".PP\nExamples:\n.PP\n.nf\n{}.fi\n", roff(sub.get_footer()));
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
When set and not empty, diagnostics are not coloured. Nothing else in the environment has any influence.
)";

}  // namespace

std::string man_page(const CLI::App& app) {
  std::string out = fmt::format(".TH MEMSIM 1 \"\" \"memsim {}\" \"User Commands\"\n", MEMSIM_VERSION);
  out += fmt::format(".SH NAME\nmemsim \\- {}\n", "deterministic simulator of a microkernel's memory manager");
  out += ".SH SYNOPSIS\n";
  for (const CLI::App* sub : visible_subcommands(app)) out += synopsis(*sub);
  out += fmt::format(
      ".SH DESCRIPTION\n{}\nResults go to standard output, diagnostics and progress to standard error. The "
      "same scenario, seed and version give the same result, byte for byte, on every machine.\n",
      roff(app.get_description()));
  out += fmt::format(".SH EXAMPLES\n.nf\n{}.fi\n", roff(app.get_footer()));
  out += ".SH COMMANDS\n";
  for (const CLI::App* sub : visible_subcommands(app)) out += command_text(*sub);
  out += ".SH OPTIONS\n";
  for (const CLI::Option* option : named_options(app)) out += option_text(*option);
  return out + std::string(kExitStatus);
}

}  // namespace memsim
