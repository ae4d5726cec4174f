#include "sim/options/format_option.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace memsim {
namespace {

const ValueType kFormatType{"FORMAT", ValueType::Offer::words, [] {
                              return std::vector<std::string>{"text", "markdown", "csv", "json"};
                            }};

}  // namespace

void add_format_option(Command& command, FormatArguments& arguments) {
  command.add_value("--format", arguments.format, kFormatType, "text, markdown, csv or json");
  command.add_flag("--json", arguments.json, "The same as --format json");
}

HostResult<TableFormat> format_of(const Command& command, const FormatArguments& arguments) {
  if (arguments.json && command.is_given("--format")) {
    return host_failure(ExitCode::bad_input, "--json and --format exclude each other");
  }
  if (arguments.json) return TableFormat::json;
  const std::string& text = arguments.format;
  for (const auto& [name, format] : {std::pair("text", TableFormat::text), std::pair("markdown", TableFormat::markdown),
                                     std::pair("csv", TableFormat::csv), std::pair("json", TableFormat::json)}) {
    if (text == name) return format;
  }
  return host_failure(ExitCode::bad_input, fmt::format("--format: there is no format '{}'", escaped_for_terminal(text)),
                      "expected text, markdown, csv or json");
}

}  // namespace memsim
